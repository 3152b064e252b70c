"""Listings of PowerShell. No fact of this package reads Windows hosts; kept for code that uses it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Literal

__all__ = ["parse_win_ls_output"]

_ROW = re.compile(
    r"\s*(?P<mode>[a-z-][a-z-]{4,6})\s+(?P<time>[0-9/.-]+\s+[0-9:]+(?:\s+[AP]M)?)\s+(?:(?P<size>[0-9]+)\s+)?(?P<name>\S.*?)\s*\Z"
)
_TYPES = {"d": "directory", "l": "link"}


def parse_win_ls_output(output: str | Iterable[str], wanted_type: str) -> dict[str, Any] | Literal[False] | None:
    """Return what a row of ``Get-ChildItem`` tells, ``False`` for another type, ``None`` when there is no row.

    Args:
        output: the listing, as text or lines.
        wanted_type: ``"file"``, ``"directory"`` or ``"link"``.
    """
    lines = output.splitlines() if isinstance(output, str) else output
    match = next(filter(None, map(_ROW.match, lines)), None)
    if match is None:
        return None
    kind = _TYPES.get(match["mode"][0], "file")
    if kind != wanted_type:
        return False
    size = int(match["size"]) if match["size"] else None
    return {"mode": match["mode"], "mtime": match["time"], "size": size, "name": match["name"]}
