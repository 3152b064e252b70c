"""Runs the user's Python files: each is compiled once, and run for every host."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import CodeType
from typing import Any

from pyinfra._core.context import current_file

_compiled: dict[str, tuple[tuple[int, int], CodeType]] = {}


def compile_file(path: str) -> CodeType:
    """Return the code of a Python file, compiled again only when it has changed."""
    found = Path(path).stat()
    stamp = (found.st_mtime_ns, found.st_size)
    known = _compiled.get(path)
    if known is None or known[0] != stamp:
        source = Path(path).read_bytes()
        known = _compiled[path] = stamp, compile(source, path, "exec", dont_inherit=True)
    return known[1]


def run_file(path: str, names: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Run a Python file and return the names that it defined.

    Args:
        path: the file.
        names: names that it finds defined.
    """
    # The file is no module: dataclasses and the like, which ask for the module of a class, find builtins.
    namespace: dict[str, Any] = {**(names or {}), "__file__": path, "__name__": "builtins"}
    token = current_file.set(path)
    try:
        exec(compile_file(path), namespace)  # noqa: S102 - running the user's own file is what we are for
    finally:
        current_file.reset(token)
    return namespace
