"""``python`` operations and ``operations.util``."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra.api import OperationTypeError
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.facts.files import File
from pyinfra.operations import files, python
from pyinfra.operations.util import all_changed, any_changed

from .machine import Machine


def test_calling(machine: Machine, tmp_path: Any) -> None:
    seen: list[Any] = []

    def note(*args: Any, **kwargs: Any) -> None:
        from pyinfra import host

        files.file(path=tmp_path / "f")
        seen.append((args, kwargs, host.get_fact(File, path=tmp_path / "f")["size"]))

    assert machine.once(python.call, function=note, extra=1).did_succeed()
    assert seen == [((), {"extra": 1}, 0)]


def test_raising(machine: Machine) -> None:
    with machine.run(FAIL_PERCENT=100) as state:
        (meta,) = add_op(state, python.raise_exception, ValueError, "not here", _ignore_errors=True).values()
        run_ops(state)
    assert not meta.did_succeed()


def test_what_cannot_be_called(machine: Machine) -> None:
    assert isinstance(machine.fails(python.call, function=5), OperationTypeError)
    assert isinstance(machine.fails(python.raise_exception, exception="x"), OperationTypeError)


@pytest.mark.parametrize(("condition", "runs"), [(any_changed, True), (all_changed, False)])
def test_depending_on_others(condition: Any, runs: bool, machine: Machine, tmp_path: Any) -> None:
    (tmp_path / "there").touch()
    with machine.run() as state:
        changes = [next(iter(add_op(state, files.file, path=tmp_path / name).values())) for name in ("new", "there")]
        add_op(state, files.file, path=tmp_path / "after", _if=condition(*changes))
        run_ops(state)
    assert (tmp_path / "after").exists() == runs
