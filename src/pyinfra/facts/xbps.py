"""Facts about xbps.

Example:
    >>> host.get_fact(XbpsPackages)
    {'bash': {'5.2.021_1'}}
"""

from __future__ import annotations

from pyinfra._lib.packages.xbps import XBPS

from ._packages import InstalledPackages

__all__ = ["XbpsPackages"]


class XbpsPackages(InstalledPackages):
    """The installed packages with their versions and revisions.

    Example:
        >>> host.get_fact(XbpsPackages)
        {'bash': {'5.2.021_1'}}
    """

    manager = XBPS
