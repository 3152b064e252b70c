"""Facts about packages of the BSDs, from what their programs print, after the manuals."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from pyinfra._core.errors import FactProcessError
from pyinfra.facts._pkg.tools import PkgOrigins, PkgTool
from pyinfra.facts.pkg import PkgPackages


def test_recorded_freebsd() -> None:
    lines = ["= nginx 1.24.0_3,3", "= font-adobe-100dpi 1.0.3_4", "= py39-pip 23.2.1", "= g-fonts g20231010",
             "indexinfo-0.3.1                Utility to regenerate the GNU info page index"]  # fmt: skip
    assert PkgPackages().process(lines) == {
        "nginx": {"1.24.0_3,3"}, "font-adobe-100dpi": {"1.0.3_4"}, "py39-pip": {"23.2.1"}, "g-fonts": {"g20231010"},
        "indexinfo": {"0.3.1"},
    }  # fmt: skip


def test_recorded_openbsd_and_netbsd() -> None:
    lines = ["bash-5.2.21         GNU Project's Bourne Again Shell", "vim-9.0.2035-no_x11 vi clone",
             "python-3.10.13      interpreted object-oriented programming language", "python-3.11.7  the same",
             "gtk+2-2.24.33p4     multi-platform graphical toolkit", "intel-firmware-20231114v0 microcode",
             "pkg_install-20211115 Package management", "updatedb-0p0        pkg_add speedup cache",
             "a-2b-c-1.0 x"]  # fmt: skip
    assert PkgPackages().process(lines) == {
        "bash": {"5.2.21"}, "vim": {"9.0.2035-no_x11"}, "python": {"3.10.13", "3.11.7"}, "gtk+2": {"2.24.33p4"},
        "intel-firmware": {"20231114v0"}, "pkg_install": {"20211115"}, "updatedb": {"0p0"}, "a-2b-c": {"1.0"},
    }  # fmt: skip


def test_recorded_programs() -> None:
    assert PkgTool().process([]) == PkgTool.default() == "pkg"
    assert PkgTool().process(["pkg_add without mirror"]) == "pkg_add without mirror"
    with pytest.raises(FactProcessError):
        PkgTool().process(["rpm"])
    assert PkgOrigins().process(["www/nginx nginx", "pkg: no", "x"]) == {"www/nginx": "nginx"}


FAKES = {
    "pkg": '[ "$1" = -N ] && exit "$ACTIVE"; [ "$*" = "query = %n %v" ] && echo "= nginx 1.0"',
    "pkg_info": "echo 'bash-5.2.21   shell'",
}


@pytest.mark.parametrize(
    ("programs", "active", "expected"),
    [
        (["pkg", "pkg_info"], "0", {"nginx": {"1.0"}}),
        (["pkg"], "1", {}),
        (["pkg_info"], "0", {"bash": {"5.2.21"}}),
        ([], "0", {}),
    ],
)
def test_the_list_is_asked_of_what_there_is(
    programs: list[str], active: str, expected: dict[str, set[str]], tmp_path: Path
) -> None:
    for name in programs:
        (tmp_path / name).write_text(f"#!/bin/sh\n{FAKES[name]}\n")
        (tmp_path / name).chmod(0o755)
    shell = "/bin/sh"
    done = subprocess.run(
        [shell, "-c", str(PkgPackages().command())], capture_output=True, text=True, check=True,
        env={**os.environ, "PATH": str(tmp_path), "ACTIVE": active},
    )  # fmt: skip
    assert PkgPackages().process(done.stdout.splitlines()) == expected
