"""``gem.packages``: what it yields; the real thing is in the system tests."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra.facts._gem.outdated import OutdatedGems
from pyinfra.facts.gem import GemPackages
from pyinfra.operations import gem

from .one_answer import commands_of

FACTS: dict[Any, Any] = {GemPackages: {"rake": {"13.0.6", "12.3.3"}, "json": {"2.6"}}, OutdatedGems: {"json": "2.7"}}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, []),
        ({"packages": ["rake", "rake:12.3.3", "json:2.6.0"]}, []),
        ({"packages": ["rake:13.1", "x;y"]}, ["gem install rake:13.1 'x;y'"]),
        ({"packages": ["rake", "json", "x"], "latest": True}, ["gem install x", "gem update json"]),
        ({"packages": "rake:12.3.3", "latest": True}, []),
        ({"packages": ["rake:12.3.3", "x"], "present": False}, ["gem uninstall --all --executables rake:12.3.3"]),
        ({"packages": "json", "present": False, "latest": True}, ["gem uninstall --all --executables json"]),
    ],
)
def test_commands(arguments: dict[str, Any], expected: list[str]) -> None:
    assert commands_of(gem.packages, FACTS, **arguments) == expected
