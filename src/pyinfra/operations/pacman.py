"""Packages of Arch and its descendants, with pacman.

Example:
    from pyinfra.operations import pacman

    pacman.packages(packages=["nginx", "base-devel"], update=True)
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

from pyinfra import host
from pyinfra._lib.packages import Installed, Item, parse_items
from pyinfra._lib.packages.ensuring import update_commands
from pyinfra._lib.packages.pacman import PACMAN, wanted
from pyinfra._lib.packages.systems import System, packages_commands, upgrade_everything
from pyinfra.api import StringCommand, operation
from pyinfra.facts._pacman.names import Names, PacmanNames, PacmanUpgrade
from pyinfra.facts.pacman import PacmanPackages

__all__ = ["packages", "update", "upgrade"]

Commands = Generator[StringCommand, None, None]

_SYSTEM = System(PACMAN, PacmanPackages, PacmanUpgrade, is_exact=lambda version: "-" in version)


@operation(is_idempotent=False)
def update() -> Commands:
    """Fetch the lists of packages.

    Example:
        pacman.update()
    """
    yield from update_commands(PACMAN)


@operation(is_idempotent=False)
def upgrade() -> Commands:
    """Upgrade all packages.

    Example:
        pacman.upgrade()
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

    A group stands for its members. A name that only other packages provide counts as installed when one of them is.

    Args:
        packages: names of packages or groups, with a version where that matters: ``nginx``, ``nginx=1.26.2``,
            ``nginx>=1.26``, ``extra/nginx``, ``base-devel``.
        present: whether they shall be installed.
        update: fetch the lists of packages before.
        upgrade: upgrade all packages before.

    Raises:
        OperationValueError: something cannot be the name of a package.

    Example:
        pacman.packages(packages=["nginx", "curl=8.5.0-1"], update=True)
    """

    def resolve(items: list[Item], installed: Installed) -> list[Item]:
        items = [wanted(item.text) for item in items]
        unknown = [item.name for item in items if item.name not in installed]
        if not unknown:
            return items
        names = host.get_fact(PacmanNames, packages=unknown)
        return [one for item in items for one in _meant(item, names, installed, present)]

    items = parse_items(packages, None)
    yield from packages_commands(_SYSTEM, items, present, update=update, upgrade=upgrade, resolve=resolve)


def _meant(item: Item, names: Names, installed: Installed, present: bool) -> Iterator[Item]:
    """What an item stands for: several packages if it is a group, none if something else provides it."""
    if item.name in installed:
        yield item
    elif not present:
        members = names["here"].get(item.name)
        yield from [Item(name, None, name) for name in members] if members else [item]
    elif item.name in names["groups"] and item.version is None:
        yield from (Item(name, None, name) for name in names["groups"][item.name])
    elif item.name in names["packages"] or item.name in names["missing"] or item.version is not None:
        yield item
    else:
        host.noop(f"package {item.text} is provided by another one")
