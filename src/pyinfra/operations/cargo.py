"""Programs written in Rust, with cargo.

Example:
    from pyinfra.operations import cargo

    cargo.packages(packages=["ripgrep", "fd-find@8.7.0"])
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from collections.abc import Set as AbstractSet

from pyinfra import host
from pyinfra._lib.packages import Installed, parse_items
from pyinfra._lib.packages.cargo import CARGO
from pyinfra._lib.packages.newest import NO_NEWER, Newest, settle
from pyinfra._lib.packages.semver import version_of
from pyinfra.api import StringCommand, operation
from pyinfra.api.planning import prefetch
from pyinfra.facts._cargo.newest import NewestCrates
from pyinfra.facts.cargo import CargoPackages

__all__ = ["packages"]


@operation()
def packages(
    packages: str | list[str] | None = None, present: bool = True, latest: bool = False
) -> Generator[StringCommand, None, None]:
    """Ensure that programs are built and installed, or that they are not.

    They are those of the user as whom this runs.

    Args:
        packages: names of crates, with a version where that matters: ``ripgrep``, ``ripgrep@13.0.0``, ``ripgrep@^13``.
        present: whether they shall be installed.
        latest: the newest versions of those that are named without one.

    Raises:
        OperationValueError: something cannot be the name of a crate.

    Example:
        cargo.packages(packages=["ripgrep", "fd-find@8.7.0"])
    """
    items = parse_items(packages, CARGO.version_join)
    if not items:
        return
    names = [item.name for item in items if item.version is None] if present and latest else []
    prefetch(CargoPackages)
    if names:
        prefetch(NewestCrates, packages=names)
    installed = host.get_fact(CargoPackages)
    newest = _newer(names, host.get_fact(NewestCrates, packages=names), installed) if names else NO_NEWER
    yield from settle(CARGO, CargoPackages, items, installed, present=present, newest=newest, is_exact=_is_exact)


def _newer(names: list[str], newest: Mapping[str, str] | None, installed: Installed) -> Newest:
    """Newer versions; an empty text is one that nobody knows, which cargo is to find out."""
    found = {name: (newest or {}).get(name, "") for name in names}
    return Newest({name: version for name, version in found.items() if _is_newer(version, installed.get(name))})


def _is_newer(version: str, than: AbstractSet[str] | None) -> bool:
    there = version_of(version)
    others = [version_of(one) for one in than or ()]
    return there is None or not any(other is not None and other >= there for other in others)


def _is_exact(version: str) -> bool:
    return version_of(version) is not None
