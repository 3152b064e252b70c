"""Which modules there are and what they define, found without running any of them."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from pkgutil import iter_modules

OPERATIONS = "pyinfra.operations"
FACTS = "pyinfra.facts"

_NOT_NOUNS = frozenset({"util"})


def module_spec(name: str) -> ModuleSpec | None:
    """Return where a module is; parents are not imported, and what only an import hook knows is not found.

    Args:
        name: with all its packages, ``package.module``.
    """
    folders: Iterable[str] | None = None
    spec: ModuleSpec | None = None
    parts = name.split(".")
    for depth in range(1, len(parts) + 1):
        spec = _spec_in(".".join(parts[:depth]), folders)
        if spec is None:
            return None
        folders = spec.submodule_search_locations
        if folders is None and depth < len(parts):
            return None
    return spec


def _spec_in(name: str, folders: Iterable[str] | None) -> ModuleSpec | None:
    loaded = sys.modules.get(name)
    if loaded is not None and loaded.__spec__ is not None:  # however it was found
        return loaded.__spec__
    try:
        return PathFinder.find_spec(name, None if folders is None else list(folders))
    except (ImportError, ValueError):  # a folder that cannot be read
        return None


@cache
def bundled_modules(package: str) -> tuple[str, ...]:
    """Return the modules of ``pyinfra.operations`` or ``pyinfra.facts`` that people name: ``files``, ``server``..."""
    spec = module_spec(package)
    folders = spec.submodule_search_locations if spec is not None else None
    found = (module.name for module in iter_modules(folders or []))
    return tuple(name for name in found if not name.startswith("_") and name not in _NOT_NOUNS)


def own_modules(beside: str = "") -> tuple[str, ...]:
    """Return the modules that lie beside a module: in its package, or in the working directory.

    Args:
        beside: name of the module, which need not be there itself.
    """
    package, dot, _ = beside.rpartition(".")
    spec = module_spec(package) if package else None
    # Python remembers where "." was when it was first looked at.
    folders = [str(Path.cwd())] if not package else list((spec and spec.submodule_search_locations) or ())
    names = (module.name for module in iter_modules(folders))
    return tuple(f"{package}{dot}{name}" for name in names if not name.startswith("_"))


def defined_names(name: str) -> tuple[str, ...]:
    """Return the public names that the source of a module defines: ``__all__``, or what it binds at its top level.

    Args:
        name: of the module. Nothing is found when it has no source.
    """
    spec = module_spec(name)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return ()
    return _names_in(spec.origin)


@cache
def _names_in(path: str) -> tuple[str, ...]:
    try:
        tree = ast.parse(Path(path).read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return ()
    names = dict.fromkeys(name for node in tree.body for name in _bound_by(node))
    return _exported(tree) or tuple(name for name in names if not name.startswith("_"))


def _exported(tree: ast.Module) -> tuple[str, ...]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]:
            try:
                return tuple(str(name) for name in ast.literal_eval(node.value))
            except (ValueError, TypeError):  # computed
                return ()
    return ()


def _bound_by(node: ast.stmt) -> Iterable[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.If, ast.Try, ast.With, ast.For)):
        nested = (child for child in ast.walk(node) if isinstance(child, (ast.Name, ast.FunctionDef, ast.alias)))
        return [name for child in nested if (name := _nested_name(child))]
    return []


def _nested_name(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id if isinstance(node.ctx, ast.Store) else ""
    if isinstance(node, ast.alias):
        return node.asname or node.name.partition(".")[0]
    return node.name if isinstance(node, ast.FunctionDef) else ""


def top_level_names() -> frozenset[str]:
    """Return the first parts of all names in the folders that modules are looked for in: a cheap first question."""
    found: set[str] = set()
    for folder in sys.path:
        with suppress(OSError):
            found.update(name.partition(".")[0] for name in os.listdir(folder or "."))  # noqa: PTH208 - plain names, thousands of them
    return frozenset(found)


def is_standard(module: str) -> bool:
    """Whether a module belongs to Python itself."""
    return module.partition(".")[0] in sys.stdlib_module_names
