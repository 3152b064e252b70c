"""Packages: one way to decide what has to be done, and a small spec for each package manager that says how.

A ``PackageManager`` is data: commands, and how its list is read. ``decide`` is pure; ``settle`` yields what is needed
and says what the host will be like afterwards; ``packages_commands`` does the same for the packages of a system, with
lists to fetch and upgrades of everything. To add a package manager write a spec beside these, a fact that lists what is
installed (``pyinfra.facts._packages``), and the operations: signatures, docstrings and a call of one of the two.
"""

from __future__ import annotations

from .deciding import Decision, Installed, Item, decide, parse_items
from .ensuring import carry_out
from .listing import PackageVersions, by_pattern
from .managers import AVAILABLE, PACKAGES, TOUCHED, PackageManager

__all__ = [
    "AVAILABLE",
    "PACKAGES",
    "TOUCHED",
    "Decision",
    "Installed",
    "Item",
    "PackageManager",
    "PackageVersions",
    "by_pattern",
    "carry_out",
    "decide",
    "parse_items",
]
