"""Small Debian packages, and a repository of them inside of a lab host."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.lab import Host

FOLDER = "opt/small"


def build(folder: Path, name: str, version: str, files: dict[str, str] | None = None, **fields: str) -> Path:
    """Make a package.

    Args:
        folder: where to.
        name: what it is called.
        version: its version.
        files: paths, and what they hold; those in /etc are configuration files.
        fields: of its control file: ``Provides="mail-server"``; ``Postinst`` is a script.
    """
    if shutil.which("dpkg-deb") is None:
        pytest.skip("no dpkg-deb here to make packages with")
    top = folder / f"{name}-{version}"
    control = top / "DEBIAN"
    control.mkdir(parents=True)
    script = fields.pop("Postinst", None)
    told = {"Package": name, "Version": version, "Architecture": "all", "Maintainer": "x <x@example.org>",
            "Description": "a test", **fields}  # fmt: skip
    (control / "control").write_text("".join(f"{key}: {value}\n" for key, value in told.items()))
    for path, text in (files or {f"/usr/share/{name}": version}).items():
        target = top / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    configuration = [path for path in files or {} if path.startswith("/etc/")]
    (control / "conffiles").write_text("".join(f"{path}\n" for path in configuration))
    if script:
        (control / "postinst").write_text(f"#!/bin/sh\n{script}\n")
        (control / "postinst").chmod(0o755)
    deb = folder / f"{name}_{version.replace(':', '%3a')}_{told['Architecture']}.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-b", top, deb], check=True, capture_output=True)
    shutil.rmtree(top)
    return deb


def publish(host: Host, *debs: Path, sources: bool = True) -> None:
    """Have a repository inside of a host offer packages, and nothing else; what apt knows of it stays as it is.

    Args:
        host: a Debian host.
        debs: the packages.
        sources: make it the only one that apt knows.
    """
    folder = host.root / FOLDER
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for deb in debs:
        shutil.copy(deb, folder)
    (folder / "Packages").write_text("\n".join(map(_entry, debs)))
    if sources:
        (host.root / "etc/apt/sources.list").write_text(f"deb [trusted=yes] file:/{FOLDER} ./\n")


def _entry(deb: Path) -> str:
    control = subprocess.run(["dpkg-deb", "-f", deb], capture_output=True, text=True, check=True).stdout.rstrip()
    data = deb.read_bytes()
    return f"{control}\nFilename: ./{deb.name}\nSize: {len(data)}\nSHA256: {hashlib.sha256(data).hexdigest()}\n"
