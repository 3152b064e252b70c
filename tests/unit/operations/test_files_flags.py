"""``files.flags``: BSD's ``chflags``, with recorded facts."""

from __future__ import annotations

import pytest

from pyinfra.api import OperationTypeError, OperationValueError
from pyinfra.facts.files import Flags
from pyinfra.operations import files

from .machine import Machine
from .stub import commands_of


@pytest.mark.parametrize(
    ("found", "flags", "present", "expected"),
    [
        ([], ["uchg"], True, ["chflags uchg /f"]),
        (None, ["uchg", "nodump"], True, ["chflags nodump,uchg /f"]),
        (["uchg"], ["uchg"], True, []),
        (["uchg"], ["uimmutable"], True, []),
        (["uchg", "nodump"], ["schg", "nodump", "schg"], True, ["chflags schg /f"]),
        (["uchg", "nodump"], ["uchg", "nodump", "schg"], False, ["chflags dump,nouchg /f"]),
        ([], ["uchg"], False, []),
        ([], [], True, []),
        ([], None, True, []),
    ],
)
def test_commands(found: list[str] | None, flags: list[str] | None, present: bool, expected: list[str]) -> None:
    assert commands_of(files.flags, {Flags: found}, path="/f", flags=flags, present=present) == expected


def test_names(machine: Machine) -> None:
    for wrong in (["a;b"], ["-R"], [""], ["$(id)"]):
        assert isinstance(machine.fails(files.flags, path="/f", flags=wrong), OperationValueError)
    assert isinstance(machine.fails(files.flags, path="/f", flags="uchg"), OperationTypeError)
