"""What pkg and pkg_add are told."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra.api import OperationTypeError, OperationValueError
from pyinfra.facts._pkg.tools import PkgOrigins, PkgTool
from pyinfra.facts.pkg import PkgPackages
from pyinfra.operations import pkg

from .one_answer import commands_of

FREEBSD = {
    PkgPackages: {"nginx": {"1.24.0_3,3"}, "py39-pip": {"23"}}, PkgTool: "pkg",
    PkgOrigins: {"devel/py-pip": "py39-pip"},
}  # fmt: skip
OPENBSD = {PkgPackages: {"vim": {"9.0.2-no_x11"}, "python": {"3.10.13", "3.11.7"}, "git": {"2.42"}}, PkgTool: "pkg_add"}
INSTALL = "ASSUME_ALWAYS_YES=yes pkg install -y"


@pytest.mark.parametrize(
    ("facts", "arguments", "expected"),
    [
        (FREEBSD, {}, []),
        (FREEBSD, {"packages": ["nginx", "nginx-1.24.0_3,3", "devel/py-pip"]}, []),
        (FREEBSD, {"packages": ["curl", "www/h2o", "nginx-1.25"]}, [f"{INSTALL} curl www/h2o nginx-1.25"]),
        (FREEBSD, {"packages": "a;b", "pkg_path": "http://x"}, [f"{INSTALL} 'a;b'"]),
        (FREEBSD, {"packages": ["nginx", "x"], "present": False}, ["pkg delete -y nginx"]),
        (OPENBSD, {"packages": ["git", "vim--no_x11", "python%3.11", "git--"]}, []),
        (OPENBSD, {"packages": ["vim--", "python%3.12"]}, ["pkg_add vim-- python%3.12"]),
        (OPENBSD, {"packages": "jq", "pkg_path": "https://x/%v/a b"}, ["PKG_PATH='https://x/%v/a b' pkg_add jq"]),
        (OPENBSD, {"packages": ["vim--no_x11", "x"], "present": False}, ["pkg_delete vim"]),
    ],
)
def test_commands(facts: dict[Any, Any], arguments: dict[str, Any], expected: list[str]) -> None:
    assert commands_of(pkg.packages, facts, **arguments) == expected


def test_an_openbsd_that_does_not_say_where_its_packages_are() -> None:
    facts = {**OPENBSD, PkgTool: "pkg_add without mirror"}
    (command,) = commands_of(pkg.packages, facts, packages="jq")
    assert command == "PKG_PATH=https://cdn.openbsd.org/pub/OpenBSD/%v/packages/%a/ pkg_add jq"
    assert commands_of(pkg.packages, facts, packages="jq", pkg_path="/mnt") == ["PKG_PATH=/mnt pkg_add jq"]
    assert commands_of(pkg.packages, facts, packages="git", present=False) == ["pkg_delete git"]


def test_what_is_wrong() -> None:
    assert commands_of(pkg.packages, packages="jq") == [f"{INSTALL} jq"]
    with pytest.raises(OperationValueError):
        commands_of(pkg.packages, FREEBSD, packages="-j")
    with pytest.raises(OperationValueError):
        commands_of(pkg.packages, FREEBSD, packages="jq", pkg_path="")
    wrong: Any = 3
    with pytest.raises(OperationTypeError):
        commands_of(pkg.packages, FREEBSD, packages="jq", pkg_path=wrong)
