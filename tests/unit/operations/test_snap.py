"""``snap.package`` with a program that is called so, and keeps what it would install in a directory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from pyinfra.api import OperationTypeError, OperationValueError
from pyinfra.facts._snap.installed import SnapChannels
from pyinfra.facts.snap import SnapPackage, SnapPackages
from pyinfra.operations import snap

from .machine import Machine
from .one_answer import commands_of

# Snaps are $SNAPS/NAME with the channel inside. Channels with a branch are cut off in lists.
SNAP = """#!/bin/sh
cd "$SNAPS/there"; verb=$1; shift; channel=latest/stable; names=
for word; do case $word in --channel=*) channel=${word#*=};; --) ;; -*) [ "$verb" != list ] || exit 64;;
*) names="$names $word";; esac; done
case $channel in stable|edge) channel=latest/$channel;; esac
case $verb in
list) set -- *; [ -f "$1" ] || { echo "No snaps are installed yet." >&2; exit; }
    echo "Name Version Rev Tracking Publisher Notes"
    for name; do echo "$name 1.0 7 $(sed 's,\\([^/]*/[^/]*/\\).*,\\1...,' "$name") somebody -"; done;;
info) for name in $names; do [ -f "$name" ] || continue
    printf 'name:  %s\\npublisher: x\\ntracking:  %s\\ninstalled:  1.0 (7) 1MB -\\n---\\n' "$name" "$(cat "$name")"
    done;;
install|refresh) for name in $names; do
    [ "$verb" = install ] || [ -f "$name" ] || exit 1; echo "$channel" >"$name"; done;;
remove) for name in $names; do rm "$name"; done;;
esac
"""


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where it keeps what is installed."""
    for name in ("there", "bin"):
        (tmp_path / name).mkdir()
    program = tmp_path / "bin/snap"
    program.write_text(SNAP)
    program.chmod(0o755)
    monkeypatch.setenv("SNAPS", str(tmp_path))
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "there"


def shown(meta: Any) -> set[tuple[str, Any, Any]]:
    return {(change.resource, change.before, change.after) for change in meta.plan.changes}


def test_from_nothing_to_another_channel_and_back(there: Path, machine: Machine) -> None:
    assert machine.fact(SnapPackages) == []
    assert shown(machine.apply(snap.package, packages=["lxd", "core20"])) == {
        ("package lxd", None, "installed"),
        ("package core20", None, "installed"),
    }
    meta = machine.apply(snap.package, packages=["lxd"], channel="5.0/stable", classic=True)
    assert shown(meta) == {("snap lxd", "latest/stable", "5.0/stable")}
    machine.apply(snap.package, packages="lxd", channel="edge")
    assert (there / "lxd").read_text() == "latest/edge\n"
    machine.unchanged(snap.package, packages=["lxd"], channel="latest/edge")
    assert machine.fact(SnapPackages) == ["core20", "lxd"]
    machine.apply(snap.package, packages=["lxd", "absent"], present=False)
    assert [path.name for path in there.iterdir()] == ["core20"]


def test_channels_that_the_list_does_not_tell(there: Path, machine: Machine) -> None:
    machine.apply(snap.package, packages=["lxd", "hello"], channel="latest/stable/ubuntu-22.04")
    assert machine.fact(SnapPackage, package="lxd")["channel"] == "latest/stable/ubuntu-22.04"
    machine.apply(snap.package, packages=["lxd"])
    assert (there / "lxd").read_text() == "latest/stable\n"


def test_commands() -> None:
    facts: dict[Any, Any] = {SnapChannels: {"a": "latest/stable", "b": None}, SnapPackage: {}}
    assert commands_of(snap.package, facts, packages=["a", "b;c"]) == ["snap install 'b;c' --channel=latest/stable"]
    assert commands_of(snap.package, facts, packages="b") == ["snap refresh b --channel=latest/stable"]
    assert commands_of(snap.package, facts, packages=["a", "b", "c"], present=False) == ["snap remove a b"]
    assert commands_of(snap.package, facts) == []


@pytest.mark.parametrize("channel", ["", "-x", "a b", "a/b/c/d", "$(x)", "a;b", "/stable", 1])
def test_what_is_no_channel(channel: Any) -> None:
    with pytest.raises((OperationValueError, OperationTypeError)) as caught:
        commands_of(snap.package, packages="a", channel=channel)
    assert caught.value.details.argument == "channel"
