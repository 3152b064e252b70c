"""Whole trees in one process, in every shell that is here."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyinfra._core.errors import FactProcessError
from pyinfra.facts._files.tree import Tree
from pyinfra.operations._files.download import OlderThan
from pyinfra.operations._files.relocating import SameContent
from pyinfra.operations._files.variables import Interpolated

from .remote import Remote, remotes

STAT = "user=root group=root mode={0} atime=1 mtime=2 ctime=3 size={1} uid=0 gid=0"

every_shell = pytest.mark.parametrize("remote", remotes(), ids=lambda remote: remote.name)


@pytest.fixture
def top(tmp_path: Path) -> Path:
    path = tmp_path / "-it's $(a) tree"
    (path / "sub").mkdir(parents=True)
    for name in ("plain", "= 1\n# 3 sha1", "sub/höß\\n", "sub/-n", "- 1", "a b"):
        (path / name).write_text(name)
    (path / "empty").touch()
    (path / "sub" / "l").symlink_to("-x\n\n")
    (path / "m\nn").symlink_to("plain")
    os.mkfifo(path / "pipe")
    return path


@every_shell
def test_every_entry(remote: Remote, top: Path) -> None:
    names = {str(path.relative_to(top)) for path in top.rglob("*")}
    sizes = [path.lstat().st_size for path in top.rglob("*")]
    found = remote.read(Tree, path=str(top), sizes=sizes)
    assert set(found) == {".", *names}
    for name, entry in found.items():
        path = top / name
        assert entry.kind == ("l" if path.is_symlink() else "d" if path.is_dir() else "p" if name == "pipe" else "-")
        if entry.kind == "-" and name != "empty":
            assert entry.digest == hashlib.new(entry.algorithm, path.read_bytes()).hexdigest()
            assert entry.attributes["size"] == path.stat().st_size
        if entry.kind == "l":
            assert entry.attributes["link_target"] == str(path.readlink())


@every_shell
def test_only_files_of_these_sizes_are_read(remote: Remote, top: Path) -> None:
    found = remote.read(Tree, path=str(top), sizes=(5,))
    assert {name for name, entry in found.items() if entry.digest} == {"plain"}
    assert not any(entry.digest for entry in remote.read(Tree, path=f"{top}/").values())


@every_shell
def test_what_is_no_directory(remote: Remote, top: Path) -> None:
    assert remote.read(Tree, path=str(top / "none")) is None
    assert remote.read(Tree, path=str(top / "plain")) is False
    (top / "to").symlink_to("sub")
    assert set(remote.read(Tree, path=str(top / "to"))) == {".", "höß\\n", "-n", "l"}


def test_it_is_one_find(top: Path) -> None:
    command = Tree().command(path="/srv", sizes=range(5000)).get_raw_value()
    assert command.count("find ") == 1
    assert len(command) < 5000


def test_parsing() -> None:
    lines = ["= 2", ".\0./a\0", STAT.format("drwxr-xr-x", 1), STAT.format("-rw-r--r--", 5), "",
             "# 1 sha1", "./a\0", f"SHA1(stdin)= {'a' * 40}"]  # fmt: skip
    found = Tree().process(lines)
    assert found
    assert found["a"].digest == "a" * 40
    assert found["a"].attributes["mode"] == 644
    assert Tree().process([*lines[5:], *lines[:5]]) == found
    for broken in (lines[:1], lines[:3], lines[:4], ["x"], [*lines[:5], "# 1 sha1", "./a\0", "nonsense"]):
        with pytest.raises(FactProcessError):
            Tree().process(broken)


@given(st.lists(st.one_of(st.text(max_size=9), st.sampled_from(["= 1", "# 1 sha1", "./a\0", "-", ""])), max_size=6))
def test_any_output_is_a_value_or_a_fact_process_error(lines: list[str]) -> None:
    for fact in (Tree(), SameContent(), OlderThan(), Interpolated()):
        with contextlib.suppress(FactProcessError):
            fact.process(lines)


@every_shell
def test_same_content(remote: Remote, top: Path) -> None:
    copy = top.parent / "copy"
    remote.run('cp -R -P -- "$A" "$B"', A=str(top), B=str(copy))
    assert remote.read(SameContent, path=str(top), other=str(copy))
    assert remote.read(SameContent, path=str(top / "plain"), other=str(copy / "plain"))
    assert remote.read(SameContent, path=str(top / "sub" / "l"), other=str(copy / "sub" / "l"))
    assert not remote.read(SameContent, path=str(top / "sub" / "l"), other=str(top / "m\nn"))
    assert not remote.read(SameContent, path=str(top / "plain"), other=str(top / "m\nn"))
    assert not remote.read(SameContent, path=str(top), other=str(top / "none"))
    (copy / "sub" / "-n").write_text("sub/-m")
    assert not remote.read(SameContent, path=str(top), other=str(copy))


@every_shell
def test_age(remote: Remote, top: Path) -> None:
    path = top / "plain"
    assert remote.read(OlderThan, path=str(path), seconds=1000) is False
    os.utime(path, (0, path.stat().st_mtime - 2000))
    assert remote.read(OlderThan, path=str(path), seconds=1000) is True
    assert remote.read(OlderThan, path=str(path), seconds=2**31 - 1) is False
    assert remote.read(OlderThan, path=str(top / "none"), seconds=1) is None


@every_shell
def test_variables(remote: Remote) -> None:
    texts = ["$A", "${A}b\n", r"\$A \1 $(id) `id` \\", "'\"", ""]
    filled = Interpolated().process(remote.lines(Interpolated().command(texts=texts), A="x\ny "))
    assert filled == ["x\ny ", "x\ny b\n", "$A \\1 $(id) `id` \\", "'\"", ""]
