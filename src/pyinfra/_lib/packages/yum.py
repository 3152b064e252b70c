"""yum: dnf by its old name on current systems, a program of its own on old ones."""

from __future__ import annotations

from .dnf import dnf
from .managers import PackageManager


def yum(nobest: bool = False) -> PackageManager:
    """Return how packages are managed with yum.

    Args:
        nobest: not only the newest versions, where those cannot be installed.
    """
    return dnf("yum", nobest)
