"""Checksums, contents, searches and blocks against what Python reads."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyinfra._core.errors import FactProcessError
from pyinfra.facts._files.block import block_markers
from pyinfra.facts._files.contents import FileContent, FileText
from pyinfra.facts.files import Block, FileContents, FindInFile, Md5File, Sha1File, Sha256File, Sha384File

from .remote import Remote, only, remotes

AWKWARD = (
    b"",
    b"one\ntwo\n",
    b"no end",
    b"\n",
    b"\n\n",
    b"= 2 5\nabcd\n- 1\n! 1\n",
    b"\0\xff\r\n\x80",
    b"caf\xe9\n",
    b"a" * 70_000,
)


def make_files(directory: Path) -> list[str]:
    names: list[str] = []
    for number, data in enumerate(AWKWARD):
        name = directory / f"-file {number}\n= 1\\'"
        name.write_bytes(data)
        names.append(str(name))
    return names


@pytest.mark.parametrize("cls", [Sha1File, Sha256File, Sha384File, Md5File])
def test_checksums(remote: Remote, cls: Any, tmp_path: Path) -> None:
    if remote.name == "busybox" and cls is Sha384File:
        assert remote.read(cls, str(make_files(tmp_path)[0])) is None  # there is no program that computes it
        return
    names = make_files(tmp_path)
    plain = tmp_path / "plain\\"
    plain.write_bytes(b"plain")
    expected = [hashlib.new(cls.algorithm, data).hexdigest() for data in (*AWKWARD, b"plain")]
    found = remote.read_all(
        cls, {"path": "/missing"}, *({"path": name} for name in (*names, str(plain))), {"path": "/"}
    )
    assert found == [None, *expected, None]
    found = remote.read_all(cls, {"path": str(plain)}, {"path": "/missing"})
    assert found == [expected[-1], None]
    assert remote.read(cls, str(plain)) == expected[-1]


def test_forms_of_checksums() -> None:
    digest = "a9993e364706816aba3e25717850c26c9cd0d89d"
    for line in (
        f"{digest}  /x",
        f"\\{digest}  /x\\n",
        f"SHA1 (/x (1) = 2) = {digest}",
        f"SHA1(/x)= {digest}",
        digest,
        digest.upper(),
    ):
        assert Sha1File().process([line]) == digest
    for line in (digest[:-1], digest + "0  /x", "x"):
        with pytest.raises(FactProcessError):
            Sha1File().process([line])


def test_contents_byte_for_byte(remote: Remote, tmp_path: Path) -> None:
    names = make_files(tmp_path)
    calls: list[dict[str, Any]] = [
        {"path": "/missing"},
        *({"path": name} for name in names),
        {"path": "/"},
        {"path": "/dev/zero"},
    ]
    expected = [None, *(FileContent.of(data) for data in AWKWARD), False, False]
    assert remote.read_all(FileText, *calls) == expected
    for call, value in zip(calls, expected, strict=True):
        assert remote.read(FileText, **call) == value


def test_contents_that_are_larger_than_asked_for(remote: Remote, tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"12345")
    calls = [{"path": str(tmp_path / "big"), "max_size": size} for size in (4, 5)]
    small, whole = remote.read_all(FileText, *calls)
    assert small == FileContent(5, None)
    assert small.text is None
    assert small.binary
    assert whole.text == "12345"
    assert not whole.binary


def test_files_without_a_size_are_read_too(remote: Remote) -> None:
    assert remote.read(FileContents, "/proc/sys/kernel/ostype") == [Path("/proc/sys/kernel/ostype").read_text().strip()]


SPOILER = """#!/bin/sh
echo >>"$COUNT"
[ $(wc -l <"$COUNT") -gt "$TIMES" ] || printf more >>"$FILE"
exec {stat} "$@"
"""


@pytest.mark.parametrize("times", [1, 2, 3, 100])
def test_what_changes_while_it_is_read_is_read_again(times: int, tmp_path: Path) -> None:
    """The file grows before its size is asked for, and so behind the back of whoever has asked already."""
    names = make_files(tmp_path)
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "stat").write_text(SPOILER.replace("{stat}", shutil.which("stat") or "stat"))
    (programs / "stat").chmod(0o755)
    forged = tmp_path / "forged"
    forged.write_text(f"~ {'a' * 32}\n= 1 4\n. 4\nevil\nok\n")
    for remote in remotes():
        if remote.name == "busybox":
            continue  # it has a stat of its own
        (tmp_path / "count").write_text("")
        calls = [{"path": str(forged)}, *({"path": name} for name in names), {"path": "/missing"}]
        command = FileText().batch_command(calls)
        assert command is not None
        changing = {"COUNT": str(tmp_path / "count"), "TIMES": str(times), "FILE": str(forged)}
        spoilt = replace(remote, path=f"{programs}:{remote.path}")
        output = spoilt.lines(command, **changing)
        if times == 100:
            with pytest.raises(FactProcessError, match="changed while it was read"):
                FileText().batch_process(calls, output)
            continue
        expected = [FileContent.of(data) for data in (forged.read_bytes(), *AWKWARD)]
        assert FileText().batch_process(calls, output) == [*expected, None]


@pytest.mark.parametrize("programs", [("cat", "wc"), ("cat", "wc", "od", "tr")])
def test_without_stat(programs: tuple[str, ...], tmp_path: Path) -> None:
    names = make_files(tmp_path)
    calls = [{"path": name} for name in (*names, "/missing", "/")]
    found = only(tmp_path, *programs).read_all(FileText, *calls)
    assert found == [*(FileContent.of(data) for data in AWKWARD), None, False]


def test_lines_of_files(remote: Remote, tmp_path: Path) -> None:
    names = make_files(tmp_path)
    found = remote.read_all(FileContents, *({"path": name} for name in names), {"path": "/missing"})
    assert found[:5] == [None, ["one", "two"], ["no end"], [""], ["", ""]]
    assert found[5] == ["= 2 5", "abcd", "- 1", "! 1"]
    assert found[6:] == [["\0\udcff\r", "\udc80"], ["caf\udce9"], ["a" * 70_000], None]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents=st.lists(st.binary(max_size=60), min_size=1, max_size=4))
def test_any_contents(contents: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    directory = tmp_path_factory.mktemp("contents")
    for number, data in enumerate(contents):
        (directory / str(number)).write_bytes(data)
    calls = [{"path": str(directory / str(number))} for number in range(len(contents))]
    assert remotes()[0].read_all(FileText, *calls) == [FileContent.of(data) for data in contents]


def test_a_large_batch_of_large_files_goes_one_by_one() -> None:
    call = {"path": "/x", "max_size": 1024 * 1024}
    assert FileText().batch_command([call] * 12) is not None
    assert FileText().batch_command([call] * 13) is None
    assert FileText().batch_command([{**call, "max_size": 1 << 40}]) is not None


@pytest.mark.parametrize(
    "output",
    [
        ["ok"],
        ["x", ". 0", "", "ok"],
        ["- 1", "", "ok"],
        ["- 1", ". 0", ""],
        ["- 1", ". 0", "", "changed"],
        ["- 1", ". 0", "", "~ " + "a" * 32],
        ["= 1 5", ". 5", "abc", "ok"],
        ["= 1 3", ". 3", "abcd", "ok"],
        ["= 1 3", ". 4", "abcd", "ok"],
        ["= 1", ". 0", "", "ok"],
        ["- 1", "- 1", ". 0", "", "ok"],
        ["- 2", ". 0", "", "ok"],
        ["- 1 7", ". 0", "", "ok"],
    ],
)
def test_contents_that_make_no_sense(output: list[str]) -> None:
    with pytest.raises(FactProcessError):
        FileText().process(output)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a second account")
def test_what_may_not_be_read_is_an_error_not_a_missing_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    secret.chmod(0)
    for parent in (*tmp_path.parents, tmp_path):
        if parent != Path("/") and parent.stat().st_uid == os.geteuid() and str(parent).startswith("/tmp/"):
            parent.chmod(0o755)
    for cls, call in ((FileText, {"max_size": 10}), (FileContents, {}), (FindInFile, {"pattern": "x"}), (Block, {})):
        fact = cls()
        bound = [{"path": str(secret), **call}]
        command = fact.batch_command(bound)
        assert command is not None
        argv = ["sh", "-c", command.get_raw_value()]
        done = subprocess.run(argv, user=65534, group=65534, extra_groups=[], capture_output=True, check=False)
        (answer,) = fact.batch_process(bound, done.stdout.decode().splitlines())
        assert isinstance(answer, FactProcessError)
        assert "secret" in str(answer)
    done = subprocess.run(
        ["sh", "-c", Sha1File().command(str(secret)).get_raw_value()],
        user=65534,
        group=65534,
        extra_groups=[],
        capture_output=True,
        check=True,
    )
    assert Sha1File().process(done.stdout.decode().splitlines()) is None


# -- searching -------------------------------------------------------------------------------


def test_lines_that_match(remote: Remote, tmp_path: Path) -> None:
    file = tmp_path / "-e\n= 1"
    file.write_bytes(b"one\ntwo+\n= 2\n3:three\n-n caf\xe9\n\0end one\nno newline one")
    calls: list[tuple[dict[str, Any], Any]] = [
        ({"pattern": "^one$"}, ["one"]),
        ({"pattern": "two+"}, ["two+"]),
        ({"pattern": "two+$", "extended_regex": True}, []),
        ({"pattern": "= 2"}, ["= 2"]),
        ({"pattern": "three"}, ["3:three"]),
        ({"pattern": "-n"}, ["-n caf\udce9"]),
        ({"pattern": "one$"}, ["one", "\0end one", "no newline one"]),
        ({"pattern": "$(touch x)`touch x`'"}, []),
        ({"pattern": "absent"}, []),
    ]
    if remote.name == "busybox":  # its grep ends a line at a NUL
        calls[6] = ({"pattern": "^no newline one$"}, ["no newline one"])
    found = remote.read_all(
        FindInFile, *({"path": str(file), **call} for call, _ in calls), {"path": "/missing", "pattern": "x"}
    )
    assert found == [*(value for _, value in calls), None]
    assert remote.read(FindInFile, str(file), "^one$") == ["one"]
    assert remote.read(FindInFile, "/dev/null", "x") == []
    assert not (Path.cwd() / "x").exists()


def test_variables_in_patterns(remote: Remote, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text('home /here\n$HOME\n"quoted" `x` $(y)\nback\\slash\n')

    def find(pattern: str) -> Any:
        command = FindInFile().command(str(file), pattern, interpolate_variables=True)
        return FindInFile().process(remote.lines(command, cwd=tmp_path, HOME="/here"))

    assert find("home $HOME") == ["home /here"]
    assert find("home ${HOME}$") == ["home /here"]
    assert find(r"^\$HOME") == ["$HOME"]
    assert find('"quoted" `x` $(y)') == ['"quoted" `x` $(y)']
    assert find("$(touch marker)`touch marker`") == []
    assert find('"; touch marker; "') == []
    assert find("back[\\]") == ["back\\slash"]
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize("pattern", ["[", r"\(x", r"a\{1"])
def test_a_pattern_that_is_none_is_an_error(remote: Remote, tmp_path: Path, pattern: str) -> None:
    (tmp_path / "file").write_text("x\n! 1\n~ y\n")
    with pytest.raises(FactProcessError, match=r"file cannot be searched: .*grep: .+"):
        remote.read(FindInFile, str(tmp_path / "file"), pattern)
    calls = [{"path": str(tmp_path / "file"), "pattern": text} for text in ("[!~] ", pattern, "x")]
    found = remote.read_all(FindInFile, *calls)
    assert isinstance(found.pop(1), FactProcessError)
    assert found == [["! 1", "~ y"], ["x"]]


@pytest.mark.parametrize(
    "output",
    [["= 1", "2:x", "1:y"], ["1:x"], ["= 1", "x"], ["- 1", "1:x"], ["= 1 2"], ["! 1"], ["@ 1"], ["= 1", "~ x"]],
)
def test_matches_that_make_no_sense(output: list[str]) -> None:
    with pytest.raises(FactProcessError):
        FindInFile().process(output)


# -- blocks ----------------------------------------------------------------------------------

BLOCKS = {
    "a": ("# BEGIN PYINFRA BLOCK\none\n1>two\n= 1\n# END PYINFRA BLOCK\nafter\n", ["one", "1>two", "= 1"]),
    "empty": ("# BEGIN PYINFRA BLOCK\n# END PYINFRA BLOCK", []),
    "none": ("x\n", []),
    "open": ("# BEGIN PYINFRA BLOCK\nlost\n", []),
    "stray": (
        "# END PYINFRA BLOCK\n# BEGIN PYINFRA BLOCK\nlost\n# BEGIN PYINFRA BLOCK\nkept\n# END PYINFRA BLOCK\n",
        ["kept"],
    ),
    "two": ("# BEGIN PYINFRA BLOCK\nx\n# END PYINFRA BLOCK\n# BEGIN PYINFRA BLOCK\ny\n# END PYINFRA BLOCK\n", ["x"]),
    "part": ("# BEGIN PYINFRA BLOCKS\nx\n# END PYINFRA BLOCK\n", []),
    "": ("", []),
}


def test_blocks(remote: Remote, tmp_path: Path) -> None:
    for name, (text, _) in BLOCKS.items():
        (tmp_path / f"n=2 {name}").write_text(text)
    calls = [{"path": f"n=2 {name}"} for name in BLOCKS]
    found = remote.read_all(Block, *calls, {"path": "missing"}, cwd=tmp_path)
    assert found == [*(lines for _, lines in BLOCKS.values()), None]
    for name, (_, lines) in BLOCKS.items():
        assert remote.read(Block, str(tmp_path / f"n=2 {name}")) == lines


def test_markers_of_ones_own_are_text_not_code(remote: Remote, tmp_path: Path) -> None:
    markers = {"marker": "/* {mark} $(touch x) \\n it's .* */", "begin": "<", "end": ">"}
    first, last = block_markers(**markers)
    (tmp_path / "file").write_text(f"{first}\nbody\n{last}\n")
    assert remote.read_all(Block, {"path": "file", **markers}, cwd=tmp_path) == [["body"]]
    assert not (tmp_path / "x").exists()


def test_markers_must_differ_and_be_lines() -> None:
    with pytest.raises(ValueError, match="differ"):
        Block().command("/x", marker="same")
    with pytest.raises(ValueError, match="single line"):
        Block().command("/x", begin="a\nb")


def test_without_awk_a_block_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    done = only(tmp_path, "cat").run(Block().command(str(tmp_path / "file")))
    assert done.returncode == 127
