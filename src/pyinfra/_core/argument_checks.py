"""Whether a value may be given for a global argument. Each answers True or False and never raises."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from .quoting import is_environment_name
from .secrets import HiddenValue


def flag(value: Any) -> bool:
    """True or False, nothing that merely looks like it."""
    return value is True or value is False


def text(value: Any) -> bool:
    """A text, or None."""
    return value is None or isinstance(value, str)


def any_text(value: Any) -> bool:
    """A text, None, or False for none."""
    return value is None or value is False or isinstance(value, str)


def secret_text(value: Any) -> bool:
    """A text, hidden or not, or None."""
    return value is None or isinstance(value, (str, HiddenValue))


def count(value: Any) -> bool:
    """A whole number from zero, or None."""
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0)


def number(value: Any) -> bool:
    """A number from zero."""
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0)


def function(value: Any) -> bool:
    """Something to call, or None."""
    return value is None or callable(value)


def conditions(value: Any) -> bool:
    """Something to call, several of it, or None."""
    if value is None or callable(value):
        return True
    return isinstance(value, (list, tuple)) and all(map(callable, value))


def integers(value: Any) -> bool:
    """Whole numbers."""
    if value is None:
        return True
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        return False
    if not isinstance(value, (list, tuple, set, frozenset, range)):
        return True  # looking into it might use it up
    return all(isinstance(item, int) and not isinstance(item, bool) for item in value)


def lines(value: Any) -> bool:
    """A text, lines of text, an open file, or None."""
    if value is None or isinstance(value, (str, bytes)) or hasattr(value, "readlines"):
        return True
    if isinstance(value, (list, tuple)):
        return all(isinstance(item, (str, bytes)) for item in value)
    return isinstance(value, Iterable) and not isinstance(value, Mapping)


def environment(value: Any) -> bool:
    """Names that a shell can export, with texts, hidden texts, numbers or paths."""
    if value is None:
        return True
    return isinstance(value, Mapping) and all(
        isinstance(name, str) and is_environment_name(name) and _environment_value(item) for name, item in value.items()
    )


def _environment_value(value: Any) -> bool:
    return isinstance(value, (str, HiddenValue, int, float, os.PathLike)) and not isinstance(value, bool)
