r"""Replacing in every line of a text, as ``s/text/replacement/flags`` of ``sed`` does. Pure functions.

With one difference, without which a second run would replace again: what is a part of the replacement already is left
alone.

Example:
    >>> Substitution.make("PORT=[0-9]*", "PORT=80").apply("a\nPORT=8080\n")
    'a\nPORT=80\n'
    >>> comment = Substitution.make("^", "# ")
    >>> comment.apply("a\n"), comment.apply("# a\n")
    ('# a\n', '# a\n')
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .posix_regex import compiled

_FLAGS = re.compile(r"[gGiI0-9]*\Z")
_REPLACEMENT_PART = re.compile(r"\\(?s:.)")
_NAMED = {"n": "\n", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Substitution:
    """What is to be replaced, and by what.

    Attributes:
        pattern: what is meant.
        replacement: what takes its place; ``\\1`` to ``\\9`` are its groups, ``\\0`` all of it.
        first: number of the first match in a line that is replaced, from 1.
        every: replace those after it too.
    """

    pattern: re.Pattern[str]
    replacement: str
    first: int = 1
    every: bool = False

    @classmethod
    def make(
        cls, text: str, replacement: str, flags: Sequence[str] | None = None, *, extended: bool = False
    ) -> Substitution:
        """Make one of the arguments of ``sed``.

        Args:
            text: regular expression.
            replacement: what takes its place.
            flags: of ``sed``: ``g``, ``i`` and a number.
            extended: take the expression as an extended one.

        Raises:
            ValueError: when it is no regular expression, or there are other flags.
        """
        given = "".join(flags or [])
        if not _FLAGS.match(given):
            raise ValueError(f"flags {flags!r} are not those of sed: g, i or a number")
        number = "".join(filter(str.isdigit, given))
        pattern = compiled(text, extended=extended, ignore_case="i" in given.lower())
        return cls(pattern, replacement, int(number or 1), "g" in given)

    def apply(self, text: str) -> str:
        """Replace in every line of a text."""
        *lines, last = text.split("\n")
        return "\n".join([*map(self._apply_to_line, lines), self._apply_to_line(last) if last else last])

    def _apply_to_line(self, line: str) -> str:
        pieces: list[str] = []
        position = 0
        for number, match in enumerate(_matches(self.pattern, line), start=1):
            if number < self.first or (number > self.first and not self.every):
                continue
            filled = self._filled(match)
            if not _covers(line, filled, match):
                pieces += [line[position : match.start()], filled]
                position = match.end()
        return "".join([*pieces, line[position:]])

    def _filled(self, match: re.Match[str]) -> str:
        def fill(part: re.Match[str]) -> str:
            character = part[0][1]
            if character.isdecimal() and character.isascii():
                number = int(character)
                return (match[number] or "") if number <= match.re.groups else ""
            return _NAMED.get(character, character)

        return _REPLACEMENT_PART.sub(fill, self.replacement)


def _matches(pattern: re.Pattern[str], line: str) -> Iterator[re.Match[str]]:
    """For sed there is no empty match right behind another one."""
    last = -1
    for match in pattern.finditer(line):
        if match.start() != match.end() or match.start() != last:
            yield match
        last = match.end()


def _covers(line: str, filled: str, match: re.Match[str]) -> bool:
    """Whether the replacement stands in the line already, around the match."""
    earliest = max(0, match.end() - len(filled))
    found = line.find(filled, earliest, match.start() + len(filled)) if filled else -1
    return 0 <= found <= match.start() and found + len(filled) >= match.end()
