"""Facts about packages of the BSDs.

Example:
    >>> host.get_fact(PkgPackages)
    {'nginx': {'1.24.0_3,3'}}
"""

from __future__ import annotations

from pyinfra._lib.packages.pkg import PKG

from ._packages import InstalledPackages

__all__ = ["PkgPackages"]


class PkgPackages(InstalledPackages):
    """The installed packages with their versions; on OpenBSD with their flavors: ``9.0.2-no_x11``.

    Example:
        >>> host.get_fact(PkgPackages)
        {'nginx': {'1.24.0_3,3'}}
    """

    manager = PKG

    def requires_command(self) -> None:  # it takes what there is
        return None
