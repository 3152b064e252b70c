"""Searches in trees, and sizes as people write them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from pyinfra._core.effects import tree
from pyinfra._core.errors import FactProcessError
from pyinfra.facts.files import FindDirectories, FindFiles, FindFilesBase, FindLinks, Flags
from pyinfra.facts.util.units import parse_human_readable_size, parse_size

from .remote import Remote


@pytest.fixture
def forest(tmp_path: Path) -> Path:
    top = tmp_path / "my forest"
    (top / "a" / "b").mkdir(parents=True)
    (top / "one.txt").write_bytes(b"1")
    (top / "a" / "TEN.txt").write_bytes(b"0123456789")
    (top / "a" / "b" / "new\nline.log").write_bytes(b"x" * 2048)
    (top / "a" / "link").symlink_to("nowhere")
    (Path(os.fsdecode(os.fsencode(top) + b"/caf\xe9.log"))).write_bytes(b"")
    return top


def names(found: list[str], top: Path) -> set[str]:
    assert all(name.startswith(str(top)) for name in found)
    return {name.removeprefix(str(top)) for name in found}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, {"/one.txt", "/a/TEN.txt", "/a/b/new\nline.log", "/caf\udce9.log"}),
        ({"maxdepth": 1}, {"/one.txt", "/caf\udce9.log"}),
        ({"fname": "*.txt"}, {"/one.txt", "/a/TEN.txt"}),
        ({"iname": "ten*"}, {"/a/TEN.txt"}),
        ({"path_match": "*/b/*"}, {"/a/b/new\nline.log"}),
        ({"regex": ".*/one.*"}, {"/one.txt"}),
        ({"size": 10}, {"/a/TEN.txt"}),
        ({"min_size": 10}, {"/a/TEN.txt", "/a/b/new\nline.log"}),
        ({"max_size": 10}, {"/one.txt", "/a/TEN.txt", "/caf\udce9.log"}),
        ({"min_size": "2KiB", "max_size": "3kB"}, {"/a/b/new\nline.log"}),
        ({"min_size": 0, "max_size": 0}, {"/caf\udce9.log"}),
        ({"size": "+1k"}, {"/a/b/new\nline.log"}),
        ({"args": ["-name", "one.txt", "-o", "-name", "TEN.txt"]}, {"/one.txt", "/a/TEN.txt"}),
        ({"fname": "$(touch marker)"}, set()),
    ],
)
def test_files(remote: Remote, forest: Path, arguments: dict[str, Any], expected: set[str]) -> None:
    if remote.name == "busybox" and arguments.get("size") == "+1k":
        arguments = {"size": "+1024c"}
    assert names(remote.read(FindFiles, str(forest), **arguments), forest) == expected


@pytest.mark.parametrize(
    "arguments",
    [{"regex": "["}, {"regex": r"\(x"}, {"args": ["-no-such-test"]}, {"args": ["-newer"]}, {"args": ["-name"]}],
)
def test_what_find_does_not_understand_is_an_error(remote: Remote, forest: Path, arguments: dict[str, Any]) -> None:
    with pytest.raises(FactProcessError, match=r"files: .*find: .+"):
        remote.read(FindFiles, str(forest), **arguments)
    with pytest.raises(FactProcessError, match=r"directories: .*find: .+"):
        remote.read(FindDirectories, str(forest / "missing"), **arguments)


@pytest.mark.parametrize("arguments", [{}, {"regex": ".*x"}, {"args": ["-exec", "false", "{}", "+"]}, {"maxdepth": 3}])
def test_what_is_not_there_is_no_error(remote: Remote, forest: Path, arguments: dict[str, Any]) -> None:
    assert remote.read(FindFiles, str(forest / "missing"), **arguments) == []


def test_nothing_is_done_to_find_out_what_is_understood(remote: Remote, forest: Path) -> None:
    marker = forest / "marker"
    assert remote.read(FindFiles, str(forest / "missing"), args=["-exec", "touch", str(marker), ";"]) == []
    assert not marker.exists()


def test_links_and_directories(remote: Remote, forest: Path) -> None:
    assert names(remote.read(FindLinks, str(forest)), forest) == {"/a/link"}
    assert names(remote.read(FindDirectories, str(forest)), forest) == {"", "/a", "/a/b"}
    assert remote.read(FindFiles, str(forest / "missing")) == []


def test_patterns_are_left_to_the_shell_and_nothing_else_is(remote: Remote, forest: Path) -> None:
    found = remote.read(FindFiles, f"{forest}/*/[a-c]*", quote_path=False)
    assert names(found, forest) == {"/a/b/new\nline.log"}
    command = FindFiles().command("$HOME/a*", quote_path=False)
    found = FindFiles().process(remote.lines(command, HOME=str(forest)))
    assert names(found, forest) == {"/a/TEN.txt", "/a/b/new\nline.log"}
    command = FindFiles().command("~/o*;touch marker;$(touch marker)`touch marker`", quote_path=False)
    remote.run(command, cwd=forest, HOME=str(forest))
    assert not (forest / "marker").exists()


def test_odd_starts(remote: Remote, tmp_path: Path) -> None:
    for name in ("-delete", "!", "(x"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("")
        found = FindFiles().process(remote.lines(FindFiles().command(name), cwd=tmp_path))
        assert found == [f"./{name}/file"]
    found = FindFiles().process(remote.lines(FindFiles().command("../" + tmp_path.name), cwd=tmp_path))
    assert len(found) == 3


def test_lines_are_taken_too() -> None:
    assert FindFiles().process(["/a", "/b"]) == ["/a", "/b"]
    assert FindFiles().process(["/a\0/b", "c\0"]) == ["/a", "/b\nc"]


def test_what_is_looked_at() -> None:
    assert FindFiles().resources(path="/srv") == (tree("/srv"),)
    assert FindFiles().resources(path="/srv/x*/y", quote_path=False) == (tree("/srv"),)
    assert FindFiles().resources(path="~/x", quote_path=False) is None
    assert FindFilesBase.abstract
    assert not FindLinks.abstract


@pytest.mark.parametrize("size", ["10 apples", "+x", "", "-", "1..5MB"])
def test_sizes_that_are_none(size: str) -> None:
    with pytest.raises(ValueError, match="size"):
        FindFiles().command("/", size=size)


def test_sizes() -> None:
    assert parse_size(12) == 12
    assert parse_size("12") == 12
    assert parse_human_readable_size("10MB") == 10_000_000
    assert parse_human_readable_size("1GiB") == 1 << 30
    assert parse_human_readable_size("1.5 kb") == 1500
    assert parse_human_readable_size("0.1TB") == 100_000_000_000
    assert parse_human_readable_size("2k") == 2000
    with pytest.raises(ValueError, match="size"):
        parse_size(-1)


def test_flags() -> None:
    assert Flags().process(["uchg,hidden"]) == ["uchg", "hidden"]
    assert Flags().process(["-rw-r--r--  1 root  wheel  uchg 0 Jan  1 10:00 /x"]) == ["uchg"]
    assert Flags().process(["-rw-r--r--  1 root  wheel  - 0 Jan  1 10:00 /x"]) == []
    assert Flags().process([""]) == []
    assert Flags().process(["-"]) == []
    assert Flags().process(["what is this"]) == []
    assert Flags().requires_command(path="/x") == "chflags"
