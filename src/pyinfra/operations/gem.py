"""Packages of Ruby, with gem.

Example:
    from pyinfra.operations import gem

    gem.packages(packages=["bundler", "rake:13.0.6"], _sudo=True)
"""

from __future__ import annotations

from collections.abc import Generator

from pyinfra import host
from pyinfra._lib.packages import parse_items
from pyinfra._lib.packages.gem import GEM
from pyinfra._lib.packages.newest import Newest, settle
from pyinfra.api import StringCommand, operation
from pyinfra.api.planning import prefetch
from pyinfra.facts._gem.outdated import OutdatedGems
from pyinfra.facts.gem import GemPackages

__all__ = ["packages"]


@operation()
def packages(
    packages: str | list[str] | None = None, present: bool = True, latest: bool = False
) -> Generator[StringCommand, None, None]:
    """Ensure that gems are installed, or that they are not.

    Removing one without a version removes all versions of it, and its programs; gem refuses to when others need it.

    Args:
        packages: names, with a version where that matters: ``rake``, ``rake:13.0.6``.
        present: whether they shall be installed.
        latest: the newest versions of those that are named without one; older ones stay beside them.

    Raises:
        OperationValueError: something cannot be the name of a gem.

    Example:
        gem.packages(packages=["bundler", "rake:13.0.6"])
    """
    items = parse_items(packages, GEM.version_join)
    if not items:
        return
    names = [item.name for item in items if item.version is None] if present and latest else []
    prefetch(GemPackages)
    if names:
        prefetch(OutdatedGems, packages=names)
    installed = host.get_fact(GemPackages)
    newest = Newest.of(OutdatedGems, bool(names), packages=names)
    yield from settle(GEM, GemPackages, items, installed, present=present, newest=newest, keeps_old=True)
