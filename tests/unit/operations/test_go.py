"""``go.packages``: what it yields; the real thing is in the system tests."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra.api import OperationValueError
from pyinfra.facts._go.programs import InstalledPrograms, NewestModules
from pyinfra.facts.go import GoPackages
from pyinfra.operations import go

from .one_answer import commands_of

FACTS: dict[Any, Any] = {
    InstalledPrograms: {"e.com/t/cmd/a": {"v1.0.0"}, "e.com/t/cmd/b": {"v1.1.0"}, "e.com/x/v2": {"v2.0.0"}},
    GoPackages: {"e.com/t": {"v1.0.0", "v1.1.0"}, "e.com/x/v2": {"v2.0.0"}},
    NewestModules: {"e.com/t": "v1.1.0"},
}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, []),
        ({"packages": ["e.com/t/cmd/a", "e.com/t/cmd/a@v1", "e.com/x/v2@v2.0.0"]}, []),
        ({"packages": ["e.com/t/cmd/a@v1.1.0", "e.com/n;o"]}, ["go install e.com/t/cmd/a@v1.1.0",
                                                              "go install 'e.com/n;o@latest'"]),
        ({"packages": ["e.com/t/cmd/a", "e.com/t/cmd/b"], "latest": True}, ["go install e.com/t/cmd/a@latest"]),
        ({"packages": ["e.com/t/cmd/a@latest", "e.com/t/cmd/b@latest"]}, ["go install e.com/t/cmd/a@latest"]),
        ({"packages": "e.com/x/v2", "latest": True}, ["go install e.com/x/v2@latest"]),
        ({"packages": "e.com/n", "latest": True}, ["go install e.com/n@latest"]),
    ],
)  # fmt: skip
def test_commands(arguments: dict[str, Any], expected: list[str]) -> None:
    assert commands_of(go.packages, FACTS, **arguments) == expected


def test_removing() -> None:
    (command,) = commands_of(go.packages, FACTS, packages=["e.com/t/cmd/a", "e.com/x/v2@v2", "z"], present=False)
    assert command.endswith('rm -f "$d"/a "$d"/x')


@pytest.mark.parametrize("wrong", ["./here", "/srv/x", "-n", "e.com/x/", "a b", "a\\b"])
def test_what_is_no_path(wrong: str) -> None:
    with pytest.raises(OperationValueError) as caught:
        commands_of(go.packages, FACTS, packages=wrong)
    assert caught.value.details.argument == "packages"
