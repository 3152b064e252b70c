"""``flatpak.packages``: what it yields; the real thing is in the system tests."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra.api import OperationTypeError, OperationValueError
from pyinfra.facts._flatpak.installed import InstalledFlatpaks
from pyinfra.operations import flatpak

from .one_answer import commands_of

FACTS = {InstalledFlatpaks: InstalledFlatpaks().process(["app/org.a.B/x86_64/stable", "runtime/org.a.P/x86_64/1"])}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, []),
        ({"packages": ["org.a.B", "org.a.B//stable", "runtime/org.a.P/x86_64/1"]}, []),
        ({"packages": ["org.a.C", "org.a.B//beta"]}, ["flatpak install --noninteractive org.a.C org.a.B//beta"]),
        ({"packages": "a;b", "remote": "x;y"}, ["flatpak install --noninteractive 'x;y' 'a;b'"]),
        ({"packages": ["org.a.B//beta", "org.a.P"], "present": False}, ["flatpak uninstall --noninteractive org.a.P"]),
    ],
)
def test_commands(arguments: dict[str, Any], expected: list[str]) -> None:
    assert commands_of(flatpak.packages, FACTS, **arguments) == expected


@pytest.mark.parametrize("remote", ["", "-y", "a b", 1])
def test_what_is_no_remote(remote: Any) -> None:
    with pytest.raises((OperationValueError, OperationTypeError)) as caught:
        commands_of(flatpak.packages, FACTS, packages="org.a.B", remote=remote)
    assert caught.value.details.argument == "remote"
