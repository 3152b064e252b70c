"""Packages: one way to decide what has to be done, and a small spec for each package manager that says how.

A spec (``PackageManager``) makes commands and decides nothing; ``decide`` is pure; ``ensure`` reads what is installed,
yields what is needed and says what the host will be like afterwards. To add a package manager write a spec beside
these, a fact that lists what is installed, and the operations: signatures, docstrings and a call of ``ensure``.
"""

from __future__ import annotations

from .deciding import Decision, Item, decide, parse_items
from .ensuring import ensure
from .managers import PackageManager

__all__ = ["Decision", "Item", "PackageManager", "decide", "ensure", "parse_items"]
