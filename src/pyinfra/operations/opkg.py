"""Packages of OpenWrt and Yocto, with opkg.

Example:
    from pyinfra.operations import opkg

    opkg.packages(packages=["dnsmasq-full", "tcpdump"])
"""

from __future__ import annotations

from collections.abc import Generator

from pyinfra import host
from pyinfra._lib.packages import Installed, Item, decide, parse_items
from pyinfra._lib.packages.ensuring import update_commands
from pyinfra._lib.packages.newest import Newest, settle
from pyinfra._lib.packages.opkg import OPKG
from pyinfra.api import OperationValueError, StringCommand, operation
from pyinfra.api.planning import prefetch
from pyinfra.facts._opkg.provided import OpkgProvided
from pyinfra.facts.opkg import OpkgPackages, OpkgUpgradeablePackages

__all__ = ["EQUALS", "packages", "update"]

Commands = Generator[StringCommand, None, None]

EQUALS = "="


@operation(is_idempotent=False)
def update() -> Commands:
    """Fetch the lists of packages.

    Example:
        opkg.update()
    """
    yield from update_commands(OPKG)


@operation()
def packages(
    packages: str | list[str] = "",
    present: bool = True,
    latest: bool = False,
    update: bool = True,
) -> Commands:
    """Ensure that packages are installed, or that they are not.

    A name that other packages provide counts as installed when one of them is.

    Args:
        packages: names; opkg cannot be asked for a version.
        present: whether they shall be installed.
        latest: the newest versions of them.
        update: fetch the lists of packages before something is installed, and always for ``latest``.

    Raises:
        OperationValueError: something cannot be the name of a package, or has a version.

    Example:
        opkg.packages(packages=["dnsmasq-full", "tcpdump"], latest=True)
    """
    items = _items(packages)
    if not items:
        host.noop("no packages are asked for")
        return
    latest = latest and present
    prefetch(OpkgPackages)
    if present:
        prefetch(OpkgProvided)
    if latest and not update:
        prefetch(OpkgUpgradeablePackages)
    installed: Installed = host.get_fact(OpkgPackages)
    if present:
        provided = host.get_fact(OpkgProvided)
        items = [item for item in items if item.name in installed or not _is_provided(item, provided)]
    newest = _newest(latest, update)
    if update and present and (latest or decide(items, installed)):
        yield from update_commands(OPKG)
    yield from settle(OPKG, OpkgPackages, items, installed, present=present, newest=newest)


def _items(packages: str | list[str]) -> list[Item]:
    items = parse_items(packages or None, None)
    for item in items:
        if EQUALS in item.text:
            raise OperationValueError(f"{item.text!r}: opkg cannot be asked for a version", argument="packages")
    return items


def _newest(latest: bool, update: bool) -> Newest:
    """What is newer; what newer lists will offer nobody knows yet."""
    if latest and update:
        return Newest()
    found = host.get_fact(OpkgUpgradeablePackages) if latest else {}
    return Newest({name: info.available for name, info in found.items()})


def _is_provided(item: Item, provided: set[str]) -> bool:
    if item.name not in provided:
        return False
    host.noop(f"package {item.text} is provided by another one")
    return True
