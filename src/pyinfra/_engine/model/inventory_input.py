"""Reads what people write as an inventory, and says precisely what is wrong with it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from pyinfra._core.errors import InventoryError

logger = logging.getLogger("pyinfra")

_FORM = 'hosts are given as (["host", ("host", {"key": "value"})], {"key": "value"})'


def evaluated(data: Any) -> Any:
    """Return data, calling it while it is a function."""
    while callable(data):
        data = data()
    return data


def names_and_data(value: Any, where: str) -> tuple[list[Any], Any]:
    """Part ``(names, data)``.

    Args:
        value: what was given.
        where: what it was given for, for messages.

    Raises:
        InventoryError: when it has another form.
    """
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise InventoryError(f"{where} is not a pair of hosts and data, but {_described(value)}", hint=_FORM)
    names, data = value
    return _as_list(names, where), _as_data(data, where)


def _as_list(names: Any, where: str) -> list[Any]:
    if isinstance(names, (str, bytes)):
        raise InventoryError(
            f"the hosts of {where} are a single text, {names!r}, where a list is needed", hint=f"write [{names!r}]"
        )
    if isinstance(names, Mapping) or not isinstance(names, Iterable):
        raise InventoryError(f"the hosts of {where} are no list, but {_described(names)}", hint=_FORM)
    if isinstance(names, (set, frozenset)):
        return sorted(names, key=str)  # whatever order a run has, the next one should have it too
    return list(names)


def _as_data(data: Any, where: str) -> Any:
    if data is None:
        return {}
    if isinstance(data, Mapping) or callable(data):
        return data
    raise InventoryError(f"the data of {where} is no dictionary, but {_described(data)}", hint=_FORM)


def extract_name_data(names: Iterable[Any], where: str = "the inventory") -> list[tuple[str, Any]]:
    """Return host names with their data, each name once.

    Args:
        names: names, or pairs of name and data.
        where: where they were given, for messages.

    Raises:
        InventoryError: for a bad name, bad data, or a host that is given twice with different data.
    """
    found: dict[str, Any] = {}
    for entry in _as_list(names, where):
        name, data = _name_and_data(entry, where)
        known = found.get(name)
        if known is None:
            found[name] = data
            continue
        if known and data and known != data:
            keys = ", ".join(sorted(str(key) for key in {*known, *data} if known.get(key) != data.get(key)))
            raise InventoryError(f"the host {name!r} is given twice in {where}, with different data: {keys}", host=name)
        logger.warning("the host %r is given twice in %s", name, where)
        found[name] = known or data
    return list(found.items())


def _name_and_data(entry: Any, where: str) -> tuple[str, Any]:
    if isinstance(entry, str):
        return _checked_name(entry, where), {}
    if not isinstance(entry, tuple):
        raise InventoryError(f"{where} has a host that is no text and no pair, but {_described(entry)}", hint=_FORM)
    if len(entry) != 2:
        raise InventoryError(
            f"{where} has a host that is no pair of name and data, but {len(entry)} things", hint=_FORM
        )
    name, data = entry
    if not isinstance(name, str):
        raise InventoryError(f"{where} has a host whose name is no text, but {_described(name)}", hint=_FORM)
    return _checked_name(name, where), _as_data(data, f"the host {name!r}")


def _checked_name(name: str, where: str) -> str:
    if not name.strip():
        raise InventoryError(f"{where} has a host with an empty name")
    if not name.isprintable():
        raise InventoryError(f"{where} has a host whose name has control characters: {name!r}")
    if name != name.strip():
        raise InventoryError(f"{where} has a host whose name begins or ends with a blank: {name!r}")
    return name


def _described(value: Any) -> str:
    if isinstance(value, (tuple, list)) and len(value) != 2:
        return f"a {type(value).__name__} of {len(value)}"
    return f"a {type(value).__name__}"
