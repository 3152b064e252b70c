"""pkgin, of NetBSD, SmartOS and everything else with pkgsrc."""

from __future__ import annotations

from .listing import by_pattern
from .managers import PackageManager

PKGIN_REGEX = r"^(\S+)-([0-9][^-\s;]*)(?:[\s;]|$)"  # "nginx-1.24.0nb2      Lightweight HTTP server"

PKGIN = PackageManager(
    program="pkgin",
    listing="pkgin list",
    parse=by_pattern(PKGIN_REGEX),
    install="pkgin -y install",
    upgrade="pkgin -y install",  # "upgrade" upgrades everything, whatever it is given
    remove="pkgin -y remove",
    update="pkgin -y update",
    upgrade_all="pkgin -y upgrade",
)
