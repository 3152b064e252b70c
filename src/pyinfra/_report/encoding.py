"""From the values of a run to JSON that every parser takes.

Facts, host data and changes may hold anything, and what a host printed may be any bytes. The text made here is valid
JSON all the same: ASCII only, no lone surrogates, no NaN; and it holds no secret.

Example:
    >>> to_json_text({"path": PurePosixPath("/srv"), "load": float("nan"), "password": HiddenValue("hunter2")})
    '{"path": "/srv", "load": null, "password": "*MASKED*"}'
"""

from __future__ import annotations

import dataclasses
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from pathlib import PurePath
from types import ModuleType
from typing import Any
from uuid import UUID

from pyinfra._core.commands import MaskString, PyinfraCommand, QuoteString
from pyinfra._core.records import Record
from pyinfra._core.secrets import HiddenValue
from pyinfra._engine.prepare.argument_text import MASK, is_secret, value_text
from pyinfra.api.host import HostData
from pyinfra.api.operation import OperationMeta

_AS_TEXT = (
    HiddenValue, PurePath, UUID, Decimal, IPv4Address, IPv6Address, IPv4Network, IPv6Network, IPv4Interface,
    IPv6Interface,
)  # fmt: skip
_AS_REPR = (PyinfraCommand, OperationMeta, QuoteString)
# An escaped backslash, a whole pair, or a surrogate that has lost its other half.
_SURROGATES = re.compile(r"\\\\|\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|\\ud[89a-f][0-9a-f]{2}")
_LONE = len(r"\ud800")
_DEEPEST = 200
_LONGEST_NUMBER = 4096  # bits: Python refuses to write longer ones in decimal


def json_encode(obj: Any) -> Any:
    """Return a value that ``json.dumps`` takes for one that it does not: its ``default=``.

    Args:
        obj: host data, a command, an operation's handle, a date, a set, bytes, a path, a module, a function, an open
            file, a secret (masked), or any object with a method ``to_json``.

    Raises:
        TypeError: there is no JSON for it.

    Example:
        >>> json.dumps({"packages": {"vim", "git"}}, default=json_encode)
        '{"packages": ["git", "vim"]}'
    """
    if isinstance(obj, HostData):
        return without_secrets(obj.dict())
    for kinds, encode in _ENCODERS:
        if isinstance(obj, kinds):
            return encode(obj)
    if hasattr(obj, "to_json") and not isinstance(obj, type):
        return obj.to_json()
    if isinstance(obj, Record):
        return {name: getattr(obj, name) for name in obj.record_fields}
    if dataclasses.is_dataclass(obj) and not isinstance(obj, type):
        return {field.name: getattr(obj, field.name) for field in dataclasses.fields(obj)}
    if callable(obj):
        return str(getattr(obj, "__name__", None) or type(obj).__name__)
    raise TypeError(f"there is no JSON for a {type(obj).__module__}.{type(obj).__qualname__}")


def _sorted(items: Iterable[Any]) -> list[Any]:
    try:
        return sorted(items)
    except TypeError:  # of several kinds
        return sorted(items, key=str)


def _file_name(file: Any) -> str:
    name = getattr(file, "name", None)
    return value_text(file) if name is None else str(name)


_ENCODERS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (_AS_TEXT, str),
    (_AS_REPR, repr),
    ((date, time), lambda moment: moment.isoformat()),
    (timedelta, timedelta.total_seconds),
    ((set, frozenset), _sorted),
    ((bytes, bytearray), lambda data: data.decode("utf-8", "replace")),
    (re.Pattern, lambda pattern: pattern.pattern),
    (Enum, lambda member: member.value),
    (Mapping, dict),
    (Sequence, list),
    (io.IOBase, _file_name),
    (ModuleType, lambda module: module.__name__),
)


def without_secrets(value: Any) -> Any:
    """Return data in which everything that is named like a secret is masked.

    Args:
        value: host data, or a part of it: mappings and lists are looked into.
    """
    if isinstance(value, HostData):
        value = value.dict()
    if isinstance(value, Mapping):
        return {key: MASK if is_secret(str(key)) and item else without_secrets(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_secrets(item) for item in value]
    return str(HiddenValue()) if isinstance(value, MaskString) else value


def to_json_text(payload: Any, indent: int | None = None) -> str:
    """Return JSON text of anything. Never fails: what has no JSON becomes the name of its type.

    Args:
        payload: what to write.
        indent: spaces for each level; None for one line.
    """
    encoder = _ONE_LINE if indent is None else _encoder(indent)
    try:
        text = encoder.encode(payload)
    except Exception:  # noqa: BLE001 - also what a user's to_json raises: a report must be written
        text = encoder.encode(plain(payload))
    return _SURROGATES.sub(_without_lone, text) if "\\ud" in text else text


def _encoder(indent: int | None) -> json.JSONEncoder:
    return json.JSONEncoder(default=json_encode, allow_nan=False, indent=indent)


_ONE_LINE = _encoder(None)  # made once: a stream of events has many lines


def _without_lone(match: re.Match[str]) -> str:
    found = match.group()
    return r"\ufffd" if len(found) == _LONE else found


def plain(value: Any, above: frozenset[int] = frozenset()) -> Any:
    """Return a value made of nothing but what JSON has: for those that ``json.dumps`` refuses.

    Args:
        value: anything.
        above: what it lies in, by ``id``: ends circles.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value) if value.bit_length() <= _LONGEST_NUMBER else hex(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if id(value) in above or len(above) > _DEEPEST:
        return "..."
    above |= {id(value)}
    if isinstance(value, Mapping):
        return {_key(key): plain(item, above) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item, above) for item in value]
    return plain(_encoded(value), above)


def _encoded(value: Any) -> Any:
    try:
        return json_encode(value)
    except Exception:  # noqa: BLE001 - as above
        return f"<{type(value).__qualname__}>"


def _key(key: Any) -> str:
    if isinstance(key, str):
        return str.__str__(key)
    if isinstance(key, (tuple, frozenset)):
        return ", ".join(map(_key, key))
    encoded = plain(key)
    return encoded if isinstance(encoded, str) else json.dumps(encoded)
