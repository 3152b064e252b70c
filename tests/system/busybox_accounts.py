"""The account tools of BusyBox, which Debian's lacks: built from Debian's source, once, without anything else."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.lab import Host
from tests.lab.places import LabError
from tests.lab.roots import built

APPLETS = ("adduser", "addgroup", "deluser", "delgroup", "chpasswd")
_SOURCES = Path("/etc/apt/sources.list.d/debian.sources")
_OPTIONS = (
    "STATIC", "LONG_OPTS", "SHOW_USAGE", "ADDUSER", "ADDGROUP", "DELUSER", "DELGROUP", "CHPASSWD",
    "FEATURE_ADDUSER_TO_GROUP", "FEATURE_DEL_USER_FROM_GROUP", "FEATURE_SHADOWPASSWDS", "USE_BB_PWD_GRP",
    "USE_BB_SHADOW", "USE_BB_CRYPT", "USE_BB_CRYPT_SHA",
)  # fmt: skip
_FETCH = """
sed 's/^Types: deb$/Types: deb-src/' "$1" >parts/source.sources
set -- -q -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$PWD/parts" -o Dir::State::lists="$PWD/lists" \
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root
apt-get "$@" update
apt-get "$@" --download-only source busybox
"""
_NUMBERS = {"FIRST_ID": 1000, "LAST_ID": 60000, "FIRST_SYSTEM_ID": 100, "LAST_SYSTEM_ID": 999}
# Whatever else is asked gets the usual answer.
_BUILD = """
tar xf busybox_*.orig.tar.*
cd busybox-*/
make -s allnoconfig
for option in "$@"; do
name=CONFIG_${option%%=*}
sed -i "s/^# $name is not set/$name=y/; s/^$name=.*/CONFIG_$option/" .config
done
yes '' | make -s oldconfig
make -s -j2 busybox
"""


def install(host: Host) -> None:
    """Give a BusyBox host the account tools. Skips the test when they cannot be built."""
    missing = [name for name in ("apt-get", "make", "cc", "tar", "bzip2") if shutil.which(name) is None]
    if missing or not _SOURCES.exists():
        pytest.skip(f"the account tools of BusyBox cannot be built here: no {', '.join(missing) or _SOURCES}")
    try:
        folder = built("accounts", Path(__file__).read_text(), _build)
    except LabError as error:
        pytest.skip(f"the account tools of BusyBox cannot be built: {error}")
    shutil.copy(folder / "busybox", host.root / "sbin/busybox-accounts")
    for name in APPLETS:
        link = host.root / "usr/sbin" / name
        link.unlink(missing_ok=True)
        link.symlink_to("/sbin/busybox-accounts")


def _build(folder: Path) -> None:
    for name in ("parts", "lists/partial"):
        (folder / name).mkdir(parents=True)
    _sh(folder, _FETCH, str(_SOURCES))
    yes = [f"{name}=y" for name in _OPTIONS]
    _sh(folder, _BUILD, *yes, *(f"{name}={number}" for name, number in _NUMBERS.items()))
    (program,) = folder.glob("busybox-*/busybox")
    kept = folder / "busybox"
    program.rename(kept)
    for entry in folder.iterdir():
        if entry != kept:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def _sh(folder: Path, script: str, *args: str) -> None:
    done = subprocess.run(["sh", "-ec", script, "sh", *args], cwd=folder, capture_output=True, text=True, check=False,
                          env={**os.environ, "LC_ALL": "C"})  # fmt: skip
    if done.returncode:
        raise LabError(f"{done.stdout[-1000:]}{done.stderr[-1000:]}")
