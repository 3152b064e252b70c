"""What the jobs of the benchmarks may cost on one host: round trips and processes, which no load changes.

A round trip is a step in the longest chain of requests that wait for one another; a process is one that the host
begins.
"""

from __future__ import annotations

import runpy
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from benchmarks.campaign import make_tree

from pyinfra.api.deploy import add_deploy
from pyinfra.api.operations import run_ops
from tests.lab import Host

from .counting import counted
from .runs import run_on, trips

JOBS = Path(__file__).parents[2] / "benchmarks" / "jobs"


class Cost(NamedTuple):
    """Round trips to prepare and to run, and processes, sshd's and the shell's own included."""

    prepare: int
    run: int
    processes: int


# What is measured, and a tenth more processes: whoever makes it cheaper lowers these.
BUDGETS = {
    "J1": Cost(prepare=1, run=0, processes=32),
    "J1 with a record": Cost(prepare=1, run=0, processes=32),
    "J2": Cost(prepare=2, run=23, processes=184),
    "J3": Cost(prepare=10, run=0, processes=26),
    "J3 with a record": Cost(prepare=1, run=0, processes=24),
    "J4": Cost(prepare=0, run=1, processes=8),
    "J5": Cost(prepare=2, run=1, processes=455),
    "J6": Cost(prepare=1, run=0, processes=8),
    "J6 with a record": Cost(prepare=1, run=0, processes=8),
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the jobs, in which they run, and a place of its own for records."""
    shutil.copytree(JOBS, tmp_path / "jobs")
    monkeypatch.chdir(tmp_path / "jobs")
    monkeypatch.setenv("PYINFRA_PREFETCH", "1")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "jobs"


def do(host: Host, file: str, *, learns: bool = False) -> Cost:
    """Do a job on a host."""
    with counted(host) as count, run_on([host]) as state:
        state.job, state.lessons = ((file,) if learns else ()), ...
        [connected] = trips(state)
        add_deploy(state, lambda: runpy.run_path(f"{file}.py"))
        [prepared] = trips(state)
        run_ops(state)
        [ended] = trips(state)
        assert not state.failed_hosts
    return Cost(prepared - connected, ended - prepared, count.processes)


def check(job: str, cost: Cost) -> None:
    """Compare with the budget."""
    assert all(spent <= limit for spent, limit in zip(cost, BUDGETS[job], strict=True)), f"{job}: {cost}"


def test_a_server(fresh_host: Host, place: Path) -> None:
    """J2 on a new host, then J1: everything is as it should be."""
    check("J2", do(fresh_host, "server"))
    check("J1", do(fresh_host, "server"))
    do(fresh_host, "server", learns=True)
    check("J1 with a record", do(fresh_host, "server", learns=True))


def test_facts(fresh_host: Host, place: Path) -> None:
    check("J3", do(fresh_host, "facts"))
    do(fresh_host, "facts", learns=True)
    check("J3 with a record", do(fresh_host, "facts", learns=True))


def test_a_command(fresh_host: Host, place: Path) -> None:
    check("J4", do(fresh_host, "command"))


def test_a_tree(fresh_host: Host, place: Path) -> None:
    make_tree(place / "tree")
    check("J5", do(fresh_host, "sync"))
    assert fresh_host.sh("find /srv/tree -type f | wc -l").strip() == "500"


def test_packages(fresh_host: Host, place: Path) -> None:
    names = sorted(fresh_host.sh("dpkg-query -W -f '${Package}\\n'").split())[:100]
    (place / "packages.txt").write_text("\n".join(names))
    check("J6", do(fresh_host, "packages"))
    do(fresh_host, "packages", learns=True)
    check("J6 with a record", do(fresh_host, "packages", learns=True))
