"""Names of branches, tags and commits, and addresses of repositories."""

from __future__ import annotations

import re
from typing import Any

from pyinfra.api import OperationTypeError, OperationValueError

_IMPOSSIBLE = re.compile(r"\A-|[\s\x00-\x1f\x7f]|\A\Z")


def checked_ref(value: Any, argument: str = "branch") -> str | None:
    """Return the name of a branch, tag or commit, or None when none is given.

    Raises:
        OperationTypeError: it is no text.
        OperationValueError: git would take it for an option, or nothing can have that name.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        kind = type(value).__name__
        raise OperationTypeError(f"{argument} must be a text, not {kind}: {value!r}", argument=argument)
    if _IMPOSSIBLE.search(value):
        raise OperationValueError(f"{value!r} cannot be the name of a branch, tag or commit", argument=argument)
    return value


def checked_source(value: Any, argument: str = "src") -> str:
    """Return the address of a repository.

    Raises:
        OperationTypeError: it is no text.
        OperationValueError: it is empty, or git would take it for an option.
    """
    if not isinstance(value, str):
        kind = type(value).__name__
        raise OperationTypeError(f"{argument} must be a text, not {kind}: {value!r}", argument=argument)
    if not value.strip() or value.startswith("-") or re.search(r"[\x00-\x1f\x7f]", value):
        raise OperationValueError(f"{value!r} cannot be the address of a repository", argument=argument)
    return value


def checked_depth(value: Any) -> int | None:
    """Return how many commits to fetch, or None for all.

    Raises:
        OperationTypeError: it is no number.
        OperationValueError: it is not above zero.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise OperationTypeError(f"depth must be a number, not {value!r}", argument="depth")
    if value < 1:
        raise OperationValueError(f"depth must be above zero, not {value}", argument="depth")
    return value
