"""``packages`` of dnf, yum and zypper."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pyinfra import host
from pyinfra._lib.packages import AVAILABLE, Decision, Item, PackageManager, carry_out, decide, parse_items
from pyinfra.api import OperationTypeError, OperationValueError, StringCommand
from pyinfra.api.planning import affects, change, prefetch, promise, tree
from pyinfra.facts._rpm.archives import RpmFile
from pyinfra.facts._rpm.installed import InstalledProviders, InstalledRpms, Rpms
from pyinfra.facts._rpm.offered import NewerRpms, NothingToDo, Updates

from .wanted import Wanted, capability, is_file, is_group, is_pattern, named_in

Commands = Generator[StringCommand, None, None]


@dataclass(frozen=True, slots=True)
class Way:
    """How packages are managed on a host.

    Attributes:
        manager: does it.
        clean: command that empties its cache.
        older: does it when other versions than those that are installed are asked for.
        written: how it wants a package that is asked for.
    """

    manager: PackageManager
    clean: str
    older: PackageManager | None = None
    written: Callable[[str], str] = str

    @property
    def program(self) -> str:
        """The package manager."""
        return self.manager.program

    def for_(self, decision: Decision, rpms: Rpms) -> PackageManager:
        """Return what carries out a decision."""
        others = any(item.name in rpms["versions"] or named_in(item.text, rpms) for item in decision.install)
        return self.older if self.older and others else self.manager


def ensure_packages(
    way: Way,
    packages: Any,
    present: bool,
    *,
    latest: bool = False,
    update: bool = False,
    clean: bool = False,
    extra_install_args: str | None = None,
    extra_uninstall_args: str | None = None,
) -> Commands:
    """Yield what makes packages be installed, or not.

    Args:
        way: how that is done.
        packages: what was asked for.
        present: whether they shall be installed.
        latest: the newest versions of them.
        update: upgrade all packages before.
        clean: empty the cache before.
        extra_install_args: more options for installing.
        extra_uninstall_args: more options for removing.
    """
    check_options(extra_install_args=extra_install_args, extra_uninstall_args=extra_uninstall_args)
    items = _checked(parse_items(packages, None))
    prefetch_packages(way.program, items, present)
    rpms, newer = _foreseen(way.program, latest=latest and present and bool(items), update=update)
    then = _upgraded(rpms, newer) if update else rpms
    decision = _decision(way, items, present, then, newer if latest and not update else {})

    if clean:
        yield from clean_commands(way.program, way.clean)
    if update:
        yield from update_commands(way.manager, newer, rpms)
    manager = way.for_(decision, then)
    flagged = manager.with_flags(install=extra_install_args, remove=extra_uninstall_args)
    known = newer or {}
    yield from carry_out(replace(flagged, upgrade=manager.upgrade), decision, then["versions"], known)
    if decision:
        promise_decision(then, decision, known)


def check_options(**options: Any) -> None:
    """Raise an error for options that are no text.

    Raises:
        OperationTypeError: they are something else.
    """
    for argument, value in options.items():
        if value is not None and not isinstance(value, str):
            raise OperationTypeError(f"{argument} must be options as a text, not {value!r}", argument=argument)


def _all(items: list[Item]) -> list[Item]:
    return [one for item in items for one in (item, *item.others)]


def _checked(items: list[Item]) -> list[Item]:
    """zypper would remove what it is told to install: ``!name``."""
    for item in _all(items):
        if item.text[0] in "!~+":
            raise OperationValueError(f"{item.text!r} cannot be the name of a package", argument="packages")
    return items


def prefetch_packages(program: str, items: list[Item], present: bool) -> None:
    """Start reading all that will be needed of packages: that is one round trip."""
    prefetch(InstalledRpms)
    for item in _all(items):
        name = capability(item.text)
        if name is not None:
            prefetch(InstalledProviders, wanted=name)
        elif is_file(item.text):
            prefetch(RpmFile, src=item.text)
    for item in items:
        if _is_undecided(item, present):
            prefetch(NothingToDo, **_question(program, item, present))


def _is_undecided(item: Item, present: bool) -> bool:
    """Whether only the package manager itself can say what has to be done."""
    return is_group(item.text) or (present and is_pattern(item.text))


def _question(program: str, item: Item, present: bool) -> dict[str, Any]:
    return {"program": program, "verb": "install" if present else "remove", "packages": (item.text,)}


def _foreseen(program: str, *, latest: bool, update: bool) -> tuple[Rpms, Updates | None]:
    """What is installed, and of what there are newer versions, if that matters; None when nobody knows."""
    if latest or update:
        prefetch(NewerRpms, program=program)
    rpms: Rpms = host.get_fact(InstalledRpms)
    return rpms, host.get_fact(NewerRpms, program=program) if latest or update else {}


def _decision(way: Way, items: list[Item], present: bool, rpms: Rpms, newer: Updates | None) -> Decision:
    undecided = [item for item in items if _is_undecided(item, present)]
    meant = [_meant(way, item, present, rpms) for item in items if item not in undecided]
    versions = rpms["versions"]
    outdated = versions if newer is None else _outdated(newer, rpms)
    decision = decide(meant, versions, present, outdated, same_version=way.manager.same_version)
    for item in undecided:
        right = host.get_fact(NothingToDo, **_question(way.program, item, present))
        part = "right" if right else "install" if present else "remove"
        decision = replace(decision, **{part: (*getattr(decision, part), item)})
    return decision


def _outdated(newer: Updates, rpms: Rpms) -> set[str]:
    """Of which packages there are versions that are not installed."""
    return {name for name, found in rpms["versions"].items() if name in newer and newer[name] not in (found or ())}


def _meant(way: Way, item: Item, present: bool, rpms: Rpms) -> Item:
    every = (item, *item.others)
    names = {name for one in every if (name := capability(one.text)) is not None}
    providers = {name: host.get_fact(InstalledProviders, wanted=name) for name in names}
    files = {one.text: host.get_fact(RpmFile, src=one.text) for one in every if is_file(one.text)}
    wanted = Wanted(rpms, providers, files, way.written)
    first, *others = map(wanted.to_install if present else wanted.to_remove, every)
    return replace(first, others=(*first.others, *others))


# -- cache and upgrades --------------------------------------------------------------------


def clean_commands(program: str, command: str) -> Commands:
    """Yield what empties the cache of a package manager, every time."""
    yield StringCommand(command)
    change(program, "cache", None, "empty")
    affects(AVAILABLE, tree("/var/cache"))


def update_commands(manager: PackageManager, newer: Updates | None, rpms: Rpms) -> Commands:
    """Yield what upgrades everything, and tell what becomes of which package.

    Args:
        manager: does it.
        newer: versions that packages would have; None when nobody knows.
        rpms: what is installed.
    """
    outdated = None if newer is None else _outdated(newer, rpms)
    if outdated == set():
        host.noop("no package can be upgraded")
        return
    assert manager.upgrade_all is not None  # noqa: S101 - all of these can
    yield StringCommand(manager.upgrade_all)
    for name in sorted(outdated or ()):
        was = ", ".join(sorted(rpms["versions"][name] or ())) or "installed"
        change(f"package {name}", "version", was, (newer or {})[name])
    if outdated is None:
        change("packages", "upgraded", None, "all")
    affects(*manager.touches)
    promise(InstalledRpms, _upgraded(rpms, newer), exact=False)


def upgrade_everything(manager: PackageManager) -> Commands:
    """Yield what upgrades everything, if there is anything."""
    rpms, newer = _foreseen(manager.program, latest=False, update=True)
    yield from update_commands(manager, newer, rpms)


def _upgraded(rpms: Rpms, newer: Updates | None) -> Rpms:
    """What will be installed after an upgrade."""
    versions: dict[str, Any] = dict(rpms["versions"])
    for name in versions if newer is None else _outdated(newer, rpms):
        versions[name] = None if newer is None or _keeps_old(rpms, name) else {newer[name]}
    return {**rpms, "versions": versions}


def _keeps_old(rpms: Rpms, name: str) -> bool:
    """Kernels stay beside newer ones."""
    return name.startswith("kernel") or len(rpms["versions"].get(name) or ()) > 1


def promise_decision(rpms: Rpms, decision: Decision, known: Mapping[str, str] | None = None) -> None:
    """Say what rpm will have. What is installed with it is for the package manager to decide; what is removed, too.

    Args:
        rpms: what is installed.
        decision: what will be done.
        known: versions that packages will have, by name.
    """
    versions: dict[str, Any] = dict(rpms["versions"])
    architectures: dict[str, Any] = dict(rpms["architectures"])
    for item in (*decision.install, *decision.upgrade):
        for name in named_in(item.text, rpms) if item.version is None else ():
            versions[name] = None
        version = (known or {}).get(item.name) if item.version is None else item.version if is_file(item.text) else None
        versions[item.name] = {version} if version and not _keeps_old(rpms, item.name) else None
        architectures[item.name] = None
    if decision.remove:  # with it goes what needs it and, with dnf, what nothing needs any more
        versions, architectures = dict.fromkeys(versions), dict.fromkeys(architectures)
    for item in decision.remove:
        if item.version is not None and len(rpms["versions"].get(item.name) or ()) > 1:
            versions[item.name] = None
            continue
        versions.pop(item.name, None)
        architectures.pop(item.name, None)
    promise(InstalledRpms, {"versions": versions, "architectures": architectures}, exact=False)
