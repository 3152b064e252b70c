"""What operations on packages of several systems share: what is newer is known, so what is the newest is left alone."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pyinfra import host
from pyinfra.api import FactBase, StringCommand
from pyinfra.api.planning import affects, change, prefetch, promise

from .deciding import Installed, Item
from .ensuring import update_commands, upgrade_commands
from .managers import PackageManager
from .newest import NO_NEWER, Newest, settle

Commands = Generator[StringCommand, None, None]
Resolve = Callable[[list[Item], Installed], list[Item]]


@dataclass(frozen=True, slots=True)
class System:
    """How packages of a system are looked at and changed.

    Attributes:
        manager: how they are changed.
        installed: fact that lists them.
        newer: fact with the versions of those that an upgrade changes; None where that cannot be asked.
        arguments: of that one.
        is_exact: whether a version that is asked for is what will be listed.
    """

    manager: PackageManager
    installed: type[FactBase[Any]]
    newer: type[FactBase[Any]] | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    is_exact: Callable[[str], bool] = lambda version: True

    def prefetch(self, newer: bool) -> None:
        """Start reading."""
        prefetch(self.installed)
        if newer and self.newer is not None:
            prefetch(self.newer, **self.arguments)

    def newest(self) -> Newest:
        """Read what is newer."""
        return Newest() if self.newer is None else Newest.of(self.newer, **self.arguments)

    def upgrade(self, installed: Installed, newest: Newest, command: StringCommand | None = None) -> Commands:
        """Yield what upgrades everything, unless there is nothing newer.

        Args:
            installed: what is installed.
            newest: what is newer.
            command: another one than usually.
        """
        versions = newest.versions
        if versions is not None and not versions:
            host.noop("no package can be upgraded")
            return
        if versions is None:
            yield from upgrade_commands(self.manager)
            return
        yield command or StringCommand(self.manager.upgrade_all)
        for name, version in versions.items():
            before = ", ".join(sorted(installed.get(name) or ())) or None
            change(f"package {name}", "version", before, version or None)
        affects(*self.manager.touches, self.manager.resource)


def packages_commands(
    system: System,
    items: list[Item],
    present: bool,
    *,
    latest: bool = False,
    update: bool = False,
    upgrade: bool = False,
    resolve: Resolve = lambda items, installed: items,
) -> Commands:
    """Yield what makes packages be installed, or not.

    Args:
        system: how that is done.
        items: the packages.
        present: whether they shall be installed.
        latest: the newest versions of those that are named without one.
        update: fetch the lists of packages before.
        upgrade: upgrade everything before.
        resolve: finds out what the names mean, once it is known what is installed.
    """
    latest = latest and present and bool(items) and not upgrade
    asks = (latest or upgrade) and not update  # what newer lists will offer nobody knows yet
    if items or upgrade:
        system.prefetch(asks)
    installed: Installed = host.get_fact(system.installed) if items or upgrade else {}
    newest = system.newest() if asks else Newest()
    items = resolve(_chosen(items, installed, present), installed)
    if update:
        yield from update_commands(system.manager)
    if upgrade:
        yield from system.upgrade(installed, newest)
        installed = upgraded(installed, newest)
    promises = upgrade and newest.versions != {}
    if promises:
        promise(system.installed, dict(installed), exact=False)
    yield from settle(
        system.manager, system.installed, items, installed, present=present, newest=newest if latest else NO_NEWER,
        is_exact=system.is_exact,
    )  # fmt: skip


def _chosen(items: Iterable[Item], installed: Installed, present: bool) -> list[Item]:
    """Of alternatives the one that is there, or else the first; all of them when none shall be there."""
    found: dict[Item, None] = {}
    for item in items:
        each = [Item(one.name, one.version, one.text) for one in (item, *item.others)]
        there = [one for one in each if one.name in installed]
        found.update(dict.fromkeys((there or each)[:1] if present else each))
    return list(found)


def upgrade_everything(system: System, command: StringCommand | None = None) -> Commands:
    """Yield what upgrades everything, unless there is nothing newer.

    Args:
        system: how that is done.
        command: another one than usually.
    """
    system.prefetch(newer=True)
    installed: Installed = host.get_fact(system.installed)
    newest = system.newest()
    yield from system.upgrade(installed, newest, command)
    if newest.versions != {}:
        promise(system.installed, dict(upgraded(installed, newest)), exact=False)


def upgraded(installed: Installed, newest: Newest) -> Installed:
    """Return what is installed after an upgrade; None instead of versions that nobody knows."""
    if newest.versions is None:
        return dict.fromkeys(installed)
    found: dict[str, Any] = dict(installed)
    for name, version in newest.versions.items():
        found[name] = {version} if version else None
    return found


def named_as_listed(items: Iterable[Item], installed: Installed) -> list[Item]:
    """Return items of which some are named with the version that is installed: ``nginx-1.24.0``."""
    names = {f"{name}-{version}": name for name, versions in installed.items() for version in versions or ()}
    return [
        Item(names[item.text], None, item.text) if item.name not in installed and item.text in names else item
        for item in items
    ]
