r"""Adding, replacing and removing single lines of a text, as ``files.line`` describes them. Pure functions.

Example:
    >>> rule = LineRule.make("^PORT=", replace="PORT=80")
    >>> rule.ensure("HOST=a\nPORT=8080\n").text
    'HOST=a\nPORT=80\n'
    >>> rule.ensure("HOST=a\n").appended
    'PORT=80'
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyinfra._core.records import Record

from .posix_regex import translate

_REPLACEMENT_PART = re.compile(r"\\(?s:(.))")
_NAMED = {"n": "\n", "t": "\t"}


class Edit(Record):
    """What a text becomes.

    Attributes:
        text: all of it.
        appended: the line that was added at its end, when that is the only difference.
    """

    text: str
    appended: str | None = None


class LineRule(Record):
    """Which lines are meant, and what is to be there instead.

    Attributes:
        pattern: matches each line that is meant, from its beginning to its end.
        literal: the line as it is written when there is none; it is meant too, whether the pattern says so or not.
        replace: what takes the place of every line that is meant, with ``\\1`` for groups; None to leave them alone.
        plain: take ``replace`` as it is.
    """

    pattern: re.Pattern[str]
    literal: str
    replace: str | None = None
    plain: bool = False

    @classmethod
    def make(
        cls,
        line: str,
        replace: str | None = None,
        *,
        plain: bool = False,
        extended: bool = False,
        ignore_case: bool = False,
    ) -> LineRule:
        """Make a rule from a part of a line, as ``grep`` would look for it.

        Args:
            line: a regular expression.
            replace: the whole line instead.
            plain: take both as plain text.
            extended: take the expression as an extended one.
            ignore_case: match small and capital letters alike.

        Raises:
            ValueError: when it is no regular expression.
        """
        pattern = _whole_line(line, plain, extended)
        try:
            compiled = re.compile(pattern, re.IGNORECASE if ignore_case else 0)
        except (re.error, OverflowError) as error:
            raise ValueError(f"{line!r} is no regular expression: {error}") from error
        return cls(compiled, line if plain else without_anchors(line), replace, plain)

    # -- deciding --------------------------------------------------------------------------

    def ensure(self, text: str) -> Edit:
        """Have the line in a text: replaced where it is, or at the end."""
        lines, ends = _split(text)
        if any(map(self._is_meant, lines)):
            return Edit(_join(self._replaced(lines), ends)) if self.replace is not None else Edit(text)
        added = self._filled(None)
        if self.replace is not None and added in lines:
            return Edit(text)
        return Edit(_join([*lines, added], ends=True), added)

    def remove(self, text: str) -> Edit:
        """Have no such line in a text."""
        lines, ends = _split(text)
        kept = [line for line in lines if not self._is_meant(line)]
        return Edit(text) if len(kept) == len(lines) else Edit(_join(kept, ends or kept[-1:] != lines[-1:]))

    def _is_meant(self, line: str) -> bool:
        return line == self.literal or self.pattern.fullmatch(line) is not None

    def _replaced(self, lines: list[str]) -> Iterable[str]:
        position = 0
        while position < len(lines):
            line = lines[position]
            if not self._is_meant(line):
                yield line
                position += 1
                continue
            filled = self._filled(self.pattern.fullmatch(line)).split("\n")
            there_already = lines[position : position + len(filled)] == filled
            yield from filled
            position += len(filled) if there_already else 1

    def _filled(self, match: re.Match[str] | None) -> str:
        """The replacement, with what the groups matched."""
        if self.replace is None or self.plain:
            return self.literal if self.replace is None else self.replace

        def fill(part: re.Match[str]) -> str:
            character = part[1]
            if character in "123456789":
                number = int(character)
                return (match[number] or "") if match is not None and number <= match.re.groups else ""
            return _NAMED.get(character, character)

        return _REPLACEMENT_PART.sub(fill, self.replace)


def _whole_line(line: str, plain: bool, extended: bool) -> str:
    if plain:
        return rf".*{re.escape(line)}.*"
    translated = translate(line, extended=extended)
    if extended and "|" in line:  # each branch has anchors of its own
        return rf"(?=.*?(?:{translated})).*"
    before = "" if line.startswith("^") else ".*"
    after = "" if ends_with_anchor(line) else ".*"
    return f"{before}(?:{translated}){after}"


def without_anchors(line: str) -> str:
    """Return a pattern without the anchors at its ends: the line that one writes for it."""
    line = line.removeprefix("^")
    return line[:-1] if ends_with_anchor(line) else line


def ends_with_anchor(line: str) -> bool:
    """Whether a pattern ends with ``$`` that is not behind a backslash."""
    if not line.endswith("$"):
        return False
    before = line[:-1]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 0


def _split(text: str) -> tuple[list[str], bool]:
    """The lines of a text, and whether the last one ends with a newline (as that of an empty text does)."""
    lines = text.split("\n")
    if lines[-1] == "":
        return lines[:-1], True
    return lines, False


def _join(lines: Iterable[str], ends: bool) -> str:
    found = list(lines)
    return "\n".join(found) + ("\n" if ends and found else "")
