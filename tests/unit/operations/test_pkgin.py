"""What pkgin is told."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra.api import OperationValueError
from pyinfra.facts._pkgin.outdated import PkginOutdated
from pyinfra.facts.pkgin import PkginPackages
from pyinfra.operations import pkgin

from .one_answer import commands_of

FACTS = {PkginPackages: {"nginx": {"1.24.0nb2"}, "curl": {"8.5.0"}}, PkginOutdated: {"curl": ""}}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, []),
        ({"packages": ["nginx", "nginx-1.24.0nb2"]}, []),
        ({"packages": ["git", "nginx-1.25.0"]}, ["pkgin -y install git nginx-1.25.0"]),
        ({"packages": ["nginx", "curl"], "latest": True}, ["pkgin -y install curl"]),
        ({"packages": ["nginx"], "latest": True, "update": True}, ["pkgin -y update", "pkgin -y install nginx"]),
        ({"packages": ["nginx", "curl", "x"], "present": False}, ["pkgin -y remove nginx curl"]),
        ({"packages": "a;b", "upgrade": True}, ["pkgin -y upgrade", "pkgin -y install 'a;b'"]),
    ],
)
def test_commands(arguments: dict[str, Any], expected: list[str]) -> None:
    assert commands_of(pkgin.packages, FACTS, **arguments) == expected


def test_upgrade_and_update() -> None:
    assert commands_of(pkgin.update) == ["pkgin -y update"]
    assert commands_of(pkgin.upgrade) == ["pkgin -y upgrade"]


def test_what_is_no_name() -> None:
    with pytest.raises(OperationValueError):
        commands_of(pkgin.packages, FACTS, packages=["-F"])
