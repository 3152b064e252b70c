"""What apk is told."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra.api import OperationTypeError, OperationValueError
from pyinfra.facts._apk.world import ApkUpgrade, ApkWorld
from pyinfra.facts.apk import ApkPackages
from pyinfra.operations import apk

from .one_answer import commands_of

FACTS = {
    ApkPackages: {"busybox": {"1.36.1-r15"}, "nginx": {"1.24.0-r1"}, "musl": {"1.2.4-r2"}},
    ApkWorld: ["busybox", "nginx@edge", "cmd:sh", "curl>8", "nginx"],
    ApkUpgrade: {"musl": "1.2.4-r3"},
}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, []),
        ({"packages": []}, []),
        ({"packages": ["busybox", "nginx"]}, []),
        ({"packages": ["busybox", "git", "git", "jq"]}, ["apk add git jq"]),
        ({"packages": ["nginx=1.24.0-r1", "busybox=1.37.0-r0"]}, ["apk add busybox=1.37.0-r0"]),
        ({"packages": ["nginx@edge", "cmd:sh", "curl>8"]}, []),
        ({"packages": ["nginx@main", "nginx~1.24", "curl>9"]}, ["apk add nginx@main 'nginx~1.24' 'curl>9'"]),
        ({"packages": ["musl", "nginx", "git"], "latest": True}, ["apk add git", "apk upgrade musl"]),
        ({"packages": ["musl", "git"], "latest": True, "update": True},
         ["apk update", "apk add git", "apk upgrade musl"]),
        ({"packages": ["musl"], "upgrade": True}, ["apk upgrade"]),
        ({"packages": ["musl=1.2.4-r3"], "upgrade": True}, ["apk upgrade"]),
        ({"packages": ["musl", "git"], "present": False}, ["apk del musl"]),
        ({"packages": ["nginx@edge", "busybox=9"], "present": False}, ["apk del nginx busybox"]),
        ({"packages": [["mg", "busybox"], ["a", "b"]]}, ["apk add a"]),
        ({"packages": "a;b"}, ["apk add 'a;b'"]),
    ],
)  # fmt: skip
def test_commands(arguments: dict[str, Any], expected: list[str]) -> None:
    assert commands_of(apk.packages, FACTS, **arguments) == expected


def test_upgrade_and_update() -> None:
    assert commands_of(apk.update) == ["apk update"]
    assert commands_of(apk.upgrade, FACTS) == ["apk upgrade"]
    assert commands_of(apk.upgrade, FACTS, available=True) == ["apk upgrade --available"]
    assert commands_of(apk.upgrade, {**FACTS, ApkUpgrade: {}}) == []
    assert commands_of(apk.upgrade, {**FACTS, ApkUpgrade: None}) == ["apk upgrade"]


@pytest.mark.parametrize("packages", ["--root=/x", "a b", "", ["a", "-x"], "a\n"])
def test_what_is_no_name(packages: Any) -> None:
    with pytest.raises(OperationValueError) as caught:
        commands_of(apk.packages, FACTS, packages=packages or [packages])
    assert caught.value.details.argument == "packages"


def test_what_is_no_text() -> None:
    with pytest.raises(OperationTypeError):
        commands_of(apk.packages, FACTS, packages=[3])
