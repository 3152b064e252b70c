"""Facts about files, read over SSH, against what Python sees in the host's file system."""

from __future__ import annotations

import hashlib
import os
import stat
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from pyinfra.facts._files.contents import FileContent, FileText
from pyinfra.facts.files import (
    Block,
    Directory,
    File,
    FileContents,
    FindFiles,
    FindInFile,
    Link,
    Sha1File,
    Sha256File,
)

from .runs import run_on
from .test_facts_server import host, read  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab import Host as LabHost

CONTENT = b"one\n# BEGIN PYINFRA BLOCK\ncaf\xe9\0\n= 1\n# END PYINFRA BLOCK\nno end"
NAME = "it's $(here)\n= 1 \\"


@pytest.fixture
def place(host: LabHost) -> Path:  # noqa: F811
    """A directory on the host with some files, seen from here."""
    top = host.sh("mktemp -d /root/facts.XXXXXX").strip()
    here: Path = host.root / top.lstrip("/")
    (here / NAME).write_bytes(CONTENT)
    (here / NAME).chmod(0o4751)
    (here / "link").symlink_to("to\nnowhere ")
    (here / "directory").mkdir()
    return here


def remote_name(here: Path, name: str) -> str:
    return f"/root/{here.name}/{name}"


def test_state_of_files(host: LabHost, place: Path) -> None:  # noqa: F811
    info = (place / NAME).lstat()
    value = read(host, File, path=remote_name(place, NAME))
    assert value["mode"] == int(f"{stat.S_IMODE(info.st_mode):o}")
    assert value["size"] == len(CONTENT)
    assert (value["user"], value["group"]) == ("root", "root")
    assert value["mtime"] == datetime.fromtimestamp(int(info.st_mtime), UTC).replace(tzinfo=None)
    link = read(host, Link, path=remote_name(place, "link"))
    assert link["link_target"] == os.readlink(place / "link")  # noqa: PTH115 - a Path would tidy it up
    assert read(host, Directory, path=remote_name(place, "directory"))["user"] == "root"
    assert read(host, File, path=remote_name(place, "link")) is False
    assert read(host, File, path=remote_name(place, "missing")) is None


def test_contents_of_files(host: LabHost, place: Path) -> None:  # noqa: F811
    path = remote_name(place, NAME)
    assert read(host, Sha1File, path=path) == hashlib.sha1(CONTENT).hexdigest()
    assert read(host, Sha256File, path=path) == hashlib.sha256(CONTENT).hexdigest()
    assert read(host, FileText, path=path) == FileContent.of(CONTENT)
    assert read(host, FileContents, path=path)[-1] == "no end"
    assert read(host, FindInFile, path=path, pattern="^one$") == ["one"]
    assert read(host, FindInFile, path=path + "x", pattern="x") is None
    (place / "text").write_text("# BEGIN PYINFRA BLOCK\na\n# END PYINFRA BLOCK\n")
    assert read(host, Block, path=remote_name(place, "text")) == ["a"]
    assert sorted(read(host, FindFiles, path=f"/root/{place.name}")) == sorted([path, remote_name(place, "text")])


def test_many_files_over_one_connection(host: LabHost, place: Path) -> None:  # noqa: F811
    names = [NAME, "link", "directory", "missing"] * 5
    with run_on([host]) as state:
        (target,) = state.inventory
        found = [target.get_fact(File, path=remote_name(place, name)) for name in names]
    assert [bool(value) for value in found] == [True, False, False, False] * 5
