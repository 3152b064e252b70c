"""Facts about pkgin.

Example:
    >>> host.get_fact(PkginPackages)
    {'nginx': {'1.24.0nb2'}}
"""

from __future__ import annotations

from pyinfra._lib.packages.pkgin import PKGIN, PKGIN_REGEX

from ._packages import InstalledPackages

__all__ = ["PKGIN_REGEX", "PkginPackages"]


class PkginPackages(InstalledPackages):
    """The installed packages with their versions.

    Example:
        >>> host.get_fact(PkginPackages)
        {'nginx': {'1.24.0nb2'}}
    """

    manager = PKGIN
