"""``files.copy`` and ``files.move`` on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pyinfra.api import OperationError, OperationValueError
from pyinfra.operations import files

from .machine import Machine


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """Something of every kind, and a directory for it."""
    top, dest = tmp_path / "from it's", tmp_path / "-to"
    (top / "dir" / "sub").mkdir(parents=True)
    dest.mkdir()
    (top / "file").write_text("content")
    (top / "file").chmod(0o755)
    (top / "dir" / "sub" / "f").write_text("f")
    (top / "dir" / "link").symlink_to("nowhere")
    (top / "link\n$(id)").symlink_to("/etc/../etc")
    return top, dest


@pytest.mark.parametrize("name", ["file", "dir", "link\n$(id)"])
@pytest.mark.parametrize("operation", [files.copy, files.move], ids=lambda operation: operation.__name__)
def test_every_kind(operation: object, name: str, machine: Machine, places: tuple[Path, Path]) -> None:
    top, dest = places
    machine.apply(operation, src=str(top / name), dest=str(dest))
    assert (top / name).is_symlink() == (operation is files.copy and name.startswith("link"))
    assert os.path.lexists(top / name) == (operation is files.copy)
    there = dest / name
    if name == "file":
        assert there.read_text() == "content"
        assert there.stat().st_mode & 0o777 == 0o755
    elif name == "dir":
        assert (there / "sub" / "f").read_text() == "f"
        assert (there / "link").readlink() == Path("nowhere")
    else:
        assert there.readlink() == Path("/etc/../etc")
    assert [entry.name for entry in dest.iterdir()] == [name]


@pytest.mark.parametrize("name", ["file", "dir", "link\n$(id)"])
@pytest.mark.parametrize("operation", [files.copy, files.move], ids=lambda operation: operation.__name__)
@pytest.mark.parametrize("there", ["file", "dir", "link"])
def test_something_else_is_there(
    operation: object, name: str, there: str, machine: Machine, places: tuple[Path, Path]
) -> None:
    top, dest = places
    if there == "file":
        (dest / name).write_text("other")
    elif there == "dir":
        (dest / name).mkdir()
        (dest / name / "mine").write_text("mine")
    else:
        (dest / name).symlink_to(top)
    error = machine.fails(operation, src=str(top / name), dest=str(dest))
    assert isinstance(error, OperationError)
    assert "overwrite" in str(error.details.hint)
    machine.apply(operation, src=str(top / name), dest=str(dest), overwrite=True)
    assert (dest / name).is_file() == (name == "file")
    assert not (dest / name / "mine").exists()
    assert (top / "dir").is_dir() == (operation is files.copy or name != "dir")


def test_the_same_is_left_alone(machine: Machine, places: tuple[Path, Path]) -> None:
    top, dest = places
    machine.unchanged(files.copy, src=str(top / "file"), dest=str(top), overwrite=True)
    machine.unchanged(files.move, src=str(top / "file"), dest=f"{top}/", overwrite=True)
    machine.apply(files.copy, src=str(top / "dir"), dest=str(dest))
    (top / "dir" / "sub" / "f").write_text("g")
    assert isinstance(machine.fails(files.copy, src=str(top / "dir"), dest=str(dest)), OperationError)
    machine.apply(files.copy, src=f"{top}/dir/", dest=str(dest), overwrite=True)
    assert (dest / "dir" / "sub" / "f").read_text() == "g"


def test_nothing_is_lost_by_moving_a_thing_over_itself(machine: Machine, places: tuple[Path, Path]) -> None:
    top, dest = places
    dest.rmdir()
    dest.symlink_to(top)
    meta = machine.once(files.move, src=str(top / "file"), dest=str(dest), overwrite=True, _ignore_errors=True)
    assert meta.did_error()
    assert (top / "file").read_text() == "content"


@pytest.mark.parametrize("operation", [files.copy, files.move], ids=lambda operation: operation.__name__)
def test_what_cannot_be_done(operation: object, machine: Machine, places: tuple[Path, Path]) -> None:
    top, dest = places
    assert isinstance(machine.fails(operation, src=str(top / "dir"), dest=str(top / "file")), OperationError)
    assert isinstance(machine.fails(operation, src=str(top), dest=str(top / "dir")), OperationValueError)
    assert isinstance(machine.fails(operation, src="/", dest=str(dest)), OperationValueError)
    for arguments, message in (
        ({"src": str(top / "none"), "dest": str(dest)}, "does not exist"),
        ({"src": str(top / "file"), "dest": str(dest / "none")}, "not a directory"),
    ):
        meta = machine.once(operation, **arguments, _ignore_errors=True)
        assert meta.did_error()
        assert message in meta.stderr
