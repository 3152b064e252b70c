"""``snap list``, which does not ask the store."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

SNAP_LIST = "snap list --unicode=never --color=never 2>/dev/null || snap list"

_ELLIPSIS = ("...", "\N{HORIZONTAL ELLIPSIS}")


class Row(NamedTuple):
    """An installed snap."""

    name: str
    version: str
    channel: str | None  # None: none is told, or not all of it


def rows(output: Iterable[str]) -> list[Row]:
    """Read it: columns with names above them; channels came with version 2.36, and some are cut off."""
    lines = [line.split() for line in output]
    header = next((number for number, words in enumerate(lines) if words[:2] == ["Name", "Version"]), None)
    if header is None:
        return []
    column = lines[header].index("Tracking") if "Tracking" in lines[header] else None
    found = []
    for words in lines[header + 1 :]:
        if len(words) < 3:
            continue
        channel = words[column] if column is not None and column < len(words) else "-"
        known = channel != "-" and not channel.endswith(_ELLIPSIS)
        found.append(Row(words[0], words[1], channel if known else None))
    return found
