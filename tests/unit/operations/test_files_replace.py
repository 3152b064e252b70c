"""``files.replace`` on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pyinfra.api import OperationTypeError, OperationValueError
from pyinfra.operations import files

from .machine import Machine


@pytest.mark.parametrize(
    ("arguments", "before", "after"),
    [
        ({"text": "PORT=[0-9]*", "replace": "PORT=80"}, "a\nPORT=8080 PORT=1", "a\nPORT=80 PORT=1"),
        ({"text": "a", "replace": "b", "flags": ["g"]}, "aa\nca\n", "bb\ncb\n"),
        ({"text": "(a+)(b)", "replace": r"\2\1", "extended_regex": True}, "xaab\n", "xbaa\n"),
        ({"text": "é", "replace": "$(id) `id` & 'q' \""}, "é e\n", "$(id) `id` & 'q' \" e\n"),
        ({"match": "old", "replace": "new"}, "old\n", "new\n"),
        ({"text": "foo", "replace": "foobar"}, "foo\n", "foobar\n"),
        ({"text": "OLD", "replace": "", "flags": ["i"]}, "my old\n", "my \n"),
        ({"text": "^X=.*", "replace": "X=$HERE", "interpolate_variables": True, "_env": {"HERE": "it's\t&"}},
         "X=1\n", "X=it's\t&\n"),
        ({"text": "${HERE}x", "replace": r"\$HERE", "interpolate_variables": True, "_env": {"HERE": "a"}},
         "ax\n", "$HERE\n"),
    ],
)  # fmt: skip
def test_replacing(arguments: dict[str, Any], before: str, after: str, machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "a file"
    path.write_text(before)
    path.chmod(0o4750)
    machine.apply(files.replace, path=str(path), **arguments)
    assert path.read_text() == after
    assert f"{path.stat().st_mode & 0o7777:o}" == "4750"


def test_backup(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("a\n")
    machine.apply(files.replace, path=str(path), text="a", replace="b", backup=True)
    assert {entry.read_text() for entry in tmp_path.iterdir()} == {"a\n", "b\n"}
    machine.unchanged(files.replace, path=str(path), text="z", replace="b", backup=True)


def test_a_file_that_something_makes_before(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "f"
    meta = machine.once(files.replace, path=str(path), text="a", replace="b", _ignore_errors=True)
    assert meta.did_error()
    assert "does not exist" in meta.stderr


@pytest.mark.parametrize(
    ("arguments", "error", "argument"),
    [
        ({"replace": "x"}, OperationTypeError, "text"),
        ({"text": "x"}, OperationTypeError, "replace"),
        ({"text": 5, "replace": "x"}, TypeError, "text"),
        ({"text": "[", "replace": "x"}, OperationValueError, "text"),
        ({"text": "", "replace": "x"}, OperationValueError, "text"),
        ({"text": "a\nb", "replace": "x"}, OperationValueError, "text"),
        ({"text": "a", "replace": "x", "flags": ["e"]}, OperationValueError, "flags"),
    ],
)
def test_arguments_that_make_no_sense(
    arguments: dict[str, Any], error: type[Exception], argument: str, machine: Machine, tmp_path: Path
) -> None:
    raised = machine.fails(files.replace, path=str(tmp_path / "f"), **arguments)
    assert isinstance(raised, error)
    assert raised.details.argument == argument  # type: ignore[attr-defined]
