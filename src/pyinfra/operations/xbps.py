"""Packages of Void, with xbps.

Example:
    from pyinfra.operations import xbps

    xbps.packages(packages=["nginx", "curl"], update=True)
"""

from __future__ import annotations

from collections.abc import Generator

from pyinfra import host
from pyinfra._lib.packages import Installed, Item, parse_items
from pyinfra._lib.packages.ensuring import update_commands
from pyinfra._lib.packages.systems import System, named_as_listed, packages_commands, upgrade_everything
from pyinfra._lib.packages.xbps import XBPS
from pyinfra.api import StringCommand, operation
from pyinfra.facts._xbps.names import XbpsMatches, XbpsUpgrade
from pyinfra.facts.xbps import XbpsPackages

__all__ = ["packages", "update", "upgrade"]

Commands = Generator[StringCommand, None, None]

_SYSTEM = System(XBPS, XbpsPackages, XbpsUpgrade)


@operation(is_idempotent=False)
def update() -> Commands:
    """Fetch the lists of packages.

    Example:
        xbps.update()
    """
    yield from update_commands(XBPS)


@operation(is_idempotent=False)
def upgrade() -> Commands:
    """Upgrade all packages.

    Example:
        xbps.upgrade()
    """
    yield from upgrade_everything(_SYSTEM)


@operation()
def packages(
    packages: str | list[str] | None = None,
    present: bool = True,
    update: bool = False,
    upgrade: bool = False,
) -> Commands:
    """Ensure that packages are installed, or that they are not.

    A name that other packages provide counts as installed when one of them is.

    Args:
        packages: names, with more where that matters: ``nginx``, ``nginx-1.26.2_1``, ``nginx>=1.26``.
        present: whether they shall be installed.
        update: fetch the lists of packages before.
        upgrade: upgrade all packages before.

    Raises:
        OperationValueError: something cannot be the name of a package.

    Example:
        xbps.packages(packages=["nginx", "curl"], update=True)
    """

    def resolve(items: list[Item], installed: Installed) -> list[Item]:
        items = named_as_listed(items, installed)
        unknown = [item.text for item in items if item.name not in installed]
        if not unknown or not present:
            return items
        matches = host.get_fact(XbpsMatches, packages=unknown)
        matching = {unknown[int(number)] for number in matches if int(number) < len(unknown)}
        for text in matching:
            host.noop(f"package {text} is as it should be")
        return [item for item in items if item.text not in matching]

    items = parse_items(packages, None)
    yield from packages_commands(_SYSTEM, items, present, update=update, upgrade=upgrade, resolve=resolve)
