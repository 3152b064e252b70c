"""Lines of text with styles. Whatever is put into one is made safe for terminals, so nothing can be forgotten."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from pyinfra._core.display import visible

# The few styles that are used, by the names that rich gives them.
_CODES = {
    "bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36",
    "bold red": "1;31", "bold cyan": "1;36",
}  # fmt: skip
MORE = "..."


class Line:
    """One line: pieces of text, each with a style.

    Example:
        >>> Line("--> ", "bold").add("Results").plain
        '--> Results'
    """

    __slots__ = ("spans",)

    def __init__(self, text: str = "", style: str = "") -> None:
        self.spans: list[tuple[str, str]] = []
        if text:
            self.add(text, style)

    def add(self, text: str, style: str = "") -> Line:
        """Put text at the end; what could act on a terminal becomes an escape."""
        self.spans.append((visible(text), style))
        return self

    def join(self, other: Line) -> Line:
        """Put another line at the end."""
        self.spans += other.spans
        return self

    def pad(self, column: int, least: int = 0) -> Line:
        """Put spaces at the end, up to a column, and at least so many."""
        spaces = max(column - self.width, least)
        if spaces > 0:
            self.spans.append((" " * spaces, ""))
        return self

    @property
    def plain(self) -> str:
        """The text alone."""
        return "".join(text for text, _ in self.spans)

    @property
    def width(self) -> int:
        """Columns that it takes on a terminal."""
        return sum(columns(text) for text, _ in self.spans)

    def render(self, color: bool) -> str:
        """The line as it is written, without its end."""
        if not color:
            return self.plain.rstrip()
        return "".join(f"\x1b[{_CODES[style]}m{text}\x1b[0m" if style else text for text, style in self.spans)


def columns(text: str) -> int:
    """Columns that a text takes on a terminal.

    Example:
        >>> columns("caf\\u00e9"), columns("\\u6f22")
        (4, 2)
    """
    if text.isascii():
        return len(text)
    return sum(map(_char_columns, text))


def _char_columns(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def shorten(text: str, width: int) -> str:
    """Cut a text so that it takes no more than so many columns.

    Example:
        >>> shorten("a long name", 8)
        'a lon...'
    """
    text = visible(text)
    if columns(text) <= width:
        return text
    room = max(width - len(MORE), 0)
    kept = text[:room]
    while columns(kept) > room:
        kept = kept[:-1]
    return (kept.rstrip() + MORE)[: max(width, 1)]


def text_lines(text: str) -> list[str]:
    """The lines of a text, whatever ends them."""
    return [line.rstrip("\r") for line in text.rstrip("\r\n").split("\n")]


def wrapped(text: str, width: int) -> Iterator[str]:
    """Break a text at spaces into lines of no more than so many columns; words that are longer are kept whole."""
    line = ""
    for word in re.split(r"(?<=\S) (?=\S)", visible(text)):
        if line and columns(line) + 1 + columns(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def seconds_text(seconds: float) -> str:
    """A time as people say it.

    Example:
        >>> [seconds_text(s) for s in (0.42, 12.3, 125, 7200)]
        ['0.4 s', '12 s', '2 min 5 s', '2 h 0 min']
    """
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def count(number: int, noun: str) -> str:
    """A number of things.

    Example:
        >>> count(1, "host"), count(3, "host")
        ('1 host', '3 hosts')
    """
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun[:-1]}ies" if noun.endswith("y") else f"{number} {noun}s"


def listed(parts: Iterable[str]) -> str:
    """Parts of a sentence, empty ones left out."""
    return ", ".join(part for part in parts if part)
