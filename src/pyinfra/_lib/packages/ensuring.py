"""Carrying out what was decided about packages, and telling what changes."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping

from pyinfra import host
from pyinfra.api import StringCommand
from pyinfra.api.planning import affects, change

from .deciding import Decision, Installed, Item
from .managers import AVAILABLE, PackageManager

Commands = Generator[StringCommand, None, None]


def update_commands(manager: PackageManager) -> Commands:
    """Yield what fetches the lists of packages, every time."""
    assert manager.update is not None, f"{manager.program} has no lists"  # noqa: S101
    yield StringCommand(manager.update)
    change(manager.program, "lists of packages", None, "fetched")
    affects(AVAILABLE)


def upgrade_commands(manager: PackageManager) -> Commands:
    """Yield what upgrades everything, every time."""
    assert manager.upgrade_all is not None, f"{manager.program} cannot upgrade everything"  # noqa: S101
    yield StringCommand(manager.upgrade_all)
    change("packages", "upgraded", None, "all")
    affects(*manager.touches, manager.resource)


def carry_out(
    manager: PackageManager, decision: Decision, installed: Installed, known: Mapping[str, str] | None = None
) -> Iterator[StringCommand]:
    """Yield what a decision asks for, and tell what changes.

    Args:
        manager: makes the commands.
        decision: what is to be done.
        installed: versions of what is installed, by name.
        known: versions that packages will have, by name, where they are known.
    """
    if decision.install:
        yield from manager.commands(manager.install, [item.text for item in decision.install])
    if decision.upgrade and manager.upgrade is not None:
        yield from manager.commands(manager.upgrade, [item.text for item in decision.upgrade])
    if decision.remove:
        names = [item.text if manager.remove_versions else _bare(item, manager) for item in decision.remove]
        yield from manager.commands(manager.remove, list(dict.fromkeys(names)))
    for item in decision.right:
        host.noop(f"package {item.text} is as it should be")
    tell(decision, installed, known)
    if decision:
        affects(*manager.touches, manager.resource)


def _bare(item: Item, manager: PackageManager) -> str:
    """The name as it was written, without its version."""
    return item.text if item.version is None else item.text.rpartition(manager.version_join or "\0")[0]


def tell(decision: Decision, installed: Installed, known: Mapping[str, str] | None = None) -> None:
    """Put what becomes of packages into the plan."""
    known = known or {}

    def version(item: Item) -> str | None:
        return ", ".join(sorted(installed[item.name] or ())) or "installed" if item.name in installed else None

    for item in decision.install:
        then = item.version or known.get(item.name)
        change(f"package {item.name}", "version", version(item), then or "installed")
    for item in decision.upgrade:
        if version(item) != known.get(item.name):
            change(f"package {item.name}", "version", version(item), known.get(item.name) or "latest")
    for item in decision.remove:
        change(f"package {item.name}", "version", version(item), None)
