"""What xbps is told."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra.api import OperationValueError
from pyinfra.facts._xbps.names import XbpsMatches, XbpsUpgrade
from pyinfra.facts.xbps import XbpsPackages
from pyinfra.operations import xbps

from .one_answer import commands_of

FACTS = {
    XbpsPackages: {"bash": {"5.2.015_1"}, "vim-x11": {"9.0_2"}},
    XbpsUpgrade: {"bash": "5.2.021_1"},
    XbpsMatches: {},
}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, []),
        ({"packages": ["bash", "bash-5.2.015_1", ["nano", "vim-x11"]]}, []),
        ({"packages": ["git", "bash-5.3_1"]}, ["xbps-install -y -u git bash-5.3_1"]),
        ({"packages": "a;b"}, ["xbps-install -y -u 'a;b'"]),
        ({"packages": ["bash", "git"], "present": False}, ["xbps-remove -y bash"]),
        ({"packages": "bash-5.2.015_1", "present": False}, ["xbps-remove -y bash-5.2.015_1"]),
        ({"packages": "git", "update": True}, ["xbps-install -S -y", "xbps-install -y -u git"]),
        ({"upgrade": True}, ["xbps-install -y -u"]),
    ],
)
def test_commands(arguments: dict[str, Any], expected: list[str]) -> None:
    assert commands_of(xbps.packages, FACTS, **arguments) == expected


def test_what_installed_packages_match() -> None:
    facts = {**FACTS, XbpsMatches: {"0": "vim-x11-9.0_2"}}
    asked = ["vim", "bash>=6"]
    assert commands_of(xbps.packages, facts, packages=asked) == ["xbps-install -y -u 'bash>=6'"]


def test_upgrade_and_update() -> None:
    assert commands_of(xbps.update) == ["xbps-install -S -y"]
    assert commands_of(xbps.upgrade, FACTS) == ["xbps-install -y -u"]
    assert commands_of(xbps.upgrade, {**FACTS, XbpsUpgrade: {}}) == []


def test_what_is_no_name() -> None:
    with pytest.raises(OperationValueError):
        commands_of(xbps.packages, FACTS, packages=["-R"])
