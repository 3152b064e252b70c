"""``apt.packages``."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, replace

from pyinfra import host
from pyinfra._lib.packages import Decision, Installed, Item, carry_out, decide, parse_items
from pyinfra._lib.packages.apt import apt, same_version
from pyinfra.api import OperationValueError, StringCommand, operation
from pyinfra.api.planning import prefetch
from pyinfra.facts._apt.installed import Debs, InstalledDebs
from pyinfra.facts._apt.updates import Candidates, Simulation, Steps, candidate
from pyinfra.operations._apt.locks import ARCHIVES_LOCK, wait_for
from pyinfra.operations._apt.promises import promise_decision, upgraded
from pyinfra.operations._apt.update import checked_cache_time, fetch_lists, lists_are_fresh, prefetch_lists
from pyinfra.operations._apt.upgrade import prefetch_upgrade, upgrade_commands
from pyinfra.operations._public import public_in

Commands = Generator[StringCommand, None, None]


@operation()
@public_in("apt")
def packages(
    packages: str | list[str] | None = None,
    present: bool = True,
    latest: bool = False,
    update: bool = False,
    cache_time: int | None = None,
    upgrade: bool = False,
    force: bool = False,
    no_recommends: bool = False,
    allow_downgrades: bool = False,
    purge: bool = False,
    extra_install_args: str | None = None,
    extra_uninstall_args: str | None = None,
) -> Commands:
    """Ensure that packages are installed, or that they are not.

    A name that other packages provide counts as installed when one of them is. Somebody else who is installing
    something is waited for, ten minutes at most.

    Args:
        packages: names, with a version where that matters: ``nginx``, ``nginx=1.22.*``, ``libc6:i386``,
            ``nginx/bookworm-backports``. A list among them has names of which any will do.
        present: whether they shall be installed.
        latest: the newest versions of them.
        update: fetch the lists of packages before.
        cache_time: seconds for which lists that were fetched are good enough.
        upgrade: upgrade all packages before.
        force: install what is not authenticated.
        no_recommends: without the packages that are only recommended.
        allow_downgrades: older versions, too.
        purge: remove configuration files, too.
        extra_install_args: more options for installing.
        extra_uninstall_args: more options for removing.

    Raises:
        OperationValueError: something cannot be the name of a package.

    Example:
        apt.packages(packages=["nginx", "git"], update=True, cache_time=3600)
    """
    items = _checked(parse_items(packages, "="))
    cache_time = checked_cache_time(cache_time)
    asked = _to_ask_for(items, latest) if present else []
    _prefetch(asked, update, cache_time, upgrade)
    debs = host.get_fact(InstalledDebs)
    offered = _offered(asked)
    before = Before.foreseen(update, cache_time, upgrade)
    now = Now(before.versions(debs), debs, offered, before.fetches)
    decision = now.wanted(items, latest) if present else now.unwanted(items, purge)

    yield from before.commands()
    if decision.install or decision.upgrade:
        yield wait_for(ARCHIVES_LOCK)
    manager = apt(force, no_recommends, allow_downgrades, purge)
    flagged = manager.with_flags(install=extra_install_args, remove=extra_uninstall_args)
    yield from carry_out(replace(flagged, upgrade=manager.upgrade), decision, debs["versions"], now.told())
    if decision or before.upgrades:
        promise_decision(debs, decision, now.known(), now.versions)


def _checked(items: list[Item]) -> list[Item]:
    """What ends in a minus sign would be removed when it is to be installed."""
    for item in _all(items):
        if item.name.endswith("-"):
            raise OperationValueError(f"{item.text!r} cannot be the name of a package", argument="packages")
    return items


def _prefetch(asked: list[str], update: bool, cache_time: int | None, upgrade: bool) -> None:
    """Start reading all that will be needed: that is one round trip."""
    prefetch(InstalledDebs)
    if asked:
        prefetch(Candidates, packages=asked)
    if update:
        prefetch_lists(cache_time)
    if upgrade:
        prefetch_upgrade("upgrade")


@dataclass(frozen=True, slots=True)
class Before:
    """What is done before packages are seen to.

    Attributes:
        fetches: newer lists are fetched. What they offer is only known then: apt itself finds out what there is to do.
        upgrade: everything is upgraded.
        steps: what that does; None when nobody knows.
    """

    fetches: bool
    upgrade: bool
    steps: Steps | None

    @classmethod
    def foreseen(cls, update: bool, cache_time: int | None, upgrade: bool) -> Before:
        """Find out what has to be done."""
        fetches = update and not lists_are_fresh(cache_time)
        return cls(fetches, upgrade, host.get_fact(Simulation, command="upgrade") if upgrade and not fetches else None)

    @property
    def upgrades(self) -> bool:
        """Whether anything is upgraded."""
        return self.upgrade and (self.steps is None or bool(self.steps))

    def versions(self, debs: Debs) -> Mapping[str, set[str] | None]:
        """What is installed afterwards."""
        return upgraded(debs, self.steps) if self.upgrades else debs["versions"]

    def commands(self) -> Commands:
        """Yield what does it."""
        if self.fetches:
            yield from fetch_lists()
        if self.upgrades:
            yield from upgrade_commands("upgrade", self.steps)
        elif self.upgrade:
            host.noop("no package can be upgraded")


@dataclass(frozen=True, slots=True)
class Now:
    """What there is when packages are seen to.

    Attributes:
        versions: what is installed.
        debs: what else dpkg tells.
        offered: versions that apt would install.
        blind: newer lists may offer newer ones.
    """

    versions: Mapping[str, set[str] | None]
    debs: Debs
    offered: Mapping[str, str]
    blind: bool

    def wanted(self, items: Iterable[Item], latest: bool) -> Decision:
        """What is to be installed."""
        items = [_of_release(item, self.offered) for item in items]
        newer = self._newer() if latest else set()
        decision = decide(items, self.versions, True, newer, same_version)
        provided = self.debs["provided"]
        named = [item.name for item in _all(decision.install) if item.version is None and item.name in provided]
        if not named:
            return decision
        # Most often nothing but a name; some are packages of their own, which are installed when they are asked for.
        real = _offered(named)
        only_names = {name: provided[name] for name in named if name not in real}
        return decide(items, {**only_names, **self.versions}, True, newer, same_version)

    def _newer(self) -> set[str]:
        """Of which installed packages there is a newer version, or may be one."""
        versions = self.debs["versions"] if self.blind else self.versions
        found = {name for name in self.offered if versions.get(name) is not None}
        return {name for name in found if self.blind or versions[name] != {self.offered[name]}} - {*self.debs["held"]}

    def unwanted(self, items: Iterable[Item], purge: bool) -> Decision:
        """What is to be removed; also those of which nothing but configuration files is left, if they shall go."""
        left: Iterable[str] = (self.debs["configured"] or ()) if purge else ()
        there: Installed = {**dict.fromkeys(left, frozenset[str]()), **self.versions}
        return decide(map(_of_any_release, items), there, False, same_version=same_version)

    def known(self) -> Mapping[str, str]:
        """Versions that packages will have."""
        return {} if self.blind else self.offered

    def told(self) -> Mapping[str, str]:
        """Versions for the plan: what may well stay as it is, is not told to change."""
        return {name: one for name, one in self.offered.items() if not self.blind or {one} == self.versions.get(name)}


def _all(items: Iterable[Item]) -> list[Item]:
    return [one for item in items for one in (item, *item.others)]


def _is_from_release(item: Item) -> bool:
    return "/" in item.name and not item.name.startswith((".", "/"))


def _to_ask_for(items: list[Item], latest: bool) -> list[str]:
    """Of which packages it matters what apt would install."""
    return [item.name for item in _all(items) if _is_from_release(item) or (latest and item.version is None)]


def _offered(asked: list[str]) -> dict[str, str]:
    """What apt would install, by the names as they were asked for."""
    candidates: dict[str, str | None] = host.get_fact(Candidates, packages=asked) if asked else {}
    return {name: version for name in asked if (version := candidate(candidates, name))}


def _of_release(item: Item, offered: Mapping[str, str]) -> Item:
    """``nginx/bookworm-backports`` is what that release has of ``nginx``."""
    others = tuple(_of_release(other, offered) for other in item.others)
    if not _is_from_release(item):
        return replace(item, others=others)
    return Item(item.name.partition("/")[0], offered.get(item.name), item.text, others)


def _of_any_release(item: Item) -> Item:
    others = tuple(map(_of_any_release, item.others))
    if not _is_from_release(item):
        return replace(item, others=others)
    name = item.name.partition("/")[0]
    return Item(name, None, name, others)
