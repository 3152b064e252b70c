"""What this machine must have for the lab."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.lab.places import LabError

# program: Debian package
TO_RUN = {
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "ip": "iproute2",
    "nsenter": "util-linux",
    "setpriv": "util-linux",
}
TO_BUILD = {"debootstrap": "debootstrap", "unshare": "util-linux"}
TO_BUILD_BUSYBOX = {"busybox": "busybox-static", "dropbear": "dropbear-bin", "dropbearconvert": "dropbear-bin"}
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/dropbear"


def program(name: str) -> str | None:
    """The path of a program, also when the caller's PATH lacks the sbin folders."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:{_PATH}")


def missing(programs: dict[str, str]) -> set[str]:
    """The Debian packages that would give the programs that are not there."""
    return {package for name, package in programs.items() if program(name) is None}


def install(packages: Iterable[str]) -> None:
    """Install Debian packages on this machine."""
    names = sorted(packages)
    if not names:
        return
    if shutil.which("apt-get") is None:
        raise LabError(f"the lab needs: {' '.join(names)}")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    command = ["apt-get", "-q", "install", "-y", "--no-install-recommends", *names]
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:  # the lists may be old or absent
        subprocess.run(["apt-get", "-q", "update"], env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"cannot install {' '.join(names)}:\n{done.stdout}{done.stderr}")


@functools.cache
def why_not() -> str | None:
    """The reason why this machine cannot run the lab, or None."""
    if sys.platform != "linux":
        return "the lab needs Linux"
    if os.geteuid() != 0:
        return "the lab needs root"
    if not Path("/dev/net/tun").exists():
        return "the lab needs /dev/net/tun"
    if "overlay" not in Path("/proc/filesystems").read_text():
        return "the lab needs overlayfs"
    if absent := missing(TO_RUN):
        try:
            install(absent)
        except LabError as error:
            return str(error)
    trial = ["unshare", "--mount", "--net", "--pid", "--time", "--cgroup", "--fork", "true"]
    if subprocess.run(trial, capture_output=True, check=False).returncode:
        return "the lab needs the right to make namespaces"
    return None
