"""Names of tables, chains, targets and interfaces."""

from __future__ import annotations

import re
from typing import Any

from pyinfra.api import OperationTypeError, OperationValueError

BUILT_IN = {
    "filter": ("INPUT", "FORWARD", "OUTPUT"),
    "nat": ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"),
    "mangle": ("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"),
    "raw": ("PREROUTING", "OUTPUT"),
    "security": ("INPUT", "FORWARD", "OUTPUT"),
}
_NAME = re.compile(r"[^\s\x00-\x1f\x7f!-][^\s\x00-\x1f\x7f]{0,27}")
_INTERFACE = re.compile(r"[^\s\x00-\x1f\x7f!/-][^\s\x00-\x1f\x7f/]{0,14}")


def checked_table(value: Any) -> str:
    """Return the name of a table.

    Raises:
        OperationTypeError: it is no text.
        OperationValueError: there is none of that name.
    """
    table = checked_text(value, "table")
    if table not in BUILT_IN:
        raise OperationValueError(
            f"there is no table {table!r} of iptables", argument="table", hint=", ".join(BUILT_IN)
        )  # fmt: skip
    return table


def checked_version(value: Any) -> int:
    """Return the version of IP: 4 or 6.

    Raises:
        OperationValueError: it is another one.
    """
    if value not in (4, 6) or isinstance(value, bool):
        raise OperationValueError(f"version is 4 or 6, not {value!r}", argument="version")
    return int(value)


def checked_name(value: Any, argument: str) -> str:
    """Return the name of a chain or target.

    Raises:
        OperationTypeError: it is no text.
        OperationValueError: it is none.
    """
    return _matching(_NAME, value, argument, "a chain or target")


def checked_interface(value: Any, argument: str) -> str:
    """Return the name of an interface, maybe with ``+`` in the end.

    Raises:
        OperationTypeError: it is no text.
        OperationValueError: it is none.
    """
    return _matching(_INTERFACE, value, argument, "an interface")


def _matching(pattern: re.Pattern[str], value: Any, argument: str, what: str) -> str:
    text = checked_text(value, argument)
    if not pattern.fullmatch(text):
        raise OperationValueError(f"{argument} {text!r} is no name of {what}", argument=argument)
    return text


def checked_text(value: Any, argument: str) -> str:
    """Return a text of one line.

    Raises:
        OperationTypeError: it is no text.
        OperationValueError: it is empty, or has more than a line.
    """
    if not isinstance(value, str):
        kind = type(value).__name__
        raise OperationTypeError(f"{argument} must be a text, not {kind}: {value!r}", argument=argument)
    if not value or re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value):
        raise OperationValueError(f"{argument} {value!r} is no text that iptables could take", argument=argument)
    return value
