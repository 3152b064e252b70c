"""Facts about apk, from what apk 2 and 3 print."""

from __future__ import annotations

from pyinfra.facts._apk.world import ApkUpgrade, ApkWorld
from pyinfra.facts.apk import ApkPackages


def test_recorded_list() -> None:
    lines = [
        "WARNING: opening from cache https://example.org/main: No such file or directory",
        "alpine-baselayout-data-3.4.3-r1 x86_64 {alpine-baselayout} (GPL-2.0-only) [installed]",
        "busybox-1.36.1-r15 x86_64 {busybox} (GPL-2.0-only) [installed]",
        "gtk+3.0-3.24.38-r0 x86_64 {gtk+3.0} (LGPL-2.1-or-later) [installed]",
        "font-misc-7x13-0_git20-r0 noarch {font-misc} (MIT) [installed]",
        "libc-utils-0.7.2-r5 x86_64 {libc-dev} (BSD-2-Clause AND BSD-3-Clause) [installed]",
        "nginx-1.24.0-r7 x86_64 {nginx} (BSD-2-Clause)",
        "base-files-1637~abcdef0 x86_64 {base-files} (GPL-2.0) [installed]",
        "curl-8.5.0-r1 x86_64 {curl} (curl) [upgradable from: curl-8.5.0-r0]",
    ]
    assert ApkPackages().process(lines) == {
        "alpine-baselayout-data": {"3.4.3-r1"}, "busybox": {"1.36.1-r15"}, "gtk+3.0": {"3.24.38-r0"},
        "font-misc-7x13": {"0_git20-r0"}, "libc-utils": {"0.7.2-r5"}, "base-files": {"1637~abcdef0"},
    }  # fmt: skip
    assert ApkPackages().requires_command() == "apk"


def test_recorded_world() -> None:
    assert ApkWorld().process(["alpine-base", "", "nginx@edge", "!quassel", "a b"]) == [
        "alpine-base", "nginx@edge", "!quassel", "a", "b",
    ]  # fmt: skip


def test_recorded_simulation() -> None:
    lines = [
        "=",
        "WARNING: This simulation might not be reliable as apk-tools upgrade is available.",
        "(1/4) Upgrading musl (1.2.4-r2 -> 1.2.4-r3)",
        "(2/4) Installing tool@edge (1.0-r0)",
        "( 3/14) Purging old (0.9-r1)",
        "(4/4) Downgrading busybox (1.37.0-r0 -> 1.36.1-r15)",
        "OK: 12 MiB in 25 packages",
    ]
    assert ApkUpgrade().process(lines) == {"musl": "1.2.4-r3", "tool": "1.0-r0", "old": "", "busybox": "1.36.1-r15"}
    assert ApkUpgrade().process(["=", "OK: 12 MiB in 25 packages"]) == {}
    assert ApkUpgrade().process([]) is None
    assert "--simulate --available" in str(ApkUpgrade().command(available=True))
