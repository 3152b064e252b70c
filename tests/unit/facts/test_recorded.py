"""Outputs of tools (recorded, or made after their documentation) and the values that they stand for."""

from __future__ import annotations

import importlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pyinfra._core.errors import FactProcessError
from pyinfra.facts.server import HasGui, LinuxName, SecurityLimits

FIXTURES = Path(__file__).parents[2] / "fixtures" / "facts"
CASES = sorted(FIXTURES.glob("*/*/*.txt"))


def plain(value: Any) -> Any:
    """A value in the terms of JSON."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.parts[-3] in ("server", "files")],
    ids=lambda case: "/".join(case.parts[-3:]),
)
def test_recorded_output(case: Path) -> None:
    fact = getattr(importlib.import_module(f"pyinfra.facts.{case.parts[-3]}"), case.parts[-2])()
    value = fact.process(case.read_text().split("\n")[:-1])
    assert plain(value) == json.loads(case.with_suffix(".json").read_text())


@pytest.mark.parametrize(
    ("fact", "lines"),
    [
        ("Date", ["yesterday"]),
        ("Uptime", ["soon"]),
        ("Uptime", ["1", "{ sec = 5, usec = 0 }"]),
        ("LoadAverage", ["load average: much"]),
        ("LoadAverage", ["load average: 1.2.3, 0, 0"]),
        ("Mounts", ["x"]),
        ("Mounts", ["{"]),
        ("Mounts", ['{"mount": {"mounted": [{}]}}']),
        ("Mounts", ["1 2 3:4 / /x rw"]),
        ("KernelModules", ["x y"]),
        ("KernelModules", ["Id Refs Address Size Name", "x"]),
        ("Sysctl", ["what?"]),
        ("Processes", ["x"]),
        ("Processes", ["PID USER STAT COMMAND COMMAND", "x"]),
        ("Users", ["root:x:0:0:root:/root:/bin/sh"]),
        ("Timezone", ["not a zone"]),
        ("RebootRequired", ["maybe"]),
        ("Which", ["= 1", "/a", "/b"]),
    ],
)
def test_what_makes_no_sense_is_an_error(fact: str, lines: list[str]) -> None:
    server = importlib.import_module("pyinfra.facts.server")
    with pytest.raises(FactProcessError):
        getattr(server, fact)().process(lines)


def test_a_limit_without_four_words_is_a_value_error_too() -> None:
    with pytest.raises(ValueError, match="not understood") as caught:
        SecurityLimits().process(["* soft nofile"])
    assert isinstance(caught.value, FactProcessError)


def test_short_facts() -> None:
    assert LinuxName().process_data({"name": "Alpine"}) == "Alpine"
    assert HasGui().process_data(["GNOME"]) is True
    assert HasGui().process_data([]) is False
