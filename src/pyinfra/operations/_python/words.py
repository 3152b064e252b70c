"""More options for uv."""

from __future__ import annotations

import shlex
from typing import Any

from pyinfra.api import OperationTypeError


def addable_extras(extra_args: str | list[str] | None) -> str:
    """Return options as the text of a command.

    Args:
        extra_args: a text, taken as it is, or a list of options, each with its value or without.

    Raises:
        OperationTypeError: it is something else.

    Example:
        >>> addable_extras(["--python 3.12", "--find-links=/srv/$x"])
        "--python 3.12 '--find-links=/srv/$x'"
    """
    if extra_args is None:
        return ""
    if isinstance(extra_args, str):
        return extra_args.strip()
    given: list[Any] = list(extra_args)
    for option in given:
        if not isinstance(option, str):
            raise OperationTypeError(f"an option is a text, not {option!r}", argument="extra_args")
    return " ".join(shlex.quote(word) for option in given for word in _words(option))


def _words(option: str) -> list[str]:
    """``--option value`` is two words; a value with blanks is one."""
    name, blank, value = option.partition(" ")
    return [name, value] if blank and name.startswith("-") and "=" not in name else [option]
