"""opkg, of OpenWrt and of Yocto."""

from __future__ import annotations

from .listing import by_pattern
from .managers import PackageManager

OPKG = PackageManager(
    program="opkg",
    listing="opkg list-installed",
    parse=by_pattern(r"^([A-Za-z0-9][^\s]*) - (\S+)"),  # "dnsmasq - 2.86-16"; some have a description after it
    install="opkg install",
    upgrade="opkg upgrade",
    remove="opkg remove",
    update="opkg update",
)
