"""``files.rsync`` on this machine."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from pyinfra.api import Config, Inventory, OperationError, OperationTypeError, OperationValueError, State
from pyinfra.api.connect import connect_all
from pyinfra.api.operation import add_op
from pyinfra.operations import files
from pyinfra.operations.files import show_rsync_warning

from .machine import Machine


@pytest.mark.skipif(shutil.which("rsync") is None, reason="rsync is not installed")
def test_a_directory(machine: Machine, tmp_path: Path) -> None:
    source, dest = tmp_path / "it's; touch x", tmp_path / "dest $(id)"
    (source / "sub").mkdir(parents=True)
    (source / "sub" / "f").write_text("x")
    dest.mkdir()
    (dest / "extra").touch()
    machine.apply(files.rsync, src=f"{source}/", dest=str(dest), again=False)
    assert {str(path.relative_to(dest)) for path in dest.rglob("*")} == {"sub", "sub/f"}
    (dest / "extra").touch()
    machine.apply(files.rsync, src=f"{source}/", dest=str(dest), flags=["-a"], again=False)
    assert (dest / "extra").exists()
    show_rsync_warning()


@pytest.mark.skipif(shutil.which("rsync") is None, reason="rsync is not installed")
def test_global_arguments_count(machine: Machine, tmp_path: Path) -> None:
    source, there = tmp_path / "source", tmp_path / "there"
    for directory in (source, there):
        directory.mkdir()
    (source / "f").write_text("x")
    machine.apply(files.rsync, src=f"{source}/", dest="dest", again=False, _chdir=str(there))
    assert (there / "dest" / "f").read_text() == "x"


@pytest.mark.parametrize("flags", ["-a", ["-a", 1], 5, ["--exclude='a"]])
def test_flags_are_a_list_of_texts(machine: Machine, tmp_path: Path, flags: Any) -> None:
    error = machine.fails(files.rsync, src=str(tmp_path), dest="/nowhere", flags=flags)
    assert isinstance(error, OperationValueError if flags == ["--exclude='a"] else OperationTypeError)
    assert error.details.argument == "flags"


def test_not_every_host_can(tmp_path: Path) -> None:
    state = State(Inventory((["@fake/somewhere"], {})), Config())
    connect_all(state)
    with pytest.raises(OperationError, match="rsync"):
        add_op(state, files.rsync, src=str(tmp_path), dest="/srv/x")
