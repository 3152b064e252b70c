"""Parts of shell text that the commands of facts are made of, each safe whatever value goes in.

Example:
    >>> script("cat ", path_word("~/my file")).get_raw_value()
    "cat ~/'my file'"
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from typing import Any

from pyinfra._core import effects
from pyinfra._core.commands import QuoteString, StringCommand, raw_text
from pyinfra._core.effects import Resource
from pyinfra._core.errors import FactValueError
from pyinfra._core.quoting import quote

Part = str | QuoteString | StringCommand

_VARIABLE = r"\$(?:[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\})"
# What a pattern of file names is made of; everything else in it is quoted.
_GLOB_PART = re.compile(rf"{_VARIABLE}|[A-Za-z0-9_./:@%+=,^!*?\[\]-]+")
_INTERPOLATED_PART = re.compile(rf"\\(?s:.)|{_VARIABLE}|[$`\"\\]")
_ACCOUNT = re.compile(r"(?![0-9]+\Z)[A-Za-z0-9_][A-Za-z0-9_.@+-]*\Z")


def script(*parts: Part | Iterable[Part]) -> StringCommand:
    """Join parts of shell text, without anything in between."""
    flat: list[Part] = []
    for part in parts:
        if isinstance(part, (str, QuoteString, StringCommand)):
            flat.append(part)
        else:
            flat.extend(part)
    return StringCommand(*flat, _separator="")


def words(items: Iterable[Part]) -> StringCommand:
    """Join shell words by blanks."""
    return StringCommand(*items)


def word(value: Any) -> QuoteString:
    """Return a value as one shell word.

    Raises:
        FactValueError: when it holds a NUL, which no program can be given.
    """
    if "\0" in raw_text(value):
        raise FactValueError("a value with a NUL character cannot be given to a shell")
    return QuoteString(value)


def path_word(path: Any) -> QuoteString | StringCommand:
    """Return a path as one shell word that no program takes for an option; a leading ``~/`` is left to the shell."""
    if not isinstance(path, str):
        return word(path)
    if path == "~" or path.startswith("~/"):
        rest = path[2:]
        return script("~/", *([word(rest)] if rest else []))
    return word(f"./{path}" if path.startswith("-") else path)


def operand_word(path: Any) -> QuoteString | StringCommand:
    """Return a path as a word that ``awk`` takes for a path too, even when it looks like ``a=b``."""
    if isinstance(path, str) and not path.startswith(("/", "./", "../", "~/")) and path not in (".", "..", "~"):
        return word(f"./{path}")
    return path_word(path)


def glob_word(path: str) -> str:
    """Return a path in which the shell expands ``*``, ``?``, ``[...]``, a leading ``~`` and plain variables, only."""
    if "\0" in path:
        raise FactValueError("a path with a NUL character cannot be given to a shell")
    home = re.match(r"~[A-Za-z0-9_.-]*(?=/|\Z)", path)
    rest = path[home.end() :] if home else path
    quoted: list[str] = [home.group()] if home else ["./"] if path.startswith("-") else []
    position = 0
    for match in _GLOB_PART.finditer(rest):
        if match.start() > position:
            quoted.append(quote(rest[position : match.start()]))
        part = match.group()
        quoted.append(f'"{part}"' if part.startswith("$") else part)
        position = match.end()
    if position < len(rest):
        quoted.append(quote(rest[position:]))
    return "".join(quoted) or "''"


def interpolated_word(text: Any) -> QuoteString | str:
    """Return a word in which the shell fills in ``$NAME`` and ``${NAME}``, and runs nothing.

    A backslash in front of ``$`` keeps the dollar sign, as in any double quotes.
    """
    if not isinstance(text, str):
        return word(text)
    if "\0" in text:
        raise FactValueError("a value with a NUL character cannot be given to a shell")
    return '"' + _INTERPOLATED_PART.sub(_escape_unless_variable, text) + '"'


def _escape_unless_variable(match: re.Match[str]) -> str:
    found = match.group()
    return found if len(found) > 1 else "\\" + found


def account_name(user: str) -> str:
    """Return a user name that is safe to stand unquoted after ``~``.

    Raises:
        FactValueError: when it cannot be a user name.
    """
    if not isinstance(user, str) or not _ACCOUNT.match(user):
        raise FactValueError(f"{user!r} is not a user name")
    return user


def path_resources(path: Any) -> tuple[Resource, ...] | None:
    """The resource that a path names, or None when that depends on more than its text."""
    if not isinstance(path, str) or not path.startswith("/"):
        return None
    return (effects.path(_normal(path)),)


def tree_resources(path: Any) -> tuple[Resource, ...] | None:
    """As :func:`path_resources`, with everything below."""
    if not isinstance(path, str) or not path.startswith("/"):
        return None
    return (effects.tree(_normal(path)),)


def _normal(path: str) -> str:
    return posixpath.normpath("/" + path.lstrip("/"))
