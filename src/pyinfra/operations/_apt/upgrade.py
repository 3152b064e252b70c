"""``apt.upgrade`` and ``apt.dist_upgrade``."""

from __future__ import annotations

from collections.abc import Generator

from pyinfra import host
from pyinfra._lib.packages.apt import apt_get
from pyinfra._lib.packages.managers import TOUCHED
from pyinfra.api import StringCommand, operation
from pyinfra.api.planning import affects, change, prefetch
from pyinfra.facts._apt.installed import InstalledDebs
from pyinfra.facts._apt.updates import Simulation, Steps
from pyinfra.operations._apt.locks import ARCHIVES_LOCK, wait_for
from pyinfra.operations._apt.promises import promise_debs, upgraded
from pyinfra.operations._public import public_in

Commands = Generator[StringCommand, None, None]


@operation()
@public_in("apt")
def upgrade(auto_remove: bool = False) -> Commands:
    """Upgrade all packages, installing and removing none.

    Args:
        auto_remove: remove packages that nothing needs any more.

    Example:
        apt.upgrade(auto_remove=True)
    """
    yield from _upgrade("upgrade", auto_remove)


@operation()
@public_in("apt")
def dist_upgrade(auto_remove: bool = False) -> Commands:
    """Upgrade all packages, installing and removing others where that is needed for it.

    Args:
        auto_remove: remove packages that nothing needs any more.

    Example:
        apt.dist_upgrade()
    """
    yield from _upgrade("dist-upgrade", auto_remove)


def _upgrade(verb: str, auto_remove: bool) -> Commands:
    if auto_remove:
        verb = f"{verb} --autoremove"
    prefetch_upgrade(verb)
    steps = host.get_fact(Simulation, command=verb)
    if not steps:
        host.noop("no package can be upgraded")
        return
    debs = host.get_fact(InstalledDebs)
    yield from upgrade_commands(verb, steps)
    promise_debs(debs, upgraded(debs, steps))


def prefetch_upgrade(verb: str) -> None:
    """Start asking what would be upgraded."""
    prefetch(Simulation, command=verb)
    prefetch(InstalledDebs)


def upgrade_commands(verb: str, steps: Steps | None) -> Commands:
    """Yield what upgrades, and tell what becomes of which package.

    Args:
        verb: of ``apt-get``, with options.
        steps: what it would do; None when nobody knows, as newer lists are fetched before.
    """
    yield wait_for(ARCHIVES_LOCK)
    yield apt_get(*verb.split())
    for name, (before, then) in (steps or {}).items():
        change(f"package {name}", "version", before, then)
    if steps is None:
        change("packages", "upgraded", None, "all")
    affects(*TOUCHED)
