"""File, Directory, Link and Socket against what Python sees."""

from __future__ import annotations

import grp
import os
import pwd
import socket
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyinfra._core.effects import path, tree
from pyinfra._core.errors import FactProcessError, FactValueError
from pyinfra.facts.files import Directory, File, Link, Socket

from .remote import Remote, only, remotes


def seen_by_python(name: Path | str) -> dict[str, Any]:
    info = os.lstat(name)
    mode = f"{stat.S_IMODE(info.st_mode):o}"
    value: dict[str, Any] = {
        "user": pwd.getpwuid(info.st_uid).pw_name,
        "group": grp.getgrgid(info.st_gid).gr_name,
        "mode": int(mode),
        "size": info.st_size,
        "atime": utc(info.st_atime),
        "mtime": utc(info.st_mtime),
        "ctime": utc(info.st_ctime),
    }
    if stat.S_ISLNK(info.st_mode):
        value["link_target"] = os.readlink(name)  # noqa: PTH115 - a Path would tidy it up
    return value


def utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC).replace(tzinfo=None)


@pytest.fixture
def names(tmp_path: Path) -> dict[str, Path]:
    (tmp_path / "plain").write_text("hello")
    (tmp_path / "setuid").write_text("")
    (tmp_path / "setuid").chmod(0o4755)
    (tmp_path / "none").write_text("")
    (tmp_path / "none").chmod(0)
    (tmp_path / "directory").mkdir()
    (tmp_path / "directory").chmod(0o1777)
    (tmp_path / "link").symlink_to("plain")
    (tmp_path / "dangling").symlink_to("nowhere\n>with -> 'quotes'\n@ 1\n\tand\\more\n")
    (tmp_path / "-dash it's\n= 1\nnew\\line").write_text("x")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "socket"))
    listener.close()
    os.utime(tmp_path / "plain", (0, 1))
    return {entry.name: entry for entry in tmp_path.iterdir()}


def test_each_kind_as_python_sees_it(remote: Remote, names: dict[str, Path]) -> None:
    assert remote.read(File, str(names["plain"])) == seen_by_python(names["plain"])
    assert remote.read(File, str(names["plain"]))["atime"] == datetime(1970, 1, 1)
    assert remote.read(File, str(names["setuid"]))["mode"] == 4755
    assert remote.read(File, str(names["none"]))["mode"] == 0
    assert remote.read(Directory, str(names["directory"])) == seen_by_python(names["directory"])
    assert remote.read(Link, str(names["link"])) == seen_by_python(names["link"])
    assert remote.read(Socket, str(names["socket"])) == seen_by_python(names["socket"])


def test_something_else_is_false_and_nothing_is_none(remote: Remote, names: dict[str, Path]) -> None:
    assert remote.read(File, str(names["link"])) is False
    assert remote.read(File, str(names["directory"])) is False
    assert remote.read(Link, str(names["plain"])) is False
    assert remote.read(Directory, str(names["socket"])) is False
    assert remote.read(File, str(names["plain"]) + "-missing") is None
    assert remote.read(Link, "") is None
    assert remote.read(File, "/dev/null") is False


def test_many_paths_with_awkward_names_in_one_command(remote: Remote, names: dict[str, Path], tmp_path: Path) -> None:
    asked = ["/no/such", *map(str, names.values()), "/neither/this\n- 1", str(names["plain"])]
    for cls, kind in ((File, stat.S_ISREG), (Link, stat.S_ISLNK), (Directory, stat.S_ISDIR), (Socket, stat.S_ISSOCK)):
        expected: list[Any] = []
        for name in asked:
            if not os.path.lexists(name):
                expected.append(None)
            else:
                expected.append(seen_by_python(name) if kind(os.lstat(name).st_mode) else False)
        assert remote.read_all(cls, *({"path": name} for name in asked)) == expected


def test_relative_and_home_paths(remote: Remote, tmp_path: Path) -> None:
    (tmp_path / "-rf").write_text("12")
    (tmp_path / "~").mkdir()
    (tmp_path / "my file").write_text("1")
    (size,) = remote.read_all(File, {"path": "-rf"}, cwd=tmp_path)
    assert size["size"] == 2
    command = File().command("~/my file")
    assert File().process(remote.lines(command, HOME=str(tmp_path)))["size"] == 1  # type: ignore[index]


def test_names_that_are_not_utf8(remote: Remote, tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9"
    os.symlink(b"\xff\xfe", name)  # noqa: PTH211 - bytes
    assert remote.read(Link, os.fsdecode(name))["link_target"] == "\udcff\udcfe"


def test_an_owner_without_a_name_is_a_number(remote: Remote, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives files away")
    (tmp_path / "orphan").write_text("")
    os.chown(tmp_path / "orphan", 54321, 54322)
    value = remote.read(File, str(tmp_path / "orphan"))
    assert (value["user"], value["group"]) == ("54321", "54322")


def test_without_stat_ls_tells(names: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> None:
    remote = only(tmp_path_factory.mktemp("programs"), "ls", "readlink")
    found = remote.read_all(Link, *({"path": str(names[name])} for name in ("plain", "dangling", "link")))
    assert found[0] is False
    for value, name in zip(found[1:], ("dangling", "link"), strict=True):
        expected = seen_by_python(names[name])
        moment = expected["mtime"].replace(second=0)
        assert value == {**expected, "atime": None, "ctime": None, "mtime": moment}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    target=st.binary(min_size=1, max_size=40).filter(lambda name: b"\0" not in name),
    name=st.binary(min_size=1, max_size=40).filter(lambda name: not set(name) & {0, 47} and name not in (b".", b"..")),
)
def test_any_name_and_any_target(target: bytes, name: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    place = os.fsencode(tmp_path_factory.mktemp("names")) + b"/" + name
    os.symlink(target, place)  # noqa: PTH211 - bytes
    remote = remotes()[-1]
    value = remote.read_all(Link, {"path": "/nowhere"}, {"path": os.fsdecode(place)})
    assert value == [None, seen_by_python(os.fsdecode(place))]


def test_a_nul_in_a_path_is_refused() -> None:
    with pytest.raises(FactValueError):
        File().command("/etc/pass\0wd")


@pytest.mark.parametrize(
    "lines",
    [
        ["- 1 2"],
        ["= 1"],
        [],
        ["= 2", "x"],
        ["= 1", "nonsense"],
        ["- 1", "- 1"],
        ["@ 1", "- 1"],
        ["@ 9", ">x", "- 1"],
        [">x"],
    ],
)
def test_output_that_makes_no_sense_is_an_error(lines: list[str]) -> None:
    with pytest.raises(FactProcessError):
        Link().process(lines)


def test_what_is_looked_at() -> None:
    assert tuple(File().resources(path="/etc//x/../motd/") or ()) == (path("/etc/motd"),)
    assert File().resources(path="~/x") is None
    assert File().resources(path="x") is None
    assert File().describe(path="/etc/motd") == "file /etc/motd"
    assert Directory().describe(path="/srv") == "directory /srv"
    assert tree("/etc") != path("/etc")
