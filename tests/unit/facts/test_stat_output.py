"""The forms of stat and ls that File and its like take."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pyinfra.facts.files import CHAR_TO_PERMISSION, LINUX_STAT_COMMAND, Directory, File, Link

THIS_YEAR = datetime.now(UTC).year
STAT = "user=root group=wheel mode={} atime=1700000000 mtime=0 ctime=1700000001 size=12"


def test_a_line_of_stat() -> None:
    assert File().process([STAT.format("-rw-r-S--T")]) == {
        "user": "root",
        "group": "wheel",
        "mode": 3644 - 4,
        "size": 12,
        "atime": datetime(2023, 11, 14, 22, 13, 20),
        "mtime": datetime(1970, 1, 1),
        "ctime": datetime(2023, 11, 14, 22, 13, 21),
    }
    assert Directory().process([STAT.format("-rw-r--r--")]) is False


def test_names_of_accounts_may_hold_blanks() -> None:
    value = File().process(["user=DOM\\bob smith group=domain users mode=-rw------- atime= mtime=- ctime=? size=0"])
    assert value == {
        "user": "DOM\\bob smith",
        "group": "domain users",
        "mode": 600,
        "size": 0,
        "atime": None,
        "mtime": None,
        "ctime": None,
    }


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("'/a' -> '/b'", "/b"),
        ("`/a' -> `/b c'", "/b c"),
        ("\u2018/a\u2019 -> \u2018/b\u2019", "/b"),
        ('"/a" -> "/b"', "/b"),
        ("/a -> /b", "/b"),
        ("'/a' -> 'x'$'\\n\\303\\251''y'", "x\n\u00e9y"),
        ("'/a' -> \"it's\"", "it's"),
        ("'/a' -> 'it'\\''s'", "it's"),
    ],
)
def test_names_of_links_as_several_versions_quote_them(name: str, target: str) -> None:
    value = Link().process([*(STAT.format("lrwxrwxrwx") + " " + name).split("\n")])
    assert value
    assert value.get("link_target") == target


@pytest.mark.parametrize(
    ("line", "size", "mtime"),
    [
        ("-rw-r--r-- 1 root wheel 3 Jan  1  2020 /x", 3, datetime(2020, 1, 1)),
        ("-rw-r--r--. 1 root wheel 3 Jan 1 2020 /x", 3, datetime(2020, 1, 1)),
        ("-rw-r--r--+ 1 root wheel 3 Feb 28 09:05 /x", 3, datetime(THIS_YEAR, 2, 28, 9, 5)),
        ("-rw-r--r--@ 1 root wheel 3 28 Feb 09:05 /x", 3, datetime(THIS_YEAR, 2, 28, 9, 5)),
        ("-rw-r--r-- 1 root wheel 3 2021-03-04 05:06 /x", 3, datetime(2021, 3, 4, 5, 6)),
        ("-rw-r--r--    1 root     wheel            3 Mar  4  2021 /x y", 3, datetime(2021, 3, 4)),
    ],
)
def test_lines_of_ls(line: str, size: int, mtime: datetime) -> None:
    attributes = {"user": "root", "group": "wheel", "mode": 644, "size": size}
    assert File().process([line]) == {**attributes, "atime": None, "mtime": mtime, "ctime": None}


def test_ls_with_blanks_in_the_group_and_with_a_link() -> None:
    value = Link().process(["lrwxrwxrwx 1 bob domain users 6 Jan 1 2020 /a -> /b c"])
    assert value
    assert (value["group"], value.get("link_target")) == ("domain users", "/b c")
    assert File().process(["crw-rw-rw- 1 root root 1, 3 Jan 1 2020 /dev/null"]) is False


def test_permissions_are_the_letters_of_ls() -> None:
    assert dict(CHAR_TO_PERMISSION) == {"r": 4, "w": 2, "x": 1}


@pytest.mark.skipif(shutil.which("stat") is None, reason="needs stat")
def test_every_mode_of_a_real_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    for mode in (*range(0, 0o1000, 0o111), 0o4000, 0o2010, 0o1001, 0o7777, 0o6711, 0o5070):
        file.chmod(mode)
        shown = subprocess.run(
            ["sh", "-c", f'{LINUX_STAT_COMMAND} "$1"', "sh", file], capture_output=True, text=True, check=False
        )
        if shown.returncode:
            pytest.skip("not the stat of Linux")
        value = File().process(shown.stdout.splitlines())
        assert value
        assert value["mode"] == int(f"{mode:o}")
