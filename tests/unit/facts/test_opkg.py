"""Facts about opkg, from what those of OpenWrt and Yocto print, after the documentation."""

from __future__ import annotations

from pyinfra.facts._opkg.provided import OpkgProvided
from pyinfra.facts.opkg import (
    OpkgConf,
    OpkgConfInfo,
    OpkgFeeds,
    OpkgInstallableArchitectures,
    OpkgPackages,
    OpkgPkgUpgradeInfo,
    OpkgUpgradeablePackages,
)


def test_recorded_lists() -> None:
    lines = ["base-files - 1562-r23809-234f1a2efa", "kmod-usb-core - 5.15.137-1", "libstdc++6 - 12.3.0-4",
             "busybox - 1.35.0-r0 - Tiny versions of tools", "Collected errors:", " * opkg_conf: no"]  # fmt: skip
    assert OpkgPackages().process(lines) == {
        "base-files": {"1562-r23809-234f1a2efa"}, "kmod-usb-core": {"5.15.137-1"}, "libstdc++6": {"12.3.0-4"},
        "busybox": {"1.35.0-r0"},
    }  # fmt: skip
    upgradeable = ["dnsmasq - 2.89-4 - 2.90-1", "busybox - 1.36.1-1", "x - 1 - 2 - 3"]
    assert OpkgUpgradeablePackages().process(upgradeable) == {"dnsmasq": OpkgPkgUpgradeInfo("2.89-4", "2.90-1")}
    architectures = ["arch all 1", "arch noarch 1", "arch aarch64_cortex-a53 10", "arch broken x", "arch"]
    assert OpkgInstallableArchitectures().process(architectures) == {"all": 1, "noarch": 1, "aarch64_cortex-a53": 10}


def test_recorded_configuration() -> None:
    lines = [
        "== /etc/opkg.conf", "# comment", "dest root /", "dest usb  /mnt/usb", "lists_dir other /var/lists",
        'option overlay_root "/over lay"', "option check_signature 1", "option force", "arch all 1",
        "arch x86 ten", "dest",
        "== /etc/opkg/distfeeds.conf", 'src/gz "core" https://example.org/core', "src/gz broken",
        "== /etc/opkg/customfeeds.conf", "  src own http://example.org/own trusted=yes", "#src no http://example.org",
    ]  # fmt: skip
    assert OpkgConf().process(lines) == OpkgConfInfo(
        {"root": "/", "usb": "/mnt/usb"}, "/var/lists",
        {"overlay_root": "/over lay", "check_signature": "1", "force": True}, {"all": 1},
    )  # fmt: skip
    assert OpkgFeeds().process(lines) == {
        "core": ("https://example.org/core", "src/gz", "distribution"),
        "own": ("http://example.org/own", "src", "custom"),
    }  # fmt: skip
    assert OpkgConf.default() == OpkgConfInfo({}, "", {}, {})
    OpkgConf().process(lines)
    assert OpkgConf.default().paths == {}


def test_recorded_status() -> None:
    lines = ["Package: dnsmasq-full", "Provides: dnsmasq, resolver (= 1)", "Status: install user installed",
             "Package: gone", "Status: deinstall user not-installed", "Provides: nothing",
             "Package: libc", "Status: install hold,user installed", "Provides: libc6"]  # fmt: skip
    assert OpkgProvided().process(lines) == {"dnsmasq", "resolver", "libc6"}
    assert OpkgProvided().process([]) == set()
