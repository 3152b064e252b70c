r"""Regular expressions of ``grep`` and ``sed`` in the words of Python's ``re``.

Basic and extended expressions as POSIX defines them, with the additions that GNU, BusyBox and BSD share: ``\+``,
``\?`` and ``\|`` in basic ones, ``\w``, ``\s``, ``\b``, ``\<``, ``\>`` in both. Lines are matched one by one, so
nothing matches a newline.

Example:
    >>> translate("^a\\(b*\\)+$")
    '^a(b*)\\+$'
    >>> translate("^a(b*)+$", extended=True)
    '^a(b*)+$'
"""

from __future__ import annotations

import re
from functools import lru_cache

_CLASSES = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "space": r" \t\n\r\f\v",
    "blank": r" \t",
    "punct": r"!-/:-@\[-`{-~",
    "print": r"\x20-\x7e",
    "graph": r"\x21-\x7e",
    "cntrl": r"\x00-\x1f\x7f",
    "xdigit": "0-9A-Fa-f",
}
_BRACKET_CLASS = re.compile(r"\[([:.=])(.*?)\1\]")
_INTERVAL = re.compile(r"([0-9]*)(,([0-9]*))?")
# What a backslash and a character mean in both kinds; anything else is the character itself.
_ESCAPES = {
    "w": r"\w", "W": r"\W", "s": r"\s", "S": r"\S", "b": r"\b", "B": r"\B", "<": r"\b(?=\w)", ">": r"\b(?<=\w)",
    "`": r"\A", "'": r"\Z", "n": r"\n", "t": r"\t",
}  # fmt: skip


@lru_cache(maxsize=512)
def compiled(pattern: str, *, extended: bool = False, ignore_case: bool = False) -> re.Pattern[str]:
    """Compile an expression of ``grep`` or ``sed``.

    Args:
        pattern: the expression.
        extended: as ``grep -E`` and ``sed -E`` read it.
        ignore_case: match small and capital letters alike.

    Raises:
        ValueError: when it is no regular expression.
    """
    try:
        return re.compile(translate(pattern, extended=extended), re.IGNORECASE if ignore_case else 0)
    except (re.error, OverflowError) as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error


def translate(pattern: str, *, extended: bool = False) -> str:
    """Return the same expression for Python's ``re``.

    Args:
        pattern: the expression.
        extended: as ``grep -E`` and ``sed -E`` read it.

    Raises:
        ValueError: when it is no regular expression.
    """
    return _Translator(pattern, extended).run()


class _Translator:
    """Reads an expression from left to right."""

    def __init__(self, pattern: str, extended: bool) -> None:
        self._pattern = pattern
        self._extended = extended
        self._at = 0
        self._parts: list[str] = []
        self._open: list[int] = []  # where the groups that are open began
        self._atom: int | None = None  # where the last thing that can be repeated begins; None when there is none
        self._is_repeated = False

    def run(self) -> str:
        while self._at < len(self._pattern):
            self._step()
        if self._open:
            raise ValueError(f"{self._pattern!r} is no regular expression: a group is not closed")
        return "".join(self._parts)

    def _step(self) -> None:
        character = self._pattern[self._at]
        self._at += 1
        if character == "\\":
            self._escaped()
        elif character == "[":
            self._put(self._bracket())
        elif character == ".":
            self._put(".")
        elif character == "*":
            self._repeat("*")
        elif character == "^":
            self._start_anchor()
        elif character == "$":
            self._end_anchor()
        elif self._extended and character in "()|{+?":
            self._operator(character)
        else:
            self._put(re.escape(character))

    # -- pieces ----------------------------------------------------------------------------

    def _put(self, text: str) -> None:
        self._atom, self._is_repeated = len(self._parts), False
        self._parts.append(text)

    def _anchor(self, text: str) -> None:
        self._parts.append(text)
        self._atom = None

    def _escaped(self) -> None:
        if self._at >= len(self._pattern):
            raise ValueError(f"{self._pattern!r} is no regular expression: it ends with a backslash")
        character = self._pattern[self._at]
        self._at += 1
        if not self._extended and character in "()|{+?":
            self._operator(character)
        elif character in "123456789":
            self._put(f"(?:\\{character})")  # what follows may be a digit
        elif character in _ESCAPES:
            self._put(_ESCAPES[character])
        else:
            self._put(re.escape(character))

    def _operator(self, character: str) -> None:
        if character == "(":
            self._open.append(len(self._parts))
            self._parts.append("(")
            self._atom = None
        elif character == ")":
            self._close()
        elif character == "|":
            self._anchor("|")
        elif character == "{":
            self._interval()
        else:
            self._repeat(character)

    def _close(self) -> None:
        if not self._open:
            if not self._extended:
                raise ValueError(f"{self._pattern!r} is no regular expression: a group is closed that was never opened")
            self._put(r"\)")
            return
        self._parts.append(")")
        self._atom, self._is_repeated = self._open.pop(), False

    def _repeat(self, operator: str) -> None:
        if self._atom is None:  # at the beginning
            if not self._extended:
                self._put(re.escape(operator))
            return
        # "a**" is nothing to Python, and "a*?" something else.
        repeated = "".join(self._parts[self._atom :])
        if self._is_repeated:
            repeated = f"(?:{repeated})"
        self._parts[self._atom :] = [repeated + operator]
        self._is_repeated = True

    def _interval(self) -> None:
        closing = "}" if self._extended else r"\}"
        end = self._pattern.find(closing, self._at)
        bounds = _INTERVAL.fullmatch(self._pattern[self._at : end]) if end >= 0 else None
        if bounds is None or (self._atom is None and not self._extended) or not (bounds[1] or bounds[2]):
            if not self._extended:
                raise ValueError(f"{self._pattern!r} is no regular expression: an interval is not complete")
            self._put(r"\{")
            return
        self._at = end + len(closing)
        self._repeat(f"{{{bounds[1] or 0}{bounds[2] or ''}}}")

    def _start_anchor(self) -> None:
        """``^`` is an anchor anywhere in an extended expression, in a basic one where a branch begins."""
        if self._extended or not self._parts or (self._atom is None and self._parts[-1] in ("(", "|")):
            self._anchor("^")
        else:
            self._put(r"\^")

    def _end_anchor(self) -> None:
        rest = self._pattern[self._at :]
        if self._extended or not rest or rest.startswith((r"\)", r"\|")):
            self._anchor("$")
        else:
            self._put(r"\$")

    # -- bracket expressions ---------------------------------------------------------------

    def _bracket(self) -> str:
        start = self._at
        negated = self._pattern.startswith("^", self._at)
        self._at += negated
        items: list[str] = []
        first = True
        while True:
            if self._at >= len(self._pattern):
                raise ValueError(f"{self._pattern!r} is no regular expression: [{self._pattern[start:]} is not closed")
            if self._pattern[self._at] == "]" and not first:
                self._at += 1
                break
            items.append(self._bracket_item())
            first = False
        return f"[{'^' if negated else ''}{''.join(items)}]"

    def _bracket_item(self) -> str:
        match = _BRACKET_CLASS.match(self._pattern, self._at)
        if match is not None and match[1] == ":":
            if match[2] not in _CLASSES:
                raise ValueError(f"{self._pattern!r} is no regular expression: there is no class [:{match[2]}:]")
            self._at = match.end()
            return _CLASSES[match[2]]
        low = self._bracket_character()
        rest = self._pattern[self._at :]
        if not rest.startswith("-") or rest.startswith("-]") or len(rest) < 2:
            return _in_bracket(low)
        self._at += 1
        high = self._bracket_character()
        if low > high:
            raise ValueError(f"{self._pattern!r} is no regular expression: the range {low}-{high} is empty")
        return f"{_in_bracket(low)}-{_in_bracket(high)}"

    def _bracket_character(self) -> str:
        match = _BRACKET_CLASS.match(self._pattern, self._at)
        if match is not None and match[1] in ".=" and len(match[2]) == 1:
            self._at = match.end()
            return match[2]
        self._at += 1
        return self._pattern[self._at - 1]


def _in_bracket(character: str) -> str:
    return f"\\{character}" if character in r"\]^-[&~|" else character
