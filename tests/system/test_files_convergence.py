"""What operations on files are known to get wrong on real hosts: done, looked at from outside, and done again."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Any

import pytest

from pyinfra.operations import files

from .files_place import TOP, UIDS, Place, place  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from pathlib import Path

ODD = "höß\ttab\nline 'q' $(id)"


def mode_of(path: Path) -> str:
    return f"{path.lstat().st_mode & 0o7777:o}"


def test_a_hard_link_stays_one(place: Place) -> None:  # noqa: F811
    place.sh("echo x >target; echo other >other")
    assert place.did(files.link, path=f"{TOP}/hard", target=f"{TOP}/target", symbolic=False) >= {"hard"}
    assert (place.here / "hard").samefile(place.here / "target")
    over = {"path": f"{TOP}/hard", "target": f"{TOP}/other", "symbolic": False, "force": True, "force_backup": False}
    place.machine.apply(files.link, **over)  # nobody can tell whose the old one's other names are
    assert (place.here / "hard").samefile(place.here / "other")
    assert (place.here / "target").stat().st_nlink == 1


@pytest.mark.parametrize("mode", ["4755", "2750", "6711"])
def test_special_bits_and_an_owner_come_in_one_run(place: Place, mode: str) -> None:  # noqa: F811
    place.sh("echo old >there; chmod 755 there; echo copied >source; chmod 755 source")
    wanted: dict[str, Any] = {"user": "alice", "group": "deploy", "mode": mode}
    place.did(files.file, path=f"{TOP}/new", **wanted)
    place.did(files.file, path=f"{TOP}/there", **wanted)
    place.did(files.put, src=io.BytesIO(b"put"), dest=f"{TOP}/put", **wanted)
    place.did(files.put, src=io.BytesIO(b"put over it"), dest=f"{TOP}/source", **wanted)
    place.did(files.template, src=io.StringIO("{{ 1 + 1 }}\n"), dest=f"{TOP}/template", **wanted)
    for name in ("new", "there", "put", "source", "template"):
        found = (place.here / name).stat()
        assert (mode_of(place.here / name), found.st_uid, found.st_gid) == (mode, UIDS["alice"], UIDS["deploy"]), name


@pytest.mark.parametrize("mode", ["4755", "6711"])
def test_special_bits_outlive_another_owner(place: Place, mode: str) -> None:  # noqa: F811
    place.sh("echo x >f; chown deploy:deploy f")
    (place.here / "f").chmod(int(mode, 8))
    place.did(files.file, path=f"{TOP}/f", user="alice", mode=mode)
    assert (mode_of(place.here / "f"), (place.here / "f").stat().st_uid) == (mode, UIDS["alice"])


@pytest.mark.parametrize("target", [ODD, f"/{ODD}/x", "-f", " ends with\n"])
def test_links_of_any_name_to_any_name(place: Place, target: str) -> None:  # noqa: F811
    for name in (ODD, "-f", "plain"):
        assert place.did(files.link, path=f"{TOP}/{name}", target=target) >= {name}
        assert os.readlink(place.here / name) == target  # noqa: PTH115 - a Path would tidy it up


def test_a_tree_of_links_of_any_name(place: Place, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / ODD).mkdir()
    for name in (ODD, "plain"):
        (tmp_path / ODD / name).symlink_to(ODD)
    place.did(files.sync, src=str(tmp_path), dest=f"{TOP}/tree")
    assert os.readlink(place.here / "tree" / ODD / ODD) == ODD  # noqa: PTH115


PLAIN = [
    "-n",
    "--help",
    "a+b?",
    "$HOME `id` $(id) (x){2}|[y]",
    "^anchored$",
    r"back\slash \1 &",
    "'q' \"r\"",
    "%s /etc/*",
]


@pytest.mark.parametrize("line", PLAIN)
def test_plain_lines_are_neither_added_twice_nor_taken_for_others(place: Place, line: str) -> None:  # noqa: F811
    path, before = place.here / "f", "aab\nab\nanchored\nn\n"
    path.write_text(before)
    call = {"path": f"{TOP}/f", "line": line, "escape_regex_characters": True}
    assert place.did(files.line, **call) >= {"f"}
    assert path.read_text() == f"{before}{line}\n"
    place.did(files.line, **call, replace="other $(id) & \\1")
    assert path.read_text() == f"{before}other $(id) & \\1\n"
    path.write_text(f"{before}{line}\n")
    place.did(files.line, **call, present=False)
    assert path.read_text() == before


@pytest.mark.parametrize("line", ["a+b?", "-n", "$HOME/x (y){2}"])
def test_plain_lines_that_the_host_fills_in(place: Place, line: str) -> None:  # noqa: F811
    path = place.here / "f"
    path.write_text("aab\nab\n")
    place.did(files.line, path=f"{TOP}/f", line=line, escape_regex_characters=True, interpolate_variables=True)
    assert path.read_text() == f"aab\nab\n{line.replace('$HOME', '/root')}\n"


def test_new_files_are_ordinary_ones(place: Place) -> None:  # noqa: F811
    place.did(files.block, path=f"{TOP}/block", content="x")
    place.did(files.line, path=f"{TOP}/line", line="x")
    place.did(files.put, src=io.BytesIO(b"x"), dest=f"{TOP}/put")
    place.did(files.file, path=f"{TOP}/file")
    assert {path.name: mode_of(path) for path in place.here.iterdir()} == dict.fromkeys(
        ("block", "line", "put", "file"), "644"
    )
    place.sh("chmod 600 block line put")
    place.did(files.block, path=f"{TOP}/block", content="y")
    place.did(files.line, path=f"{TOP}/line", line="x", replace="y")
    place.did(files.put, src=io.BytesIO(b"y"), dest=f"{TOP}/put")
    assert {mode_of(place.here / name) for name in ("block", "line", "put")} == {"600"}


def test_directories_that_are_gone_from_the_source_go(place: Place, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "f").write_text("x")
    place.did(files.sync, src=str(tmp_path), dest=f"{TOP}/tree")
    place.sh("cd tree && mkdir -p gone/deep/deeper 'empty one' kept/gone && echo x >gone/deep/f && ln -s gone link")
    gone = {"tree/gone", "tree/gone/deep", "tree/gone/deep/deeper", "tree/gone/deep/f", "tree/empty one",
            "tree/kept/gone", "tree/link"}  # fmt: skip
    assert place.did(files.sync, src=str(tmp_path), dest=f"{TOP}/tree", delete=True) == gone
    assert {str(path.relative_to(place.here)) for path in place.here.rglob("*")} == {"tree", "tree/kept", "tree/kept/f"}


def test_new_files_are_known_to_be_empty(place: Place) -> None:  # noqa: F811
    """Each step is planned over what the earlier ones will leave, to the last byte."""
    path = f"{TOP}/new"
    changed = place.did_all(
        (files.file, {"path": path, "mode": "640", "user": "alice"}),
        (files.line, {"path": path, "line": "a=1"}),
        (files.block, {"path": path, "content": ["b", "c"]}),
        (files.replace, {"path": path, "text": "a=1", "replace": "a=2"}),
        (files.line, {"path": path, "line": "^c$", "replace": "d"}),
        again=False,
    )
    assert changed == {"new"}
    assert (place.here / "new").read_text() == "a=2\n# BEGIN PYINFRA BLOCK\nb\nd\n# END PYINFRA BLOCK\n"
    assert (mode_of(place.here / "new"), (place.here / "new").stat().st_uid) == ("640", UIDS["alice"])


def test_what_is_made_anew_holds_nothing_of_the_old(place: Place) -> None:  # noqa: F811
    place.sh("echo old >gone; mkdir d; echo old >d/f; echo x >t; ln -s t l")
    place.did_all(
        (files.file, {"path": f"{TOP}/gone", "present": False}),
        (files.line, {"path": f"{TOP}/gone", "line": "old"}),
        (files.file, {"path": f"{TOP}/d", "force": True, "force_backup": False}),
        (files.line, {"path": f"{TOP}/d", "line": "in a file"}),
        (files.link, {"path": f"{TOP}/l", "present": False}),
        (files.line, {"path": f"{TOP}/l", "line": "no link"}),
        (files.put, {"src": io.BytesIO(b"private\n"), "dest": f"{TOP}/p", "mode": "600"}),
        (files.line, {"path": f"{TOP}/p", "line": "^private$", "replace": "hidden"}),
        again=False,
    )
    found = {path.name: path.read_text() for path in place.here.iterdir()}
    assert found == {"gone": "old\n", "d": "in a file\n", "l": "no link\n", "t": "x\n", "p": "hidden\n"}
