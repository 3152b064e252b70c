"""Facts about snaps: recorded from, and written after the documentation of, several versions of snapd."""

from __future__ import annotations

import pytest

from pyinfra.facts._snap.installed import SnapChannels
from pyinfra.facts.snap import SnapBaseFact, SnapPackage, SnapPackages

LIST_2_61 = """
Name     Version        Rev    Tracking         Publisher    Notes
core20   20240111       2182   latest/stable    canonical✓   base
lxd      5.0.2-838e1b2  24322  5.0/stable/…     canonical✓   -
hello    2.10           42     edge             canonical**  disabled
mine     1.0            x1     -                -            classic,try
""".splitlines()[1:]
LIST_2_20 = ["Name  Version  Rev  Developer  Notes", "core  16-2.25  1577  canonical  -"]
INFO = """
name:      lxd
summary:   LXD - container and VM manager
publisher: Canonical✓
store-url: https://snapcraft.io/lxd
contact:   https://example.org
license:   unset
description: |
  name: not this one
  LXD is a system container and virtual machine manager.
commands:
  - lxd.lxc
services:
  lxd.daemon: simple, enabled, active
snap-id:      J60k4JY0HppjwOjW8dZdYc8obXKxujRu
tracking:     5.0/stable/ubuntu-22.04
refresh-date: 5 days ago, at 10:00 UTC
channels:
  5.21/stable:      5.21.1-2d13beb 2024-03-27 (28155) 98MB -
installed:          5.0.2-838e1b2             (24322) 118MB -
---
name:      hello
summary:   GNU Hello, the "hello world" snap
publisher: Canonical✓
snap-id:   mVyGrEwiqSi5PugCwyH7WgpoQLemtTd6
channels:
  latest/stable:    2.10 2019-04-17 (38) 98kB -
""".splitlines()[1:]
LXD = {
    "name": "lxd", "publisher": "Canonical✓", "snap-id": "J60k4JY0HppjwOjW8dZdYc8obXKxujRu",
    "channel": "5.0/stable/ubuntu-22.04", "version": "5.0.2-838e1b2",
}  # fmt: skip
HELLO = {"name": "hello", "publisher": "Canonical✓", "snap-id": "mVyGrEwiqSi5PugCwyH7WgpoQLemtTd6"}


def test_recorded_lists() -> None:
    assert SnapPackages().process(LIST_2_61) == ["core20", "lxd", "hello", "mine"]
    assert SnapChannels().process(LIST_2_61) == {
        "core20": "latest/stable", "lxd": None, "hello": "latest/edge", "mine": None,
    }  # fmt: skip
    assert SnapChannels().process(LIST_2_20) == {"core": None}
    for nothing in ([], ["No snaps are installed yet. Try 'snap install hello-world'."]):
        assert SnapPackages().process(nothing) == []


def test_recorded_info() -> None:
    assert SnapPackage().process(INFO) == LXD
    calls = [{"package": name} for name in ("hello", "nothing", "lxd")]
    assert SnapPackage().batch_process(calls, ['warning: no snap found for "nothing"', *INFO]) == [HELLO, {}, LXD]
    assert SnapPackage().process(['error: no snap found for "x"']) == {}
    assert " -- 'a;b' c " in str(SnapPackage().batch_command([{"package": "a;b"}, {"package": "c"}]))
    assert issubclass(SnapPackage, SnapBaseFact)


@pytest.mark.parametrize("header", ["Name Version Rev Tracking", "Name Version"])
def test_short_rows(header: str) -> None:
    assert SnapChannels().process([header, "a", "a 1", "a 1 2"]) == {"a": None}
