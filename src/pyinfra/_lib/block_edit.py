r"""Keeping a block of lines between two markers in a text, as ``files.block`` describes it. Pure functions.

Example:
    >>> edit = BlockEdit("# BEGIN", "# END")
    >>> edit.ensure("a\n", ["one"])
    'a\n# BEGIN\none\n# END\n'
    >>> edit.remove("a\n# BEGIN\none\n# END\n")
    'a\n'
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Place(Enum):
    """Where a new block goes."""

    START = "start"
    END = "end"
    BEFORE = "before"  # the first line that matches
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class BlockEdit:
    """The two lines around a block.

    Attributes:
        begin: line in front of the block.
        end: line behind it.
    """

    begin: str
    end: str

    def content(self, text: str) -> list[str] | None:
        """Return the lines of the first block; None when there is none."""
        lines = _lines(text)
        found = self._find(lines)
        return lines[found[0] + 1 : found[1]] if found is not None else None

    def ensure(
        self, text: str, content: Sequence[str], place: Place = Place.END, pattern: re.Pattern[str] | None = None
    ) -> str:
        """Have a block in a text: replaced where it is, or put somewhere.

        Args:
            text: all of it.
            content: lines of the block, without newlines.
            place: where a new one goes.
            pattern: which line ``Place.BEFORE`` and ``Place.AFTER`` mean. Without such a line it goes to the end.
        """
        lines = _lines(text)
        found = self._find(lines)
        if found is not None:
            if lines[found[0] + 1 : found[1]] == list(content):
                return text
            lines[found[0] + 1 : found[1]] = content
            return _text(lines, ends=text.endswith("\n"))
        position = _position(lines, place, pattern)
        lines[position:position] = [self.begin, *content, self.end]
        return _text(lines, ends=True)

    def remove(self, text: str) -> str:
        """Have no block in a text."""
        lines = _lines(text)
        ends = text.endswith("\n")
        while (found := self._find(lines)) is not None:
            ends = ends or found[1] + 1 == len(lines)
            del lines[found[0] : found[1] + 1]
        return _text(lines, ends) if lines != _lines(text) else text

    def _find(self, lines: Sequence[str]) -> tuple[int, int] | None:
        """A begin without an end, before another begin, is no block."""
        first: int | None = None
        for number, line in enumerate(lines):
            if line == self.begin:
                first = number
            elif line == self.end and first is not None:
                return first, number
        return None


def _position(lines: Sequence[str], place: Place, pattern: re.Pattern[str] | None) -> int:
    if place is Place.START:
        return 0
    if place is Place.END or pattern is None:
        return len(lines)
    for number, line in enumerate(lines):
        if pattern.search(line):
            return number if place is Place.BEFORE else number + 1
    return len(lines)


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _text(lines: Sequence[str], ends: bool) -> str:
    return "\n".join(lines) + ("\n" if ends and lines else "")
