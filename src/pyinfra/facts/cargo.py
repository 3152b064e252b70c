"""Facts about programs that cargo installed.

Example:
    >>> host.get_fact(CargoPackages)
    {'ripgrep': {'13.0.0'}}
"""

from __future__ import annotations

from pyinfra._lib.packages.cargo import CARGO, CARGO_REGEX

from ._newest import OwnPackages

__all__ = ["CARGO_REGEX", "CargoPackages"]


class CargoPackages(OwnPackages):
    """The installed crates with their versions.

    Example:
        >>> host.get_fact(CargoPackages)
        {'ripgrep': {'13.0.0'}}
    """

    manager = CARGO
