"""Packages of pkgsrc, with pkgin.

Example:
    from pyinfra.operations import pkgin

    pkgin.packages(packages=["nginx", "curl"], update=True)
"""

from __future__ import annotations

from collections.abc import Generator

from pyinfra._lib.packages import parse_items
from pyinfra._lib.packages.ensuring import update_commands, upgrade_commands
from pyinfra._lib.packages.pkgin import PKGIN
from pyinfra._lib.packages.systems import System, named_as_listed, packages_commands
from pyinfra.api import StringCommand, operation
from pyinfra.facts._pkgin.outdated import PkginOutdated
from pyinfra.facts.pkgin import PkginPackages

__all__ = ["packages", "update", "upgrade"]

Commands = Generator[StringCommand, None, None]


@operation(is_idempotent=False)
def update() -> Commands:
    """Fetch the lists of packages.

    Example:
        pkgin.update()
    """
    yield from update_commands(PKGIN)


@operation(is_idempotent=False)
def upgrade() -> Commands:
    """Upgrade all packages, those that were built again, too.

    Example:
        pkgin.upgrade()
    """
    yield from upgrade_commands(PKGIN)


@operation()
def packages(
    packages: str | list[str] | None = None,
    present: bool = True,
    latest: bool = False,
    update: bool = False,
    upgrade: bool = False,
) -> Commands:
    """Ensure that packages are installed, or that they are not.

    Args:
        packages: names, with a version where that matters: ``nginx``, ``nginx-1.24.0nb2``.
        present: whether they shall be installed.
        latest: the newest versions of those that are named without one.
        update: fetch the lists of packages before.
        upgrade: upgrade all packages before.

    Raises:
        OperationValueError: something cannot be the name of a package.

    Example:
        pkgin.packages(packages=["nginx", "curl"], latest=True)
    """
    # What is to be upgraded it can tell, but not what is to be built in again: that it finds out by itself.
    system = System(PKGIN, PkginPackages, None if upgrade else PkginOutdated)
    yield from packages_commands(
        system, parse_items(packages, None), present, latest=latest, update=update, upgrade=upgrade,
        resolve=named_as_listed,
    )  # fmt: skip
