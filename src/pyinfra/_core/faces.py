"""Public modules that import what they export when it is asked for, so that a run pays for what it uses.

A face names what it exports in a block ``if TYPE_CHECKING:``, as ordinary imports from private modules: editors and
type checkers follow them, and so does ``face``, once somebody wants one of the names.

Example:
    if TYPE_CHECKING:
        from ._server.user import user

    __all__ = ["user"]

    if not TYPE_CHECKING:
        __getattr__, __dir__ = face(__name__)
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
from collections.abc import Callable
from functools import cache
from typing import Any, NoReturn


def face(name: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` of a module.

    Args:
        name: of the module.

    Raises:
        AttributeError: (by what is returned) the module exports no such thing.
    """
    module = sys.modules[name]

    @cache
    def places() -> dict[str, tuple[str, str]]:
        return _imports(ast.parse(_source(module)), module.__package__ or name)

    def get(wanted: str) -> Any:
        if wanted.startswith("__"):  # asked for by all kinds of tools; nothing of ours is called so
            _missing(name, wanted)
        origin, original = places().get(wanted) or _missing(name, wanted)
        value = getattr(importlib.import_module(origin), original)
        setattr(module, wanted, value)
        return value

    def names() -> list[str]:
        return sorted({*vars(module), *places()})

    return get, names


def _missing(module: str, name: str) -> NoReturn:
    raise AttributeError(f"module {module!r} has no attribute {name!r}", name=name, obj=sys.modules[module])


def _source(module: Any) -> str:
    source = module.__spec__.loader.get_source(module.__name__)
    if source is None:
        raise ImportError(f"{module.__name__} needs its source to know what it exports", name=module.__name__)
    return str(source)


def _imports(tree: ast.Module, package: str) -> dict[str, tuple[str, str]]:
    """Return where each name comes from: module and name there."""
    found = {}
    for block in tree.body:
        if not (isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"):
            continue
        for node in block.body:
            if isinstance(node, ast.ImportFrom):
                origin = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
                found.update({one.asname or one.name: (origin, one.name) for one in node.names})
    return found
