"""Packages of Debian and its descendants, with apt.

Example:
    from pyinfra.operations import apt

    apt.packages(packages=["nginx"], update=True, cache_time=3600, _sudo=True)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyinfra._core.faces import face

if TYPE_CHECKING:
    from pyinfra.facts._apt.keys import APT_KEYRING_DIRS
    from pyinfra.facts._apt.updates import STAMP as APT_UPDATE_FILENAME

    from ._apt.deb import deb
    from ._apt.key import key
    from ._apt.packages import packages
    from ._apt.repositories import ppa, repo, sources_file
    from ._apt.update import update
    from ._apt.upgrade import dist_upgrade, upgrade

__all__ = [
    "APT_KEYRING_DIRS",
    "APT_UPDATE_FILENAME",
    "deb",
    "dist_upgrade",
    "key",
    "packages",
    "ppa",
    "repo",
    "sources_file",
    "update",
    "upgrade",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(__name__)
