"""Copies of fact values, so that whoever changes one does not change what others read."""

from __future__ import annotations

import copy
from typing import Any

_PLAIN = (str, int, float, bytes, bool, type(None))


def fresh_copy(value: Any) -> Any:
    """Return the value, with every container in it copied."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is dict:
        return {key: item if type(item) in _PLAIN else fresh_copy(item) for key, item in value.items()}
    if kind is list:
        return [item if type(item) in _PLAIN else fresh_copy(item) for item in value]
    if kind is set:
        return value.copy()
    if kind is tuple:
        return tuple(map(fresh_copy, value))
    return copy.deepcopy(value)
