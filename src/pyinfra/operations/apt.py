"""Packages of Debian and its descendants, with apt.

Example:
    from pyinfra.operations import apt

    apt.packages(packages=["nginx"], update=True, cache_time=3600, _sudo=True)
"""

from __future__ import annotations

from ._apt.packages import packages
from ._apt.update import dist_upgrade, update, upgrade

__all__ = ["dist_upgrade", "packages", "update", "upgrade"]
