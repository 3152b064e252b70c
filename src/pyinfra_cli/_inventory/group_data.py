"""Data of groups in files: ``group_data/web.py`` has that of the group ``web``, ``group_data/all.py`` that of all."""

from __future__ import annotations

import ast
import inspect
import logging
import symtable
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.util import decode_source
from pathlib import Path
from types import ModuleType
from typing import Any

from pyinfra._core.arguments import GLOBAL_ARGUMENT_NAMES
from pyinfra._core.context import ctx_inventory
from pyinfra._core.errors import InventoryError
from pyinfra._core.suggestions import did_you_mean
from pyinfra._engine.model.inventory import Inventory

from .definition import ALL, overlaid
from .files import run_user_file

logger = logging.getLogger("pyinfra")

FOLDER = "group_data"


def group_data_files(directories: Iterable[Path], extra: Sequence[str] = (), base: Path | None = None) -> list[Path]:
    """Return the files with data of groups, in the order in which they are read.

    Args:
        directories: those that may have a folder ``group_data``.
        extra: more files and folders, which must be there.
        base: what those are relative to.

    Raises:
        InventoryError: one of them is missing, or cannot be read.
    """
    folders = {(directory / FOLDER).resolve(): directory / FOLDER for directory in directories}
    files = [file for folder in folders.values() if folder.is_dir() for file in _files_in(folder)]
    for text in extra:
        path = (base or Path()) / text
        if path.is_dir():
            files += _files_in(path)
        elif path.exists():
            files.append(path)
        else:
            raise InventoryError(f"there is no group data {text}{did_you_mean(text, _neighbours(path))}")
    return files


def _files_in(folder: Path) -> list[Path]:
    try:
        # Editors leave ".#web.py" behind, packages have "__init__.py".
        return sorted(path for path in folder.iterdir() if path.suffix == ".py" and path.name[:1] not in ("_", "."))
    except OSError as error:
        raise InventoryError(f"the folder {folder} cannot be read: {error.strerror}") from error


def _neighbours(path: Path) -> list[str]:
    return [str(other) for other in path.parent.iterdir()] if path.parent.is_dir() else []


def add_group_data(inventory: Inventory, files: Sequence[Path]) -> None:
    """Read files with data of groups, and lay their data over what the inventory has.

    The files find the inventory in ``pyinfra.inventory``, without the data that they give themselves. Data of groups
    without hosts is kept.

    Args:
        inventory: gets the data.
        files: later ones go over earlier ones.

    Raises:
        InventoryError: a file cannot be read, or exports names that it does not have.
        UserCodeError: a file raised.
    """
    found: dict[str, dict[str, Any]] = {}
    with ctx_inventory.use(inventory):
        for path in files:
            found.setdefault(path.stem, {}).update(_data_of(path))
    for group, data in found.items():
        if group == ALL:
            inventory.data = overlaid(inventory.data, data)
        else:
            inventory.group_data[group] = overlaid(inventory.group_data.get(group), data)
            if group not in inventory.groups:
                logger.debug("no host is in the group %r, which has data in a file", group)


def _data_of(path: Path) -> dict[str, Any]:
    names = run_user_file(path, "group data")
    exported = names.get("__all__")
    if exported is not None:
        missing = next((name for name in exported if name not in names), None)
        if missing is not None:
            raise InventoryError(
                f"{path} exports {missing!r} in __all__, which it does not define{did_you_mean(missing, names)}",
                place=str(path),
            )
        return {name: names[name] for name in exported}
    imported = _imported_names(path, names)
    return {name: value for name, value in names.items() if _is_data(name, value) and name not in imported}


def _is_data(name: str, value: Any) -> bool:
    return (not name.startswith("_") or name in GLOBAL_ARGUMENT_NAMES) and not inspect.ismodule(value)


def _imported_names(path: Path, names: Mapping[str, Any]) -> set[str]:
    """Names that have their value from an import and from nothing else."""
    if not path.is_file():  # a pipe has been read already
        return set()
    source = path.read_bytes()
    symbols = symtable.symtable(decode_source(source), str(path), "exec").get_symbols()
    assigned = {symbol.get_name() for symbol in symbols if symbol.is_assigned()}
    imported = {symbol.get_name() for symbol in symbols if symbol.is_imported()}
    for module in _modules_imported_whole(source):
        imported.update(name for name, value in vars(module).items() if names.get(name, _NOTHING) is value)
    return imported - assigned


def _modules_imported_whole(source: bytes) -> list[ModuleType]:
    if b"*" not in source:
        return []
    imports = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom) and node.module)
    modules = (sys.modules.get(str(node.module)) for node in imports if node.names[0].name == "*")
    return [module for module in modules if module is not None]


_NOTHING = object()
