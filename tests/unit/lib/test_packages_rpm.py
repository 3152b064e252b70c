"""Versions of rpm, and how dnf, yum and zypper are told what to do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyinfra._lib.packages.dnf import dnf, written_for_dnf
from pyinfra._lib.packages.rpm import compare, file_name_parts, parse_list, same_version, split_version, without_epoch
from pyinfra._lib.packages.yum import yum
from pyinfra._lib.packages.zypper import zypper

VERSIONS = st.from_regex(r"([0-9]:)?[0-9a-z.~^_]{1,6}(-[0-9a-z.]{1,4})?", fullmatch=True)


# As the function rpm.vercmp of rpm 4.18 answers, where there are no epochs and releases.
@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("1.0", "1.0", 0), ("1.0", "2.0", -1), ("2.0.1", "2.0", 1), ("2.0.1a", "2.0.1", 1), ("5.5p1", "5.5p2", -1),
        ("5.5p10", "5.5p1", 1), ("10xyz", "10.1xyz", -1), ("xyz10", "xyz10.1", -1), ("xyz.4", "8", -1),
        ("5.5p2", "5.6p1", -1), ("6.0.rc1", "6.0", 1), ("10b2", "10a1", 1), ("1.0010", "1.9", 1), ("1.05", "1.5", 0),
        ("2_0", "2.0", 0), ("+a", "_a", 0), ("1.0~rc1", "1.0", -1), ("1.0~rc1", "1.0~rc2", -1), ("1.0^", "1.0", 1),
        ("1.0^git1", "1.0.1", -1), ("1.0^git1~pre", "1.0^git1", -1), ("1:1", "2", 1), ("0:1", "1", 0),
        ("1.0-1", "1.0-2", -1), ("1.0-1", "1.0", 0), ("a", "1", -1),
    ],
)  # fmt: skip
def test_comparing(one: str, other: str, expected: int) -> None:
    assert (compare(one, other), compare(other, one)) == (expected, -expected)


@given(VERSIONS, VERSIONS)
def test_comparing_is_symmetric(one: str, other: str) -> None:
    assert compare(one, other) == -compare(other, one)
    assert compare(one, one) == 0


@pytest.mark.parametrize(
    ("wanted", "version", "expected"),
    [
        ("1.22", "1.22-3.el9", True), ("1.22-3.el9", "1:1.22-3.el9", True), ("1:1.22", "1:1.22-3.el9", True),
        ("0:1.22", "1.22-3.el9", True), ("2:1.22", "1.22-3.el9", False), ("1.2", "1.22-3.el9", False),
        ("1.*", "1.22-3.el9", True), ("*-3.el?", "1.22-3.el9", True), (">=1.22", "1.22-3.el9", True),
        (">1.22", "1.22-3.el9", False), ("<1.3", "1.22-3.el9", False), ("<=1:0", "7-1", True),
        (">=1.22-4", "1.22-3", False),
    ],
)  # fmt: skip
def test_wanted_versions(wanted: str, version: str, expected: bool) -> None:
    assert same_version(wanted, version) is expected


@pytest.mark.parametrize(
    ("text", "name", "version", "for_dnf"),
    [
        ("nginx", "nginx", None, "nginx"),
        ("nginx=1.22", "nginx", "1.22", "nginx-1.22"),
        ("nginx>=1:1.22", "nginx", ">=1:1.22", "nginx >= 1:1.22"),
        ("nginx<2", "nginx", "<2", "nginx < 2"),
        ("pkgconfig(x)=1", "pkgconfig(x)", "1", "pkgconfig(x)-1"),
        ("nginx=", "nginx=", None, "nginx="),
        ("=1", "=1", None, "=1"),
        ("/opt/a=b", "/opt/a=b", None, "/opt/a=b"),
        ("@a=b", "@a=b", None, "@a=b"),
        ("https://x/?a=b", "https://x/?a=b", None, "https://x/?a=b"),
        ("(a=1)", "(a=1)", None, "(a=1)"),
    ],
)
def test_names_with_versions(text: str, name: str, version: str | None, for_dnf: str) -> None:
    assert split_version(text) == (name, version)
    assert written_for_dnf(text) == for_dnf


def test_names_of_files() -> None:
    assert file_name_parts("epel-release-9-7.el9.noarch.rpm") == ("epel-release", "9-7.el9")
    assert file_name_parts("epel-release-latest.rpm") is None
    assert without_epoch("1:2-3") == without_epoch("2-3") == "2-3"


def test_lists() -> None:
    lines = ["a\t1:1-1\tnoarch", "b\t1-1\tx86_64", "b\t1-2\tx86_64", "vim 9-1", "no sense at all", "", "\t1-1\tx"]
    assert parse_list(lines) == {"a": {"1:1-1"}, "b": {"1-1", "1-2"}, "vim": {"9-1"}}


def test_commands() -> None:
    assert dnf(nobest=True).install == "dnf install -y --nobest"
    assert (yum().install, yum().remove, yum().upgrade) == ("yum install -y", "yum remove -y", "yum update -y")
    manager = zypper("--root /a", "--root /b")
    assert manager.install == "zypper --root /a --non-interactive --gpg-auto-import-keys install -y"
    assert manager.remove == "zypper --root /b --non-interactive remove -y"
    assert zypper(older=True).install == "zypper --non-interactive --gpg-auto-import-keys install -y --oldpackage"
