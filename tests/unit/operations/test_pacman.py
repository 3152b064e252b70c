"""What pacman is told."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra.api import OperationValueError
from pyinfra.facts._pacman.names import PacmanNames, PacmanUpgrade
from pyinfra.facts.pacman import PacmanPackages
from pyinfra.operations import pacman

from .one_answer import commands_of

FACTS = {
    PacmanPackages: {"bash": {"5.2.021-1"}, "gcc": {"13.2.1-3"}, "vi": {"1:9-1"}},
    PacmanUpgrade: {"bash": "5.2.026-1"},
    PacmanNames: {"groups": {"devel": ["gcc", "make"]}, "here": {"devel": ["gcc"]}, "packages": ["emacs", "git"],
                  "missing": ["git", "bash>=6", "nothing"]},
}  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, []),
        ({"packages": ["bash", "extra/gcc", "bash=5.2.021", "bash=5.2.021-1"]}, []),
        ({"packages": ["git", "nothing"]}, ["pacman --noconfirm -S git nothing"]),
        ({"packages": "bash=5.3"}, ["pacman --noconfirm -S bash=5.3"]),
        ({"packages": "bash>=6"}, ["pacman --noconfirm -S 'bash>=6'"]),
        ({"packages": "bash>=5"}, []),
        ({"packages": "devel"}, ["pacman --noconfirm -S make"]),
        ({"packages": "editor"}, []),
        ({"packages": "emacs"}, ["pacman --noconfirm -S emacs"]),
        ({"packages": [["nano", "vi"]]}, []),
        ({"packages": ["devel", "bash"], "present": False}, ["pacman --noconfirm -R gcc bash"]),
        ({"packages": ["editor"], "present": False}, []),
        ({"update": True}, ["pacman -Sy --noconfirm"]),
        ({"upgrade": True}, ["pacman --noconfirm -Su"]),
        ({"packages": "git", "update": True, "upgrade": True},
         ["pacman -Sy --noconfirm", "pacman --noconfirm -Su", "pacman --noconfirm -S git"]),
    ],
)  # fmt: skip
def test_commands(arguments: dict[str, Any], expected: list[str]) -> None:
    assert commands_of(pacman.packages, FACTS, **arguments) == expected


def test_upgrade_and_update() -> None:
    assert commands_of(pacman.update) == ["pacman -Sy --noconfirm"]
    assert commands_of(pacman.upgrade, FACTS) == ["pacman --noconfirm -Su"]
    assert commands_of(pacman.upgrade, {**FACTS, PacmanUpgrade: {}}) == []
    assert commands_of(pacman.upgrade, {**FACTS, PacmanUpgrade: None}) == ["pacman --noconfirm -Su"]


def test_what_is_no_name() -> None:
    with pytest.raises(OperationValueError):
        commands_of(pacman.packages, FACTS, packages=["--root=/x"])
