"""Debian packages for lab hosts, which have no way out: fetched by this machine's apt, unpacked on the host."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.lab import Host


def unpack(host: Host, directory: Path, *names: str) -> None:
    """Unpack packages on a host, without running their scripts. Skips the test when they cannot be had.

    Args:
        host: a Debian host.
        directory: where to keep the packages in the meantime.
        names: of the packages, dependencies included.
    """
    if shutil.which("apt-get") is None:
        pytest.skip("no apt here to fetch packages with")
    got = subprocess.run(["apt-get", "-q", "download", *names], cwd=directory, capture_output=True, check=False)
    if got.returncode:
        pytest.skip(f"cannot be fetched: {' '.join(names)}")
    (host.root / "tmp/packages").mkdir()
    for package in directory.glob("*.deb"):
        shutil.copy(package, host.root / "tmp/packages")
    host.sh("dpkg --force-depends --force-conflicts --unpack /tmp/packages/*.deb; rm -r /tmp/packages; ldconfig")
