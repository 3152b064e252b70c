"""Small packages of pacman, and a repository of them inside of a lab host."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
from pathlib import Path

from tests.lab import Host

FOLDER = "opt/arch"
_CONF = f"""[options]
Architecture = auto
SigLevel = Never
[small]
Server = file:///{FOLDER}
"""


def configure(host: Host) -> None:
    """Make the repository the only one that pacman knows.

    Args:
        host: one with pacman.
    """
    (host.root / "etc/pacman.conf").write_text(_CONF)
    (host.root / FOLDER).mkdir(parents=True, exist_ok=True)


def publish(host: Host, *packages: tuple[str, str], **more: dict[str, str]) -> None:
    """Have the repository offer packages, and nothing else; what pacman knows of it stays as it is.

    Args:
        host: one with pacman.
        packages: names and versions.
        more: by name with ``_`` for ``-``: ``{"group": "tools"}``, ``{"provides": "editor"}``, ``{"depend": "libx"}``.
    """
    folder: Path = host.root / FOLDER
    index_file = folder / "small.db"
    time = index_file.stat().st_mtime if index_file.exists() else 1e9
    for old in folder.iterdir():
        old.unlink()
    index: dict[str, str] = {}
    for name, version in packages:
        fields = more.get(name.replace("-", "_"), {})
        data = _package(name, version, fields)
        file = f"{name}-{version.replace(':', '_')}-any.pkg.tar.gz"
        (folder / file).write_bytes(data)
        told = {
            "FILENAME": file, "NAME": name, "BASE": name, "VERSION": version, "DESC": "a test", "ARCH": "any",
            "CSIZE": str(len(data)), "ISIZE": "10", "SHA256SUM": hashlib.sha256(data).hexdigest(),
            **{_IN_LISTS[key]: value for key, value in fields.items()},
        }  # fmt: skip
        index[f"{name}-{version}/desc"] = "".join(f"%{key}%\n{value}\n\n" for key, value in told.items())
    index_file.write_bytes(_archive(index))
    os.utime(index_file, (time + 10, time + 10))  # pacman fetches nothing that is as old as what it has


_IN_LISTS = {"group": "GROUPS", "provides": "PROVIDES", "depend": "DEPENDS"}


def _package(name: str, version: str, fields: dict[str, str]) -> bytes:
    told = {"pkgname": name, "pkgbase": name, "pkgver": version, "pkgdesc": "a test", "size": "10", "arch": "any"}
    text = "".join(f"{key} = {value}\n" for key, value in {**told, **fields}.items())
    return _archive({".PKGINFO": text, f"usr/share/small/{name}": f"{version}\n"})


def _archive(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    # Without a time, so that what was made twice is the same: pacman keeps what it fetched.
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as archive:
        for path, text in files.items():
            info = tarfile.TarInfo(path)
            info.size, info.mode = len(text.encode()), 0o644
            archive.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()
