"""A directory on a real host to work in, as root, through sudo, and on BusyBox; what is there is seen from outside."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pyinfra._core.effects import path as path_resource
from pyinfra.api import State
from pyinfra.api.operation import add_ops
from pyinfra.api.operations import run_ops
from tests.unit.operations.machine import Machine

if TYPE_CHECKING:
    from tests.lab import Host

TOP = "/srv/operations of\tfiles"
UIDS = {"root": 0, "deploy": 1000, "alice": 1001}

Call = tuple[Any, dict[str, Any]]
WAYS = ["root", "sudo", "busybox"]


@dataclass(frozen=True)
class Place:
    """An empty directory of a host, and how operations reach it as root.

    Attributes:
        host: whose it is.
        machine: runs operations there.
    """

    host: Host
    machine: Machine

    @property
    def here(self) -> Path:
        """The directory, seen from here."""
        return self.host.root / TOP.lstrip("/")

    def sh(self, script: str) -> str:
        """Run something in it, with the host's own programs."""
        return self.host.sh(f"cd '{TOP}' && {script}")

    def seen(self) -> dict[str, Any]:
        """Everything in it: kind, owner, group, permissions, and what it holds."""
        return {str(path.relative_to(self.here)): _seen(path) for path in [self.here, *self.here.rglob("*")]}

    def did(self, operation: Any, *, again: bool = True, **arguments: Any) -> set[str]:
        """Apply an operation, hold what happened to what its plan says, and return the names of what is different."""
        before = self.seen()
        meta = self.machine.apply(operation, again=again, **arguments)
        return self._different(before, [meta])

    def did_all(self, *calls: Call, again: bool = True) -> set[str]:
        """As ``did``, for operations of one run, each of which has something to do; none has in a second run.

        Args:
            calls: operations and their arguments.
            again: False when a second run would begin all over, because they undo what others do.
        """
        before = self.seen()
        with self.machine.run() as state:
            metas = self.planned(state, calls)
            assert all(meta.will_change for meta in metas)
            assert not any(meta.plan.is_open for meta in metas)
            run_ops(state)
            assert all(meta.did_change() for meta in metas)
        different = self._different(before, metas)
        if again:
            with self.machine.run() as state:
                assert [meta.will_change for meta in self.planned(state, calls)] == [False] * len(calls)
        return different

    def planned(self, state: State, calls: Sequence[Call]) -> list[Any]:
        """Plan operations; return what is known of each."""
        given = [(operation, {**arguments, **self.machine.arguments}) for operation, arguments in calls]
        return [meta for found in add_ops(state, given) for meta in found.values()]

    def _different(self, before: Mapping[str, Any], metas: Sequence[Any]) -> set[str]:
        after = self.seen()
        different = {name for name in {*before, *after} if before.get(name) != after.get(name)}
        effects = reduce(or_, (meta.plan.effects for meta in metas))
        unforeseen = {name for name in different if not effects.overlap([path_resource(f"{TOP}/{name}")])}
        assert not unforeseen
        assert all(meta.changes for meta in metas)
        return different


def _seen(path: Path) -> tuple[Any, ...]:
    found = path.lstat()
    known = (stat.filemode(found.st_mode), found.st_uid, found.st_gid)
    if stat.S_ISLNK(found.st_mode):
        return (*known, os.readlink(path))  # noqa: PTH115 - a Path would tidy it up
    if stat.S_ISREG(found.st_mode):
        return (*known, found.st_nlink, hashlib.sha256(path.read_bytes()).hexdigest())
    return known


def make_place(way: str, find: Callable[[str], Host]) -> Place:
    """Make the directory.

    Args:
        way: one of ``WAYS``.
        find: gives a Debian host, or ``"busybox"``.
    """
    host = find("busybox" if way == "busybox" else "plain")
    if way == "sudo":
        machine = Machine(host.name, host.ssh_data("deploy"), _sudo=True)
    else:
        machine = Machine(host.name, host.ssh_data())
    host.sh(f"rm -rf '{TOP}'; mkdir '{TOP}'")
    return Place(host, machine)


@pytest.fixture(params=WAYS)
def place(request: pytest.FixtureRequest) -> Place:
    """On hosts as they are."""

    def find(kind: str) -> Host:
        found: Host = (
            request.getfixturevalue("busybox_host") if kind == "busybox" else request.getfixturevalue("plain_hosts")[1]
        )
        return found

    return make_place(str(request.param), find)
