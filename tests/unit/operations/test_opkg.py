"""What opkg is told."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra.api import OperationValueError
from pyinfra.facts._opkg.provided import OpkgProvided
from pyinfra.facts.opkg import OpkgPackages, OpkgPkgUpgradeInfo, OpkgUpgradeablePackages
from pyinfra.operations import opkg

from .one_answer import commands_of

FACTS = {
    OpkgPackages: {"dnsmasq-full": {"2.90-4"}, "busybox": {"1.36.1-1"}},
    OpkgProvided: {"dnsmasq"},
    OpkgUpgradeablePackages: {"busybox": OpkgPkgUpgradeInfo("1.36.1-1", "1.36.1-2")},
}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, []),
        ({"packages": []}, []),
        ({"packages": ["busybox", "dnsmasq"]}, []),
        ({"packages": ["busybox", "tcpdump"]}, ["opkg update", "opkg install tcpdump"]),
        ({"packages": "tcpdump", "update": False}, ["opkg install tcpdump"]),
        ({"packages": ["busybox", "dnsmasq-full"], "latest": True, "update": False}, ["opkg upgrade busybox"]),
        ({"packages": "busybox", "latest": True}, ["opkg update", "opkg upgrade busybox"]),
        ({"packages": ["busybox", "x"], "present": False}, ["opkg remove busybox"]),
        ({"packages": "a;b", "update": False}, ["opkg install 'a;b'"]),
    ],
)
def test_commands(arguments: dict[str, Any], expected: list[str]) -> None:
    assert commands_of(opkg.packages, FACTS, **arguments) == expected


def test_update() -> None:
    assert commands_of(opkg.update) == ["opkg update"]
    assert opkg.EQUALS == "="


@pytest.mark.parametrize("packages", ["busybox=1.36", ["-x"], ["a b"]])
def test_what_is_no_name(packages: Any) -> None:
    with pytest.raises(OperationValueError) as caught:
        commands_of(opkg.packages, FACTS, packages=packages)
    assert isinstance(caught.value, ValueError)
