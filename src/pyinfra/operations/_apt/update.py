"""``apt.update``, ``apt.upgrade`` and ``apt.dist_upgrade``."""

from __future__ import annotations

from collections.abc import Generator

from pyinfra import host
from pyinfra._lib.packages.apt import apt_get
from pyinfra._lib.packages.managers import PACKAGES, TOUCHED
from pyinfra.api import StringCommand, operation
from pyinfra.api.planning import affects, change, path
from pyinfra.facts._apt.updates import STAMP, SecondsSinceUpdate
from pyinfra.facts.apt import SimulateOperationWillChange
from pyinfra.operations._public import public_in

Commands = Generator[StringCommand, None, None]


@operation()
@public_in("apt")
def update(cache_time: int | None = None) -> Commands:
    """Fetch the lists of packages.

    Args:
        cache_time: seconds for which lists that were fetched are good enough; without it they are always fetched.

    Example:
        apt.update(cache_time=3600)
    """
    yield from update_commands(cache_time)


def update_commands(cache_time: int | None) -> Commands:
    """Yield what fetches the lists of packages, unless they are new enough."""
    if cache_time is not None:
        age = host.get_fact(SecondsSinceUpdate)
        if age is not None and age <= cache_time:
            host.noop(f"the lists of packages are {age} seconds old")
            return
    yield apt_get("update")
    yield StringCommand(f"mkdir -p {STAMP.rpartition('/')[0]} && touch {STAMP}")
    change("apt", "lists of packages", None, "fetched")
    affects(PACKAGES, path(STAMP))


@operation()
@public_in("apt")
def upgrade(auto_remove: bool = False) -> Commands:
    """Upgrade all packages, installing and removing none.

    Args:
        auto_remove: remove packages that nothing needs any more.

    Example:
        apt.upgrade(auto_remove=True)
    """
    yield from upgrade_commands("upgrade", auto_remove)


@operation()
@public_in("apt")
def dist_upgrade(auto_remove: bool = False) -> Commands:
    """Upgrade all packages, installing and removing others where that is needed for it.

    Args:
        auto_remove: remove packages that nothing needs any more.

    Example:
        apt.dist_upgrade()
    """
    yield from upgrade_commands("dist-upgrade", auto_remove)


def upgrade_commands(verb: str, auto_remove: bool = False) -> Commands:
    """Yield what upgrades, if there is anything to upgrade."""
    command = f"{verb} --autoremove" if auto_remove else verb
    would = host.get_fact(SimulateOperationWillChange, command=command)
    counts = {name: would[name] for name in ("upgraded", "newly_installed", "removed")} if would else {}
    if would and not any(counts.values()):
        host.noop("no package can be upgraded")
        return
    yield apt_get(*command.split())
    for name, count in counts.items():
        if count:
            change("packages", name.replace("_", " "), None, count)
    affects(*TOUCHED)
