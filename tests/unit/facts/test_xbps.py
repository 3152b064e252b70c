"""Facts about xbps, from what xbps 0.59 and others print, after the manual."""

from __future__ import annotations

import subprocess
from pathlib import Path

from pyinfra.facts._xbps.names import XbpsMatches, XbpsUpgrade
from pyinfra.facts.xbps import XbpsPackages


def test_recorded_list() -> None:
    lines = [
        "ii base-system-0.114_1     Void Linux base system meta package",
        "ii bash-5.2.015_1          The GNU Bourne Again Shell",
        "ii font-misc-misc-1.1.3_1  Font",
        "uu half-1.0_1              Only unpacked",
        "ii void-repo-nonfree-9_6",
        "ii gtk+3-3.24.38_1         GIMP Toolkit (v3)",
    ]
    assert XbpsPackages().process(lines) == {
        "base-system": {"0.114_1"}, "bash": {"5.2.015_1"}, "font-misc-misc": {"1.1.3_1"},
        "void-repo-nonfree": {"9_6"}, "gtk+3": {"3.24.38_1"},
    }  # fmt: skip
    assert XbpsPackages().requires_command() == "xbps-query"


def test_recorded_updates() -> None:
    lines = [
        "=",
        "libxbps-0.59.2_1 update x86_64 https://example.org/current 450560 192000",
        "new-1.0_1 install noarch https://example.org/current 10 10",
        "old-0.1_1 remove x86_64 https://example.org/current 10 10",
        "kept-2_1 hold x86_64 https://example.org/current 10 10",
    ]
    assert XbpsUpgrade().process(lines) == {"libxbps": "0.59.2_1", "new": "1.0_1", "old": ""}
    assert XbpsUpgrade().process(["=", ""]) == {}
    assert XbpsUpgrade().process([]) is None


def test_what_matches_is_asked_in_one_script(tmp_path: Path) -> None:
    fake = tmp_path / "xbps-query"
    fake.write_text('#!/bin/sh\n[ "$1$2$3" = -ppkgver-- ] && [ "$4" = "a b\'" ] && echo vim-9_1\n')
    fake.chmod(0o755)
    command = XbpsMatches().command(["x", "a b'", "$(x)"]).get_raw_value()
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True,
                          env={"PATH": f"{tmp_path}:/usr/bin:/bin"})  # fmt: skip
    assert XbpsMatches().process(done.stdout.splitlines()) == {"1": "vim-9_1"}
