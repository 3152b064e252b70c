"""``cargo.packages``: what it yields; the real thing is in the system tests."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra.facts._cargo.newest import NewestCrates
from pyinfra.facts.cargo import CargoPackages
from pyinfra.operations import cargo

from .one_answer import commands_of

FACTS: dict[Any, Any] = {
    CargoPackages: {"ripgrep": {"13.0.0"}, "bat": {"0.24.0"}, "mine": {"2.0.0"}, "odd": {"1.0.0"}},
    NewestCrates: {"ripgrep": "14.1.0", "bat": "0.24.0", "mine": "1.0.0", "new": "1.0.0"},
}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, []),
        ({"packages": ["ripgrep", "ripgrep@13.0.0", "bat@^0.24"]}, []),
        ({"packages": ["ripgrep@14.1.0", "x;y"]}, ["cargo install ripgrep@14.1.0 'x;y'"]),
        ({"packages": ["ripgrep", "bat", "mine", "odd", "new"], "latest": True},
         ["cargo install new", "cargo install ripgrep odd"]),
        ({"packages": ["ripgrep@13.0.0", "x"], "latest": True, "present": False}, ["cargo uninstall ripgrep"]),
    ],
)  # fmt: skip
def test_commands(arguments: dict[str, Any], expected: list[str]) -> None:
    assert commands_of(cargo.packages, FACTS, **arguments) == expected


def test_when_nobody_knows() -> None:
    facts = {**FACTS, NewestCrates: None}
    assert commands_of(cargo.packages, facts, packages="bat", latest=True) == ["cargo install bat"]
