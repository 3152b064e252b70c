"""pkg of FreeBSD and DragonFly; pkg_add of OpenBSD and NetBSD."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from pyinfra.api import QuoteString, StringCommand

from .listing import PackageVersions
from .managers import PackageManager

_QUERIED = re.compile(r"= (\S+) (\S+)\Z")  # "= nginx 1.24.0_3,3", as we ask pkg to print it
# "nginx-1.24.0_3,3      Robust and small WWW server"; OpenBSD has flavors: "vim-9.0.2-no_x11".
_LISTED = re.compile(r"(\S+?)-([0-9][^-\s]*(?:-[A-Za-z_][^-\s]*)*)(?:\s|\Z)")


def parse_list(lines: Iterable[str]) -> PackageVersions:
    """Read what ``pkg info`` and ``pkg_info`` print, or ``= NAME VERSION``."""
    packages: PackageVersions = {}
    for line in lines:
        row = _QUERIED.match(line) or _LISTED.match(line)
        if row is not None:
            packages.setdefault(row[1], set()).add(row[2])
    return packages


# The program pkg of a new FreeBSD only fetches the real one: -N says whether that was done, and does not ask for it.
_LISTING = """if command -v pkg >/dev/null; then ! pkg -N >/dev/null 2>&1 || pkg query '= %n %v'
else ! command -v pkg_info >/dev/null || pkg_info; fi"""

PKG = PackageManager(
    program="pkg",
    listing=_LISTING,
    parse=parse_list,
    install="ASSUME_ALWAYS_YES=yes pkg install -y",
    remove="pkg delete -y",
)
PKG_ADD = replace(PKG, program="pkg_add", install="pkg_add", remove="pkg_delete")


def pkg_add(path: str) -> PackageManager:
    """Return how packages are managed with ``pkg_add``.

    Args:
        path: where they come from.
    """
    where = StringCommand("PKG_PATH=", QuoteString(path), _separator="")
    return replace(PKG_ADD, install=StringCommand(where, "pkg_add"))
