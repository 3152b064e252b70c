"""pacman, of Arch."""

from __future__ import annotations

from .deciding import Item
from .listing import by_pattern
from .managers import PackageManager

PACMAN_REGEX = r"^([A-Za-z0-9@_+][A-Za-z0-9@._+-]*) (\S+)$"  # "bash 5.2.021-1"

# With no package at all it fails, and says nothing.
_LISTING = '{ e=$(pacman -Q 2>&1 >&3) || [ -z "$e" ] || { echo "$e" >&2; false; }; } 3>&1'

PACMAN = PackageManager(
    program="pacman",
    listing=_LISTING,
    parse=by_pattern(PACMAN_REGEX),
    install="pacman --noconfirm -S",
    remove="pacman --noconfirm -R",
    update="pacman -Sy --noconfirm",
    upgrade_all="pacman --noconfirm -Su",
    same_version=lambda wanted, version: wanted in (version, version.rpartition("-")[0]),
)


def wanted(text: str) -> Item:
    """Return what is asked for: ``bash``, ``bash=5.2``; ``bash>=5`` has a name that nothing has, pacman looks at it."""
    name, equal, version = text.partition("=")
    if equal and version and not name.endswith(("<", ">")):
        return Item(name.rpartition("/")[2], version, text)
    return Item(text.rpartition("/")[2], None, text)  # "extra/bash": of that repository
