"""Having packages on a host, or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pyinfra import host
from pyinfra.api import StringCommand
from pyinfra.api.planning import affects, change

from .deciding import Decision, Installed, Item
from .managers import TOUCHED, PackageManager


def ensure(manager: PackageManager, decision: Decision, installed: Installed) -> Iterator[StringCommand]:
    """Yield what a decision asks for, and tell what changes.

    Args:
        manager: makes the commands.
        decision: what is to be done.
        installed: versions of what is installed, by name.
    """
    for items, command in (
        (decision.install, manager.install),
        (decision.upgrade, manager.upgrade),
        (decision.remove, manager.remove),
    ):
        if items:
            yield command([item.text for item in items])
    for item in decision.right:
        host.noop(f"package {item.text} is as it should be")
    _tell(decision, installed)


def after(decision: Decision, installed: Installed) -> dict[str, frozenset[str]]:
    """Return what will be installed; versions that cannot be known beforehand are left out."""
    found = dict(installed)
    for item in (*decision.install, *decision.upgrade):
        found[item.name] = frozenset({item.version} if item.version else ())
    for item in decision.remove:
        found.pop(item.name, None)
    return found


def _tell(decision: Decision, installed: Mapping[str, frozenset[str]]) -> None:
    def version(item: Item) -> str | None:
        versions = installed.get(item.name)
        return None if versions is None else ", ".join(sorted(versions)) or "installed"

    for item in decision.install:
        change(f"package {item.name}", "version", version(item), item.version or "installed")
    for item in decision.upgrade:
        change(f"package {item.name}", "version", version(item), "newest")
    for item in decision.remove:
        change(f"package {item.name}", "version", version(item), None)
    if decision.install or decision.upgrade or decision.remove:
        affects(*TOUCHED)
