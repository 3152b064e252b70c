"""Importing asyncssh: only when a host is connected to, and without the processes that this would start.

It looks for optional C libraries with ``ctypes.util.find_library``, which runs the compiler and the linker for each
that is not installed: 30 ms of every run. A library that the loader's cache does not name would not be loaded either,
unless the environment says where else to look.
"""

from __future__ import annotations

import ctypes.util
import importlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyinfra._core.importing import urgently

_CACHE = Path("/etc/ld.so.cache")
_loaded = threading.Event()


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


def loaded() -> bool:
    """Whether all is there that a connection takes."""
    return _loaded.is_set()


def load() -> None:
    """Import asyncssh and what is made of it here. It takes a fifth of a second."""
    with urgently(), no_compiler_for_libraries():
        for name in ("asyncssh", f"{__package__}.connection", f"{__package__}.sessions"):
            importlib.import_module(name)
    _loaded.set()
