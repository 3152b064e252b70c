"""Ranges of versions as npm and cargo understand them."""

from __future__ import annotations

import pytest

from pyinfra._lib.packages.semver import version_of, within


@pytest.mark.parametrize(
    ("wanted", "inside", "outside"),
    [
        ("1.2.3", ["1.2.3"], ["1.2.4", "1.2", "11.2.3"]),
        ("=1.2.3", ["1.2.3"], ["1.2.4"]),
        ("v1.2.3", ["1.2.3"], ["1.2.4"]),
        ("1.2", ["1.2.0", "1.2.9"], ["1.3.0", "1.1.9"]),
        ("1", ["1.0.0", "1.9.9"], ["2.0.0", "0.9.9"]),
        ("1.x", ["1.0.0", "1.9.9"], ["2.0.0"]),
        ("1.2.*", ["1.2.7"], ["1.3.0"]),
        ("*", ["0.0.1", "9.9.9"], []),
        ("^1.2.3", ["1.2.3", "1.9.0"], ["1.2.2", "2.0.0"]),
        ("^1", ["1.0.0", "1.9.0"], ["2.0.0", "0.9.0"]),
        ("^0.2.3", ["0.2.3", "0.2.9"], ["0.3.0", "0.2.2", "1.0.0"]),
        ("^0.0.3", ["0.0.3"], ["0.0.4", "0.0.2"]),
        ("^0", ["0.0.1", "0.9.0"], ["1.0.0"]),
        ("~1.2.3", ["1.2.3", "1.2.9"], ["1.3.0", "1.2.2"]),
        ("~1.2", ["1.2.0", "1.2.9"], ["1.3.0"]),
        ("~1", ["1.0.0", "1.9.0"], ["2.0.0"]),
        (">=1.2", ["1.2.0", "3.0.0"], ["1.1.9"]),
        (">1.2", ["1.3.0"], ["1.2.5", "1.2.0"]),
        (">1.2.3", ["1.2.4"], ["1.2.3"]),
        ("<2", ["1.9.9"], ["2.0.0", "2.0.1"]),
        ("<=1.2", ["1.2.9", "1.0.0"], ["1.3.0"]),
        (">=1.2,<2", ["1.2.0", "1.9.0"], ["2.0.0", "1.1.0"]),
        ("^1||^3", ["1.5.0", "3.5.0"], ["2.0.0"]),
        ("1.0.0-beta.2", ["1.0.0-beta.2"], ["1.0.0", "1.0.0-beta.10"]),
        (">=1.0.0-beta.2", ["1.0.0-beta.10", "1.0.0", "1.0.0-rc"], ["1.0.0-beta.1", "1.0.0-alpha"]),
        ("^1.0.0", [], ["1.1.0-beta.1"]),
        ("next", ["next"], ["1.0.0"]),
        (">=", [], ["1.0.0"]),
        ("", [], ["1.0.0"]),
        ("file:../x", ["file:../x"], ["1.0.0"]),
    ],
)
def test_ranges(wanted: str, inside: list[str], outside: list[str]) -> None:
    assert [version for version in inside if not within(wanted, version)] == []
    assert [version for version in outside if within(wanted, version)] == []


def test_order() -> None:
    texts = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
             "1.0.0-rc.1", "1.0.0", "1.0.1", "1.10.0"]  # fmt: skip
    versions = [version for version in map(version_of, texts) if version is not None]
    assert len(versions) == len(texts)
    assert sorted(reversed(versions)) == versions
    assert version_of("1.0.0+x") == version_of("1.0.0+y")
    for wrong in ("1.0", "1", "x", "1.0.0.0", "01.x"):
        assert version_of(wrong) is None
