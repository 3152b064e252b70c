"""What an inventory is made of, before there are hosts: names, groups and data."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pyinfra._core.errors import InventoryError, PyinfraError
from pyinfra._engine.model.inventory import Inventory
from pyinfra._engine.model.inventory_input import evaluated, extract_name_data, names_and_data

ALL = "all"
# Names of parameters of Inventory, which takes groups as further keyword arguments.
_IMPOSSIBLE = frozenset({"self", "names_data", "override_data"})


class Members(NamedTuple):
    """The hosts of a group with the data that each has there, and the data of the group."""

    hosts: Mapping[str, Any]
    data: Any


_NOBODY = Members({}, {})


@dataclass(frozen=True, slots=True)
class Definition:
    """One source of an inventory, or several put together.

    Attributes:
        hosts: with the data of each, in order.
        data: of all hosts.
        groups: by name, in order; data of later groups goes over data of earlier ones.
    """

    hosts: Mapping[str, Any] = field(default_factory=dict)
    data: Any = field(default_factory=dict)
    groups: Mapping[str, Members] = field(default_factory=dict)


def definition_of_hosts(entries: Iterable[Any], where: str) -> Definition:
    """Make a definition from host names, or pairs of name and data.

    Args:
        entries: the hosts.
        where: what they were given in, for messages.

    Raises:
        InventoryError: one of them is no host.
    """
    return Definition(dict(extract_name_data(entries, where)))


def definition_of_groups(groups: Mapping[str, Any], where: str, places: Mapping[str, str] | None = None) -> Definition:
    """Make a definition from groups; one called ``all`` gives the hosts and the data of all.

    Args:
        groups: hosts of each group, or pairs of hosts and data.
        where: what they were given in, for messages.
        places: where each one is defined, for messages.

    Raises:
        InventoryError: a group has no such form.
    """
    members: dict[str, Members] = {}
    for name, value in groups.items():
        if not isinstance(name, str) or name in _IMPOSSIBLE:
            raise InventoryError(f"{where} has a group that cannot be called {name!r}")
        try:
            members[name] = _members(name, value)
        except PyinfraError as error:
            raise error.locate(place=places.get(name) if places is not None else None) from None
    everybody = members.pop(ALL, None)
    if everybody is None:
        names: dict[str, Any] = {host: {} for group in members.values() for host in group.hosts}
        return Definition(names, {}, members)
    return Definition(everybody.hosts, everybody.data, members)


def _members(name: str, value: Any) -> Members:
    where = f"the group {name!r}"
    hosts, data = names_and_data(value if _is_pair(value) else (value, {}), where)
    return Members(dict(extract_name_data(hosts, where)), data)


def _is_pair(value: Any) -> bool:
    """Whether something is ``(hosts, data)``, and not the hosts themselves."""
    return isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], (list, tuple, set, frozenset, dict))


def joined(definitions: Sequence[Definition]) -> Definition:
    """Put several definitions together: later data goes over earlier data, groups of one name become one."""
    if len(definitions) == 1:
        return definitions[0]
    hosts: dict[str, Any] = {}
    data: Any = {}
    groups: dict[str, Members] = {}
    for definition in definitions:
        hosts = _joined_hosts(hosts, definition.hosts)
        data = overlaid(data, definition.data)
        for name, members in definition.groups.items():
            known = groups.get(name, _NOBODY)
            groups[name] = Members(_joined_hosts(known.hosts, members.hosts), overlaid(known.data, members.data))
    return Definition(hosts, data, groups)


def _joined_hosts(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    return {**below, **{name: overlaid(below.get(name), data) for name, data in above.items()}}


def overlaid(below: Any, above: Any) -> Any:
    """Lay data over other data. Functions stay functions, which are called when data is asked for."""
    if not above or not below:
        return above or below or {}
    if callable(below) or callable(above):
        return lambda: {**evaluated(below), **evaluated(above)}
    return {**below, **above}


def grouped_as(definition: Definition, group: str) -> Definition:
    """Add a group that has every host. It comes first: data of the other groups goes over its own."""
    known = definition.groups.get(group, _NOBODY)
    everybody = Members({**{name: {} for name in definition.hosts}, **known.hosts}, known.data)
    others = {name: members for name, members in definition.groups.items() if name != group}
    return Definition(definition.hosts, definition.data, {group: everybody, **others})


def make(definition: Definition, override_data: Mapping[Any, Any] | None = None) -> Inventory:
    """Make the hosts.

    Args:
        definition: what is known of them.
        override_data: data that goes over all other.

    Raises:
        InventoryError: a connector cannot make hosts of a name.
        NoConnectorError: there is no such connector.
    """
    groups = {name: (list(members.hosts.items()), members.data) for name, members in definition.groups.items()}
    hosts = list(definition.hosts.items()), definition.data
    with _no_collection():
        return Inventory(hosts, override_data=dict(override_data or {}), **groups)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Thousands of hosts are made, none is garbage: looking for it takes three times as long as making them."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
