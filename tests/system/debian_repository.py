"""A Debian repository inside of lab hosts, which have no way out: real packages, fetched by this machine's apt."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.lab import Host

_FOLDER = "opt/repository"


def fetch(host: Host, folder: Path, *names: str) -> Path:
    """Fetch packages, and everything that they need and a host does not have. Skips the test when they cannot be had.

    Args:
        host: a Debian host that they are for.
        folder: where to keep them.
        names: of packages.
    """
    if shutil.which("apt-get") is None:
        pytest.skip("no apt here to fetch packages with")
    debs = folder / "debs"
    (debs / "partial").mkdir(parents=True)
    status = folder / "status"  # a copy: apt follows the link of a process to its root by itself, and comes out here
    shutil.copy(host.root / "var/lib/dpkg/status", status)
    options = {
        "Dir::State::status": status,
        "Dir::Cache::archives": debs,
        "APT::Sandbox::User": "root",
        "Debug::NoLocking": "true",
        "Dir::Cache::pkgcache": "",  # made from the packages of this machine
        "Dir::Cache::srcpkgcache": "",
    }
    words = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
    command = ["apt-get", "-q", "-y", "--download-only", "--no-install-recommends", *words, "install", *names]
    got = subprocess.run(command, capture_output=True, text=True, check=False)
    if got.returncode:
        pytest.skip(f"cannot be fetched: {' '.join(names)}: {got.stderr[-200:]}")
    return debs


def serve(hosts: Sequence[Host], debs: Path) -> None:
    """Make fetched packages the one repository of hosts."""
    index = "\n".join(_entry(path) for path in sorted(debs.glob("*.deb")))
    for host in hosts:
        folder = host.root / _FOLDER
        shutil.copytree(debs, folder, ignore=shutil.ignore_patterns("partial", "lock"))
        (folder / "Packages").write_text(index)
        host.sh("rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* /var/lib/apt/lists/*")
        (host.root / "etc/apt/sources.list").write_text(f"deb [trusted=yes] file:/{_FOLDER} ./\n")


def _entry(path: Path) -> str:
    control = subprocess.run(["dpkg-deb", "-f", path], capture_output=True, text=True, check=True).stdout.rstrip()
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    return f"{control}\nFilename: ./{path.name}\nSize: {len(data)}\nSHA256: {digest}\n"
