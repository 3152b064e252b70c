"""Words for a POSIX shell, quoted by construction."""

from __future__ import annotations

import re
from collections.abc import Iterable
from shlex import quote as _shlex_quote

from .errors import OperationValueError

_ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def quote(text: str) -> str:
    """Return one shell word that means exactly this text.

    Raises:
        OperationValueError: when it holds a NUL, which no program can be given.

    Example:
        >>> quote("it's")
        '\\'it\\'"\\'"\\'s\\''
    """
    if "\0" in text:
        raise OperationValueError("a text with a NUL character cannot be given to a shell")
    return _shlex_quote(text)


def join(words: Iterable[str]) -> str:
    """Return a command line of quoted words.

    Example:
        >>> join(["printf", "%s", "a b"])
        "printf %s 'a b'"
    """
    return " ".join(map(quote, words))


def is_environment_name(name: str) -> bool:
    """Whether a shell can export a variable of this name."""
    return _ENVIRONMENT_NAME.match(name) is not None
