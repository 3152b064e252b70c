"""A root with no bash, no coreutils, no sftp and no sudo: busybox applets and the dropbear server."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.lab import needs, recipe, roots
from tests.lab.places import LabError

_FOLDERS = (
    "bin", "sbin", "usr/bin", "usr/sbin", "etc/dropbear", "proc", "sys", "dev", "run", "var/log", "var/tmp",
    "tmp", "root", "home", "mnt", "srv", "etc/ssh",
)  # fmt: skip


def ensure_busybox() -> Path:
    """The busybox root, built when there is none for the current recipe."""
    version = repr((Path(__file__).read_text(), recipe.PASSWORD_HASH, recipe.USERS, recipe.BUSYBOX_USERS))
    return roots.built("busybox", version, _build)


def _build(root: Path) -> None:
    needs.install(needs.missing(needs.TO_BUILD_BUSYBOX))
    for folder in _FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    for folder in ("tmp", "var/tmp"):
        (root / folder).chmod(0o1777)
    (root / "root").chmod(0o700)
    _applets(root)
    for name in ("dropbear", "dropbearconvert"):
        _copy_program(root, name)
    _accounts(root)


def _applets(root: Path) -> None:
    busybox = root / "bin/busybox"
    shutil.copy(_program("busybox"), busybox)
    busybox.chmod(0o4755)  # for su and passwd; busybox drops the privilege for all other applets
    listing = subprocess.run([busybox, "--list-full"], capture_output=True, text=True, check=True).stdout
    for applet in listing.split():
        link = root / applet
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.exists():
            link.symlink_to("/bin/busybox")


def _copy_program(root: Path, name: str) -> None:
    """The program and every library that it is linked to, also indirectly."""
    source = _program(name)
    shutil.copy(source, root / "usr/sbin" / name)
    listing = subprocess.run(["ldd", source], capture_output=True, text=True, check=True).stdout
    for library in {word for word in listing.split() if word.startswith("/")}:
        place = root / library.removeprefix("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(library).resolve(), place)


def _accounts(root: Path) -> None:
    accounts = [("root", 0, "/root")]
    accounts += [(name, recipe.USERS[name][0], f"/home/{name}") for name in recipe.BUSYBOX_USERS]
    passwd = "".join(f"{name}:x:{uid}:{uid}:{name}:{home}:/bin/sh\n" for name, uid, home in accounts)
    shadow = "".join(f"{name}:{recipe.PASSWORD_HASH}:19000:0:99999:7:::\n" for name, _, _ in accounts)
    group = "".join(f"{name}:x:{uid}:\n" for name, uid, _ in accounts) + "tty:x:5:\n"
    for path, text in (("passwd", passwd), ("shadow", shadow), ("group", group), ("shells", "/bin/sh\n")):
        (root / "etc" / path).write_text(text)
    (root / "etc/shadow").chmod(0o600)
    for name, uid, home in accounts[1:]:
        (root / home.removeprefix("/")).mkdir()
        os.chown(root / "home" / name, uid, uid)


def _program(name: str) -> str:
    path = needs.program(name)
    if path is None:
        raise LabError(f"no {name} on this machine")
    return path
