"""The text of OpenSSH client configuration files: lines to keywords and arguments, words to patterns.

Reading is pure syntax and does not depend on the host, so a file is parsed once per run. What applies to a host
is decided in ``config_rules``.
"""

from __future__ import annotations

import re
from fnmatch import translate
from functools import lru_cache
from typing import TYPE_CHECKING

from pyinfra._core.errors import ConnectError
from pyinfra._core.records import Record

if TYPE_CHECKING:
    from pathlib import Path

BLANKS = " \t"
_KEYWORD = re.compile(r"\s*(?P<keyword>[^\s=\"]+)(?:[ \t]*=[ \t]*|[ \t]+|$)(?P<rest>.*)", re.DOTALL)
_SPECIAL = frozenset("*?!")
# Their value is the rest of the line, comments and quotes included.
_WHOLE_LINE = frozenset({"proxycommand", "remotecommand", "localcommand", "knownhostscommand"})


class ConfigError(ConnectError):
    """A configuration file of ssh cannot be understood."""

    def __init__(self, path: str, number: int, reason: str) -> None:
        super().__init__(f"SSH config error ({path} line {number}: {reason})")


class Directive(Record):
    """One line of a configuration file."""

    keyword: str  # lower case
    arguments: tuple[str, ...]
    path: str
    number: int

    def fail(self, reason: str) -> ConfigError:
        """Return an error that points at this line."""
        return ConfigError(self.path, self.number, reason)


class Block(Record):
    """The lines below a ``Host`` or ``Match`` line, or those at the head of a file."""

    head: Directive | None
    names: frozenset[str] | None  # of a Host line without patterns
    lines: tuple[Directive, ...]


def blocks(directives: tuple[Directive, ...]) -> tuple[Block, ...]:
    """Group directives, so that what does not apply to a host is passed over at once."""
    found: list[Block] = []
    head: Directive | None = None
    lines: list[Directive] = []
    for directive in directives:
        if directive.keyword in ("host", "match"):
            found.append(_block(head, lines))
            head, lines = directive, []
        else:
            lines.append(directive)
    found.append(_block(head, lines))
    return tuple(found)


def _block(head: Directive | None, lines: list[Directive]) -> Block:
    literal = head is not None and head.keyword == "host" and not any(set(word) & _SPECIAL for word in head.arguments)
    return Block(head, frozenset(head.arguments) if head is not None and literal else None, tuple(lines))


def parse_file(path: Path) -> tuple[Directive, ...]:
    """Read a configuration file; one that does not exist is empty.

    Args:
        path: the file.

    Raises:
        ConfigError: when it cannot be read or a line cannot be split into words.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise ConfigError(str(path), 0, error.strerror or str(error)) from error
    return parse_text(text, str(path))


def parse_text(text: str, path: str) -> tuple[Directive, ...]:
    """Split configuration text into directives."""
    directives = []
    for number, line in enumerate(text.split("\n"), 1):
        found = _KEYWORD.match(line.rstrip(" \t\r\f"))
        if found is None or found["keyword"].startswith("#"):
            continue
        keyword = found["keyword"].lower()
        rest = found["rest"]
        if not rest:
            raise ConfigError(path, number, f"{found['keyword']} has no value")
        directives.append(Directive(keyword, _arguments(keyword, rest, path, number), path, number))
    return tuple(directives)


def _arguments(keyword: str, rest: str, path: str, number: int) -> tuple[str, ...]:
    if keyword in _WHOLE_LINE:
        return (rest.lstrip(BLANKS + "="),)
    words = split_match(rest) if keyword == "match" else split_words(rest)
    if words is None:
        raise ConfigError(path, number, "a quote is not closed")
    return tuple(words)


def split_words(text: str) -> list[str] | None:
    """Split a line at blanks, honouring quotes, backslashes and a trailing comment; None when a quote stays open."""
    words: list[str] = []
    position, end = 0, len(text)
    while position < end:
        if text[position] in BLANKS:
            position += 1
            continue
        if text[position] == "#":
            break
        found = _one_word(text, position)
        if found is None:
            return None
        word, position = found
        words.append(word)
    return words


def _one_word(text: str, position: int) -> tuple[str, int] | None:
    quote, word, end = "", [], len(text)
    while position < end:
        char, following = text[position], text[position + 1 : position + 2]
        if char == "\\" and following and (following in "'\"\\" or (not quote and following == " ")):
            word.append(following)
            position += 1
        elif quote:
            if char == quote:
                quote = ""
            else:
                word.append(char)
        elif char in BLANKS:
            break
        elif char in "'\"":
            quote = char
        else:
            word.append(char)
        position += 1
    return None if quote else ("".join(word), position)


_MATCH_WORD = re.compile(r'"(?P<quoted>[^"]*)"|(?P<plain>[^\s"=]+)')


def split_match(text: str) -> list[str] | None:
    """Split the criteria of a ``Match`` line, where only double quotes count and ``=`` may stand for a blank."""
    words: list[str] = []
    position = 0
    while position < len(text):
        if text[position] in BLANKS + "=":
            position += 1
            continue
        if text[position] == "#":
            break
        found = _MATCH_WORD.match(text, position)
        if found is None:
            return None
        words.append(found["quoted"] if found["plain"] is None else found["plain"])
        position = found.end()
    return words


@lru_cache(maxsize=4096)
def _pattern(pattern: str) -> re.Pattern[str]:
    # fnmatch knows [...] too, ssh does not
    return re.compile(translate(pattern.replace("[", "[[]")))


def matches_any(name: str, patterns: tuple[str, ...] | list[str]) -> bool:
    """Return whether a name matches one of the patterns and none of those that begin with ``!``."""
    matched = False
    for pattern in patterns:
        if pattern.startswith("!"):
            if _pattern(pattern[1:]).match(name):
                return False
        elif not matched and _pattern(pattern).match(name):
            matched = True
    return matched


def matches_list(name: str, patterns: str) -> bool:
    """Like :func:`matches_any` for a comma-separated list."""
    return matches_any(name, patterns.split(","))
