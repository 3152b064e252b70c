"""Packages of Alpine and of new OpenWrt, with apk.

Example:
    from pyinfra.operations import apk

    apk.packages(packages=["nginx", "curl"], update=True)
"""

from __future__ import annotations

from collections.abc import Generator

from pyinfra import host
from pyinfra._lib.packages import Installed, Item, parse_items
from pyinfra._lib.packages.apk import APK, name_of, wanted
from pyinfra._lib.packages.ensuring import update_commands
from pyinfra._lib.packages.systems import System, packages_commands, upgrade_everything
from pyinfra.api import StringCommand, operation
from pyinfra.api.planning import prefetch
from pyinfra.facts._apk.world import ApkUpgrade, ApkWorld
from pyinfra.facts.apk import ApkPackages

__all__ = ["packages", "update", "upgrade"]

Commands = Generator[StringCommand, None, None]

_SYSTEM = System(APK, ApkPackages, ApkUpgrade)


@operation(is_idempotent=False)
def update() -> Commands:
    """Fetch the lists of packages.

    Example:
        apk.update()
    """
    yield from update_commands(APK)


@operation(is_idempotent=False)
def upgrade(available: bool = False) -> Commands:
    """Upgrade all packages.

    Args:
        available: replace those that are in no repository any more by others, older ones, too.

    Example:
        apk.upgrade(available=True)
    """
    if not available:
        yield from upgrade_everything(_SYSTEM)
        return
    command = StringCommand("apk upgrade --available")
    yield from upgrade_everything(System(APK, ApkPackages, ApkUpgrade, {"available": True}), command)


@operation()
def packages(
    packages: str | list[str] | None = None,
    present: bool = True,
    latest: bool = False,
    update: bool = False,
    upgrade: bool = False,
) -> Commands:
    """Ensure that packages are installed, or that they are not.

    What apk was asked for in the same words before counts as installed: ``nginx@edge``, ``nginx~1.26``, a name that
    another package provides.

    Args:
        packages: names, with more where that matters: ``nginx``, ``nginx=1.26.2-r0``, ``nginx@edge``, ``nginx>1.26``.
        present: whether they shall be installed.
        latest: the newest versions of those that are named without one.
        update: fetch the lists of packages before.
        upgrade: upgrade all packages before.

    Raises:
        OperationValueError: something cannot be the name of a package.

    Example:
        apk.packages(packages=["nginx", "curl=8.5.0-r0"], latest=True)
    """
    items = parse_items(packages, None)
    if items:
        prefetch(ApkWorld)

    def resolve(items: list[Item], installed: Installed) -> list[Item]:
        world = host.get_fact(ApkWorld) if items else []
        if present:
            return [item for item in map(wanted, items) if item.name in installed or not _has(world, item)]
        return [Item(name, None, name) for name in map(name_of, (item.text for item in items))]

    yield from packages_commands(
        _SYSTEM, items, present, latest=latest, update=update, upgrade=upgrade, resolve=resolve
    )  # fmt: skip


def _has(world: list[str], item: Item) -> bool:
    if item.text not in world:
        return False
    host.noop(f"package {item.text} is as it should be")
    return True
