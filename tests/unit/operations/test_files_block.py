"""``files.block`` on this machine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pyinfra.api import OperationTypeError, OperationValueError
from pyinfra.facts.files import Block
from pyinfra.operations import files

from .machine import Machine


def test_a_block_comes_changes_and_goes(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "it's a file"
    path.write_text("first\nlast")
    path.chmod(0o664)
    machine.apply(files.block, path=str(path), content="one\ntwo\n", backup=True)
    assert path.read_text() == "first\nlast\n# BEGIN PYINFRA BLOCK\none\ntwo\n# END PYINFRA BLOCK\n"
    assert machine.fact(Block, path=str(path)) == ["one", "two"]
    (kept,) = tmp_path.glob("it's a file.*")
    assert kept.read_text() == "first\nlast"
    meta = machine.apply(files.block, path=str(path), content=["one", "2"])
    (shown,) = (change.after for change in meta.changes if change.attribute == "content")
    assert "-two\n+2" in shown
    assert f"{path.stat().st_mode & 0o777:o}" == "664"
    machine.apply(files.block, path=str(path), present=False)
    assert path.read_text() == "first\nlast\n"


def test_a_new_file(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "new"
    machine.apply(files.block, path=str(path), content="x", marker="// {mark} ours", begin="<<", end=">>")
    assert path.read_text() == "// << ours\nx\n// >> ours\n"
    assert f"{path.stat().st_mode & 0o777:o}" == "644"
    machine.unchanged(files.block, path=str(tmp_path / "none"), present=False)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"before": True, "after": True}, "B a+ b a+"),
        ({}, "a+ b a+ B"),
        ({"line": "^b$", "before": True}, "a+ B b a+"),
        ({"line": "a", "after": True}, "a+ B b a+"),
        ({"line": "(c|b)", "after": True}, "a+ b B a+"),
        ({"line": "a+", "after": True, "escape_regex_characters": True}, "a+ B b a+"),
        ({"line": "z", "before": True}, "a+ b a+ B"),
    ],
)
def test_places(arguments: dict[str, Any], expected: str, machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("a+\nb\na+\n")
    machine.apply(files.block, path=str(path), content="B", **arguments)
    block = "# BEGIN PYINFRA BLOCK\nB\n# END PYINFRA BLOCK\n"
    assert path.read_text().replace(block, "B\n").split() == expected.split()


@pytest.mark.parametrize("text", ["$(touch mark) `touch mark` ${HOME}", "'", "\\1 & \\n", "-n", "%s %d", "höß\t", ""])
def test_plain_text(text: str, machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "f"
    marker = f"{text}{{mark}}*["
    machine.apply(files.block, path=str(path), content=[text, "x"], marker=marker, _chdir=str(tmp_path))
    assert path.read_text() == f"{text}BEGIN*[\n{text}\nx\n{text}END*[\n"
    machine.apply(files.block, path=str(path), marker=marker, present=False, _chdir=str(tmp_path))
    assert path.read_text() == ""
    assert not (tmp_path / "mark").exists()


def test_bytes_that_are_no_text_stay(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"\xff\xfe\r\n")
    machine.apply(files.block, path=str(path), content="x")
    machine.apply(files.block, path=str(path), present=False)
    assert path.read_bytes() == b"\xff\xfe\r\n"


def test_a_link_is_followed_and_stays(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "real").write_text("a\n")
    (tmp_path / "link").symlink_to("real")
    machine.apply(files.block, path=str(tmp_path / "link"), content="x")
    assert (tmp_path / "link").is_symlink()
    assert "x" in (tmp_path / "real").read_text()


def test_what_awk_finds_is_what_we_write(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("# BEGIN PYINFRA BLOCK\nlost\n# BEGIN PYINFRA BLOCK\nold\n# END PYINFRA BLOCK\nx")
    machine.apply(files.block, path=str(path), content=["new"])
    assert path.read_text() == "# BEGIN PYINFRA BLOCK\nlost\n# BEGIN PYINFRA BLOCK\nnew\n# END PYINFRA BLOCK\nx"


def test_a_large_file(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("x" * 79 + "\n")
    path.write_text(path.read_text() * 40_000)
    machine.apply(files.block, path=str(path), content="new")
    assert path.stat().st_size > 3_200_000


@pytest.mark.skipif(shutil.which("python3") is None, reason="needs a program that changes the file")
def test_a_change_in_the_meantime_is_not_undone(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("a\n")
    from pyinfra.api.operation import add_op
    from pyinfra.api.operations import run_ops

    with machine.run(FAIL_PERCENT=100) as state:
        (meta,) = add_op(state, files.block, path=str(path), content="x", _ignore_errors=True).values()
        subprocess.run(["sh", "-c", 'echo b >>"$0"', path], check=True)
        run_ops(state)
        assert meta.did_error()
    assert path.read_text() == "a\nb\n"


@pytest.mark.parametrize(
    ("arguments", "error", "argument"),
    [
        ({}, OperationValueError, "content"),
        ({"content": ""}, OperationValueError, "content"),
        ({"content": []}, OperationValueError, "content"),
        ({"content": 5}, OperationTypeError, "content"),
        ({"content": [5]}, OperationTypeError, "content"),
        ({"content": "# END PYINFRA BLOCK"}, OperationValueError, "content"),
        ({"content": "x", "before": True}, OperationValueError, "line"),
        ({"content": "x", "line": "a"}, OperationValueError, "line"),
        ({"content": "x", "line": "a", "before": True, "after": True}, OperationValueError, "line"),
        ({"content": "x", "line": "[", "before": True}, OperationValueError, "line"),
        ({"content": "x", "line": 5, "before": True}, OperationTypeError, "line"),
        ({"content": "x", "marker": "same"}, OperationValueError, "marker"),
        ({"content": "x", "marker": 5}, OperationTypeError, "marker"),
        ({"content": "x", "begin": "END"}, OperationValueError, "marker"),
    ],
)
def test_arguments_that_make_no_sense(
    arguments: dict[str, Any], error: type[Exception], argument: str, machine: Machine, tmp_path: Path
) -> None:
    raised = machine.fails(files.block, path=str(tmp_path / "f"), **arguments)
    assert isinstance(raised, error)
    assert raised.details.argument == argument  # type: ignore[attr-defined]
