"""Inventories made by Python: functions and values in modules of the user's."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pyinfra._core.errors import InventoryError
from pyinfra._core.locations import describe_site
from pyinfra_cli.run.user_code import running_user_code

from .definition import Definition, definition_of_groups, definition_of_hosts

_FORMS = "a dictionary of groups, or a list of hosts"


def definition_of_object(value: Any, where: str) -> Definition:
    """Make a definition from a function that returns one of these, a dictionary of groups, or hosts.

    Args:
        value: the object.
        where: what people call it, for messages.

    Raises:
        InventoryError: it is none of these.
        UserCodeError: the function raised.
    """
    place = None
    if callable(value):
        place = _place_of(value)
        value = call(value, where)
    try:
        return _definition(value, where)
    except InventoryError as error:
        raise error.locate(place=place) from None


def call(function: Callable[[], Any], where: str) -> Any:
    """Call a function of the user's that makes an inventory.

    Raises:
        UserCodeError: it raised.
    """
    with running_user_code(_filename(function) or where):
        made = function()
        # it runs the user's code still: a generator is only now gone through
        return list(made) if _is_plain_iterable(made) else made


def _is_plain_iterable(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping, list, tuple, set, frozenset))


def _definition(value: Any, where: str) -> Definition:
    if isinstance(value, Mapping):
        return definition_of_groups(value, where)
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], (list, set, frozenset)):
        return definition_of_groups({"all": value}, where)
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        return definition_of_hosts(value, where)
    raise InventoryError(f"{where} gives {value!r:.60}, where {_FORMS} is needed")


def _filename(function: Callable[..., Any]) -> str | None:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return code.co_filename if code is not None else None


def _place_of(function: Callable[..., Any]) -> str | None:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return describe_site((code.co_filename, code.co_firstlineno)) if code is not None else None
