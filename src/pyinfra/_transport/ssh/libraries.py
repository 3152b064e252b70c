"""Importing asyncssh without the processes that this would start: whoever imports this first saves them.

It looks for optional C libraries with ``ctypes.util.find_library``, which runs the compiler and the linker for each
that is not installed: 30 ms of every run. A library that the loader's cache does not name would not be loaded either,
unless the environment says where else to look.
"""

from __future__ import annotations

import ctypes.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CACHE = Path("/etc/ld.so.cache")


@contextmanager
def no_compiler_for_libraries() -> Iterator[None]:
    """Have ``ctypes.util.find_library`` look only for what the loader's cache names, for a while."""
    search = ctypes.util.find_library
    try:
        known = _CACHE.read_bytes()
    except OSError:
        known = b""
    if not known or os.environ.get("LD_LIBRARY_PATH"):
        yield
        return

    def quick(name: str) -> str | None:
        return search(name) if f"lib{name}.so".encode() in known else None

    ctypes.util.find_library = quick
    try:
        yield
    finally:
        ctypes.util.find_library = search


with no_compiler_for_libraries():
    import asyncssh  # noqa: F401
