"""Which hosts of an inventory a run is about: ``--limit`` and ``--exclude``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import translate
from typing import TYPE_CHECKING

from pyinfra import logger
from pyinfra._core.errors import InventoryError
from pyinfra._core.suggestions import did_you_mean
from pyinfra_cli.exceptions import CliError

if TYPE_CHECKING:
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.inventory import Inventory

_ALL = "all"
_MAX_COMPARED = 20_000  # hosts; looking for a similar name among more would take seconds
_WILD = re.compile(r"[*?\[]")


def select_hosts(inventory: Inventory, limit: Sequence[str] = (), exclude: Sequence[str] = ()) -> list[Host] | None:
    """Return the hosts that a run keeps to, in the order of the inventory; None when it is about all of them.

    Args:
        inventory: the hosts.
        limit: names of groups, ``all``, names of hosts or patterns (``web*``); several with commas between them.
        exclude: the same; applies after the limit.

    Raises:
        InventoryError: the inventory has no hosts.
        CliError: something matched no host, or none is left.

    Example:
        >>> select_hosts(inventory, ["web*", "databases"], ["web3"])
        [Host(web1), Host(web2), Host(db1)]
    """
    if not inventory.hosts:
        raise InventoryError("the inventory has no hosts")
    if not limit and not exclude:
        return None
    chosen = _limited(inventory, limit) if limit else set(inventory)
    left = chosen - _excluded(inventory, exclude)
    if not left:
        raise CliError("no host is left: --exclude leaves out all that were chosen")
    return [host for host in inventory if host in left]


def matching_hosts(inventory: Inventory, pattern: str) -> list[Host]:
    """Return the hosts that one word stands for: those of a group, the host of this name, or those like a pattern.

    Args:
        inventory: the hosts.
        pattern: without commas.
    """
    if pattern in inventory.groups or pattern == _ALL:
        return inventory.get_group(pattern)
    host = inventory.hosts.get(pattern)
    if host is not None:  # also a name that would be a pattern: "@docker/[x]"
        return [host]
    if not _WILD.search(pattern):
        return []
    matches = re.compile(translate(pattern)).match
    return [host for name, host in inventory.hosts.items() if matches(name)]


def _limited(inventory: Inventory, limit: Iterable[str]) -> set[Host]:
    chosen: set[Host] = set()
    unmatched: list[str] = []
    for pattern in _patterns(inventory, limit):
        found = matching_hosts(inventory, pattern)
        chosen.update(found)
        if not found:
            unmatched.append(pattern)
    for pattern in unmatched:
        if not chosen or not _WILD.search(pattern):
            raise _no_match("--limit", pattern, inventory)
        logger.warning("--limit %s: no host is like that", pattern)
    if not chosen:
        raise CliError("--limit is empty")
    return chosen


def _excluded(inventory: Inventory, exclude: Iterable[str]) -> set[Host]:
    # A name with a mistake in it would have the run change hosts that it was to spare.
    excluded: set[Host] = set()
    for pattern in _patterns(inventory, exclude):
        found = matching_hosts(inventory, pattern)
        excluded.update(found)
        if not found and not _WILD.search(pattern):
            raise _no_match("--exclude", pattern, inventory)
    return excluded


def _patterns(inventory: Inventory, words: Iterable[str]) -> Iterator[str]:
    for word in words:
        if word in inventory.hosts or word in inventory.groups:
            yield word
        else:
            yield from (part for text in word.split(",") if (part := text.strip()))


def _no_match(option: str, pattern: str, inventory: Inventory) -> CliError:
    known = [*inventory.groups, *inventory.hosts, _ALL]
    if pattern in inventory.groups:
        return CliError(f"{option} {pattern}: the group has no hosts")
    suggestion = did_you_mean(pattern, known) if len(known) <= _MAX_COMPARED else ""
    groups = ", ".join([_ALL, *inventory.groups][:12])
    return CliError(f"{option} {pattern}: there is no such host or group{suggestion}", hint=f"groups: {groups}")
