"""Facts about pacman, from what pacman 6 prints; the system tests ask it itself."""

from __future__ import annotations

import pytest

from pyinfra._core.errors import FactProcessError
from pyinfra.facts._pacman.names import PacmanNames, PacmanUpgrade
from pyinfra.facts.pacman import PacmanPackages, PacmanUnpackGroup


def test_recorded_list() -> None:
    lines = ["acl 2.3.1-3", "bash 5.2.021-1", "vim 1:9.0.2167-1", "gtk+ 1-1", "warning: something is wrong", ""]
    assert PacmanPackages().process(lines) == {
        "acl": {"2.3.1-3"}, "bash": {"5.2.021-1"}, "vim": {"1:9.0.2167-1"}, "gtk+": {"1-1"},
    }  # fmt: skip


def test_recorded_group() -> None:
    lines = [":: There are 2 members in group tools:", ":: Repository small", "   1) tool-a  2) tool-b", "",
             "Enter a selection (default=all): ", "= tool-a", "= tool-b"]  # fmt: skip
    assert PacmanUnpackGroup().process(lines) == ["tool-a", "tool-b"]
    assert PacmanUnpackGroup().process(["gcc", "make"]) == ["gcc", "make"]
    assert "-- 'a;b'" in str(PacmanUnpackGroup().command("a;b"))


def test_recorded_names() -> None:
    lines = ["= groups", "tools tool-a", "tools tool-b", "= installed", "tools tool-b", "= packages",
             "Name            : demo", "= missing", "demo", "tools"]  # fmt: skip
    assert PacmanNames().process(lines) == {
        "groups": {"tools": ["tool-a", "tool-b"]}, "here": {"tools": ["tool-b"]}, "packages": ["demo"],
        "missing": ["demo", "tools"],
    }  # fmt: skip
    with pytest.raises(FactProcessError):
        PacmanNames().process(["= groups", "tools tool-a"])


def test_recorded_upgrade() -> None:
    assert PacmanUpgrade().process(["=", ":: Replace a with extra/b? [Y/n] ", "= demo 1:1-1"]) == {"demo": "1:1-1"}
    assert PacmanUpgrade().process(["="]) == {}
    assert PacmanUpgrade().process([]) is None
