"""Facts about FreeBSD, from what 13 and 14 print, after the manuals; fakes of its programs are asked."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pyinfra._core.errors import FactProcessError, FactValueError
from pyinfra.facts._freebsd.state import PkgOrphans, RcSetting, Setting
from pyinfra.facts.freebsd import PkgPackage, ServiceScript, ServiceStatus, Sysrc

FAKES = {
    "service": """
        [ "$1" = -j ] && { [ "$2" = "a b" ] || exit 1; shift 2; }
        [ "$1" = -l ] && { echo sshd; echo ssh; echo nginx; exit; }
        [ "$2" = onestatus ] && [ "$1" = nginx ] && echo 'nginx is running as pid 1.' && exit
        echo "$1 is not running." >&2; exit 1""",
    "sysrc": """
        [ "$1 $2" = "-i -n" ] && { [ "$3" = -j ] && shift 2; [ "$3" = -- ] || exit 2
            case $4 in sshd_enable) echo NO;; empty) echo;; hostname) echo a; echo b;; esac; exit; }
        [ "$1 $2" = "-a -N" ] && { echo hostname; echo empty; exit; }
        exit 2""",
    "pkg": """
        [ "$1" = -j ] && shift 2
        [ "$1" = -N ] || exit 9; shift
        [ "$1 $2 $3 $4" = "info -E -- nginx" ] && { echo nginx-1.24.0_3,3; exit; }
        [ "$1 $2" = "autoremove -n" ] && { printf 'Checking integrity... done\\n\\tlibold: 1.2_1\\n'; exit 1; }
        echo 'pkg: No package(s) matching x' >&2; exit 1""",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    for name, text in FAKES.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    return tmp_path


def asked(path: Path, fact: Any, **arguments: Any) -> Any:
    env = {**os.environ, "PATH": f"{path}:{os.environ['PATH']}"}
    command = fact().command(**arguments).get_raw_value()
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True, env=env)
    lines = done.stdout.splitlines()
    return fact().process(lines) if lines else fact.default()


@pytest.mark.parametrize(
    ("fact", "arguments", "expected"),
    [
        (ServiceScript, {"srvname": "ssh"}, "ssh"),
        (ServiceScript, {"srvname": "s.h"}, None),
        (ServiceScript, {"srvname": "nginx", "jail": "a b"}, "nginx"),
        (ServiceScript, {"srvname": "nginx", "jail": "other"}, None),
        (ServiceStatus, {"srvname": "nginx"}, "running"),
        (ServiceStatus, {"srvname": "sshd"}, None),
        (ServiceStatus, {"srvname": "nginx", "jail": "a b"}, "running"),
        (Sysrc, {"parameter": "sshd_enable"}, "NO"),
        (Sysrc, {"parameter": "empty"}, ""),
        (Sysrc, {"parameter": "hostname", "jail": "www"}, "a\nb"),
        (Sysrc, {"parameter": "nothing"}, None),
        (RcSetting, {"parameter": "sshd_enable"}, Setting("NO", False)),
        (RcSetting, {"parameter": "empty"}, Setting("", True)),
        (RcSetting, {"parameter": "nothing"}, Setting(None, False)),
        (PkgPackage, {"package": "nginx"}, "nginx-1.24.0_3,3"),
        (PkgPackage, {"package": "nginx", "jail": "www"}, "nginx-1.24.0_3,3"),
        (PkgPackage, {"package": "$(x)"}, None),
        (PkgOrphans, {}, {"libold": "1.2_1"}),
    ],
)
def test_fakes_are_asked(path: Path, fact: Any, arguments: dict[str, Any], expected: Any) -> None:
    assert asked(path, fact, **arguments) == expected


def test_recorded_orphans() -> None:
    lines = [
        "Checking integrity... done (0 conflicting)",
        "Deinstallation has been requested for the following 2 packages:",
        "",
        "Installed packages to be REMOVED:",
        "\tbrotli: 1.1.0,1",
        "\tpy39-libold: 2_3",
        "",
        "Number of packages to be removed: 2",
        "The operation will free 3 MiB.",
    ]
    assert PkgOrphans().process(lines) == {"brotli": "1.1.0,1", "py39-libold": "2_3"}
    assert PkgOrphans().process(["Checking integrity... done (0 conflicting)", "Nothing to do."]) == {}


def test_what_makes_no_sense() -> None:
    with pytest.raises(FactProcessError):
        RcSetting().process(["NO"])
    with pytest.raises(FactValueError):
        ServiceStatus().command("-l")
