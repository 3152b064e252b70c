"""The hosts of a run, their groups and their data."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pyinfra._core.errors import InventoryError, NoGroupError, NoHostError, PyinfraError
from pyinfra._core.locations import place
from pyinfra._core.suggestions import did_you_mean
from pyinfra._engine.model.connector_registry import get_execution_connector, load_connector
from pyinfra._engine.model.inventory_input import evaluated, extract_name_data, names_and_data

if TYPE_CHECKING:
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.state import State

logger = logging.getLogger("pyinfra")

ALL = "all"


class Inventory:
    """Hosts in the order in which they were given.

    Args:
        names_data: the hosts and the data of all of them: ``(["web1", ("web2", {"port": 81})], {"user": "app"})``.
            A name may be ``@connector/argument``.
        override_data: data that goes over all other.
        groups: in the same form; their hosts must be among those of ``names_data``.

    Raises:
        InventoryError: saying what is wrong with which host or group.
        NoConnectorError: when there is no connector of the name in an ``@connector/argument``.

    Example:
        >>> inventory = Inventory((["web1", "db1"], {"user": "app"}), web=(["web1"], {"port": 80}))
        >>> [host.name for host in inventory.get_group("web")], inventory.get_host("web1").data.port
        (['web1'], 80)
    """

    state: State

    def __init__(self, names_data: Any, override_data: Any = None, **groups: Any) -> None:
        try:
            self._read(names_data, override_data, groups)
        except PyinfraError as error:
            error.locate(place=place())
            raise

    def _read(self, names_data: Any, override_data: Any, groups: Mapping[str, Any]) -> None:
        names, self.data = names_and_data(names_data, "the inventory")
        self.override_data = override_data if override_data is not None else {}
        self.hosts: dict[str, Host] = {}
        self.groups: dict[str, list[Host]] = {}
        self._members: dict[str, dict[Host, None]] = {}
        self.host_data: dict[str, Any] = {}
        self.group_data: dict[str, Any] = {}
        group_names: dict[str, list[Any]] = {}
        for group, value in groups.items():
            group_names[group], self.group_data[group] = names_and_data(value, f"the group {group!r}")
        self.make_hosts_and_groups(names, group_names)

    @staticmethod
    def empty() -> Inventory:
        """Return an inventory without hosts."""
        return Inventory(([], {}))

    # -- making ----------------------------------------------------------------------------

    def make_hosts_and_groups(self, names: Any, groups: Mapping[str, Any]) -> None:
        """Make the hosts.

        Args:
            names: the hosts, in order.
            groups: hosts of each group.
        """
        from pyinfra._engine.model.host import Host

        found = dict(extract_name_data(names, "the inventory"))
        groups_of: dict[str, list[str]] = {name: [] for name in found}
        for group, members in groups.items():
            self._add_members(group, dict(extract_name_data(members, f"the group {group!r}")), found, groups_of)
        for name, data in found.items():
            for host_name, connector, connector_data, connector_groups in _hosts_of(name):
                given = self.host_data.get(host_name)
                self.host_data[host_name] = _laid_over(connector_data, _laid_over(given, data) if given else data)
                known = self.hosts.get(host_name)
                host_groups = [*groups_of[name], *connector_groups]
                if known is not None:
                    host_groups = [*known.groups, *host_groups]
                self._put(host_name, list(dict.fromkeys(host_groups)), connector, Host)
        self.groups = {group: list(members) for group, members in self._members.items()}

    def _put(self, name: str, groups: list[str], connector: Any, host_cls: Any) -> None:
        host = self.hosts.get(name)
        if host is None:
            host = self.hosts[name] = host_cls(name, self, groups, connector)
        else:
            host.groups[:] = groups
        for group in groups:
            self._members.setdefault(group, {})[host] = None

    def _add_members(
        self, group: str, members: dict[str, Any], found: dict[str, Any], groups_of: dict[str, list[str]]
    ) -> None:
        self._members.setdefault(group, {})
        for name, data in members.items():
            if name not in found:
                logger.warning(
                    "the group %r has a host %r that the inventory does not have, it is left out%s",
                    group, name, did_you_mean(name, found),
                )  # fmt: skip
                continue
            groups_of[name].append(group)
            if data:
                found[name] = _laid_over(found[name], data)

    # -- hosts -----------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Host]:
        return iter(self.hosts.values())

    def __len__(self) -> int:
        return len(self.hosts)

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"Inventory({len(self.hosts)} hosts, {len(self.groups)} groups)"

    def get_active_hosts(self) -> list[Host]:
        """Return the hosts that are connected and have not failed, in order."""
        active = self._of_state("active_hosts")
        return [host for host in self if host in active]

    def len_active_hosts(self) -> int:
        """Return how many hosts are connected and have not failed."""
        return len(self._of_state("active_hosts"))

    def iter_activated_hosts(self) -> Iterator[Host]:
        """Return the hosts that have been connected, in order."""
        activated = self._of_state("activated_hosts")
        return (host for host in self if host in activated)

    def len_activated_hosts(self) -> int:
        """Return how many hosts have been connected."""
        return len(self._of_state("activated_hosts"))

    def _of_state(self, name: str) -> Any:
        state = self.__dict__.get("state")
        return getattr(state, name) if state is not None else ()

    def get_host(self, name: str, default: Any = NoHostError) -> Host:
        """Return a host by its name.

        Raises:
            NoHostError: when there is none, and no default is given.
        """
        found = self.hosts.get(name)
        if found is None:
            if default is NoHostError:
                message = f"there is no host {name!r} in the inventory{did_you_mean(name, self.hosts)}"
                raise NoHostError(message, host=str(name), place=place())
            found = default
        return found

    def get_group(self, name: str, default: Any = NoGroupError) -> list[Host]:
        """Return the hosts of a group, in order. The group ``all`` has every host.

        Raises:
            NoGroupError: when there is none, and no default is given.
        """
        if name in self.groups:
            return self.groups[name]
        if name == ALL:
            return list(self.hosts.values())
        if default is NoGroupError:
            hint = did_you_mean(name, [*self.groups, ALL])
            raise NoGroupError(f"there is no group {name!r}{hint}", argument=str(name), place=place())
        return default  # type: ignore[no-any-return]

    # -- data ------------------------------------------------------------------------------

    def get_data(self) -> Any:
        """Return the data of all hosts."""
        return self.data

    def get_override_data(self) -> Any:
        """Return the data that goes over all other."""
        return self.override_data

    def get_host_data(self, hostname: str) -> Any:
        """Return the data of a host."""
        return self.host_data.get(hostname, {})

    def get_group_data(self, group: str) -> Any:
        """Return the data of a group."""
        if group == ALL and group not in self.group_data:
            return self.data
        return self.group_data.get(group, {})

    def get_groups_data(self, groups: Iterable[str]) -> dict[str, Any]:
        """Return the data of several groups, merged; the last group wins."""
        merged: dict[str, Any] = {}
        for group in groups:
            data = self.group_data.get(group)
            if data:
                merged.update(evaluated(data))
        return merged


def _hosts_of(name: str) -> Iterator[tuple[str, Any, Any, list[str]]]:
    """The hosts that a name stands for: name, connector class, data of the connector, its groups."""
    if not name.startswith("@"):
        yield name, get_execution_connector("ssh"), {}, []
        return
    connector_name, _, argument = name[1:].partition("/")
    connector = load_connector(connector_name)
    executes = connector if connector.handles_execution else get_execution_connector("ssh")
    for made in connector.make_names_data(argument or None):
        if not isinstance(made, (tuple, list)) or len(made) != 3:
            raise InventoryError(f"the connector {connector_name!r} made {made!r} for {name!r}: name, data and groups")
        host_name, data, groups = made
        yield host_name, executes, data or {}, list(groups or ())


def _laid_over(below: Any, above: Any) -> Any:
    if not below or not above:
        return above or below or {}
    return {**evaluated(below), **evaluated(above)}
