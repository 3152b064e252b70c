"""Where a file gives names their values, for messages."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from pyinfra._core.locations import describe_site


class Places(Mapping[str, str]):
    """Names that a file binds, and where: ``inventory.py:12``. The file is only parsed when somebody asks.

    Args:
        path: the file, which has been compiled before.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, int] | None = None

    def _lines(self) -> dict[str, int]:
        if self._known is None:
            # A pipe has been read already, and would not give its lines again.
            tree = ast.parse(self._path.read_bytes() if self._path.is_file() else b"")
            names = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
            self._known = {node.id: node.lineno for node in names}
        return self._known

    def __getitem__(self, name: str) -> str:
        return describe_site((str(self._path), self._lines()[name]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines())

    def __len__(self) -> int:
        return len(self._lines())
