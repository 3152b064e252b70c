"""Names and fields of accounts: what may be one."""

from __future__ import annotations

from typing import Any

from pyinfra.api import OperationTypeError, OperationValueError

_NEVER_IN_NAMES = frozenset(" \t\n\r\0:,/\\'\"`$;&|<>()*?[]{}!#~=%")


def checked_name(value: Any, argument: str) -> str:
    """Return the name of a user or a group.

    Raises:
        OperationTypeError: it is no text.
        OperationValueError: no system takes it for a name, or a program would take it for an option.
    """
    if not isinstance(value, str):
        raise OperationTypeError(f"{argument} must be a name, not {type(value).__name__}: {value!r}", argument=argument)
    name = value[:-1] if value.endswith("$") else value  # machine accounts
    if not name or name.startswith(("-", "+")) or name in (".", "..") or not _NEVER_IN_NAMES.isdisjoint(name):
        raise OperationValueError(f"{argument} {value!r} is no name that a user or group can have", argument=argument)
    return value


def checked_field(value: Any, argument: str, secret: bool = False) -> str | None:
    """Return a field of an account file.

    Args:
        value: the text, or None.
        argument: its name in messages.
        secret: do not show it in messages.

    Raises:
        OperationTypeError: it is no text.
        OperationValueError: it holds a colon or a newline, which would begin another field or account.
    """
    if value is None:
        return None
    shown = "" if secret else f" {value!r}"
    if not isinstance(value, str):
        raise OperationTypeError(f"{argument} must be a text, not {type(value).__name__}", argument=argument)
    if any(character in value for character in ":\n\r\0"):
        raise OperationValueError(f"{argument}{shown} cannot hold a colon or a newline", argument=argument)
    return value
