"""A working directory for tests, on the path of modules as the command line has it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

Write = Callable[..., Path]


@contextmanager
def working_directory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Change to a folder, and forget the modules that are imported from it afterwards.

    Args:
        folder: the folder.
        monkeypatch: of the test.
    """
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    before = set(sys.modules)

    def write(name: str, text: str) -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    try:
        yield write
    finally:
        for name in set(sys.modules) - before:
            if not name.startswith("pyinfra") and str(folder) in str(getattr(sys.modules[name], "__file__", "")):
                del sys.modules[name]
