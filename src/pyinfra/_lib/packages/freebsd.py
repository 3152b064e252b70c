"""pkg of FreeBSD, with its jails."""

from __future__ import annotations

import re
from typing import Any

from pyinfra.api import OperationTypeError, OperationValueError, QuoteString, StringCommand

Words = str | QuoteString | StringCommand


def option(letter: str, value: str | None) -> list[Words]:
    """Return an option with its value, or nothing."""
    return [] if value is None else [letter, QuoteString(value)]


def pkg(jail: str | None, *words: Words, asks: bool = True) -> StringCommand:
    """Return a command of pkg that asks nobody anything.

    Args:
        jail: name or number of the jail that it is about.
        words: what it shall do.
        asks: it would ask.
    """
    prefix = ["ASSUME_ALWAYS_YES=yes"] if asks else []
    return StringCommand(*prefix, "pkg", *option("-j", jail), *words)


def checked_word(value: Any, argument: str) -> str:
    """Return a text that is one word, and no option.

    Raises:
        OperationTypeError: it is no text.
        OperationValueError: it is empty, begins with a minus sign or has blanks.
    """
    if not isinstance(value, str):
        raise OperationTypeError(f"{argument} must be a text, not {value!r}", argument=argument)
    if not re.fullmatch(r"[^\s\0-][^\s\0]*", value):
        raise OperationValueError(f"{value!r} cannot be {argument}", argument=argument)
    return value


def checked_jail(jail: Any) -> str | None:
    """Return the name or number of a jail, or None."""
    return None if jail is None else checked_word(str(jail) if isinstance(jail, int) else jail, "jail")
