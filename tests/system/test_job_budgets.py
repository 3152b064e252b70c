"""What the jobs of the benchmarks may cost on one host: round trips and processes, counted, so that no load matters.

A round trip is a step in the longest chain of requests that wait for one another; a process is one that a host begins.
"""

from __future__ import annotations

import runpy
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from benchmarks.campaign import make_tree
from benchmarks.jobs.operations import OPERATIONS  # type: ignore[import-not-found]

from pyinfra._engine.facts.lessons import lessons_of
from pyinfra.api.deploy import add_deploy
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.api.state import State
from pyinfra_cli.run.foreseen import foreseen_facts
from tests.lab import Host

from .counting import counted
from .runs import run_on, trips

JOBS = Path(__file__).parents[2] / "benchmarks" / "jobs"


class Cost(NamedTuple):
    """Round trips to prepare and to run, and processes, sshd's and the shell's own included."""

    prepare: int
    run: int
    processes: int


# What is measured, and a tenth more processes. Whoever makes it cheaper lowers these: `pytest -s` prints what it costs.
BUDGETS = {
    "J1": Cost(prepare=1, run=0, processes=32),
    "J1 with a record": Cost(prepare=1, run=0, processes=32),
    "J2": Cost(prepare=2, run=23, processes=184),
    "J1 as a program": Cost(prepare=19, run=0, processes=80),
    "J1 as a program with a record": Cost(prepare=1, run=0, processes=32),
    "J2 as a program": Cost(prepare=23, run=23, processes=221),
    "J3 without prefetch": Cost(prepare=10, run=0, processes=26),
    "J3": Cost(prepare=3, run=0, processes=26),
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


def a_deploy(file: str) -> Callable[[State], object]:
    """What the command line makes of a file."""

    def job(state: State) -> None:
        if (lessons := lessons_of(state)) is not None:
            lessons.assume(foreseen_facts(Path(f"{file}.py").read_bytes()))
        add_deploy(state, lambda: runpy.run_path(f"{file}.py"))

    return job


def a_program(state: State) -> None:
    """J1 and J2 as `api.py` does them: one operation after the other, as nobody knows what follows."""
    for operation, arguments in OPERATIONS:
        add_op(state, operation, **arguments)


def do(host: Host, job: Callable[[State], object], *, learns: bool = False) -> Cost:
    """Do a job on a host."""
    with counted(host) as count, run_on([host]) as state:
        state.job, state.lessons = (("job",) if learns else ()), ...
        [connected] = trips(state)
        assert connected == 0  # beyond what ssh takes to log in
        job(state)
        [prepared] = trips(state)
        run_ops(state)
        [ended] = trips(state)
        assert not state.failed_hosts
    return Cost(prepared - connected, ended - prepared, count.processes)


def check(job: str, cost: Cost) -> None:
    """Compare with the budget."""
    print(job, cost)
    assert all(spent <= limit for spent, limit in zip(cost, BUDGETS[job], strict=True)), f"{job}: {cost}"


def test_a_server(fresh_host: Host, place: Path) -> None:
    """J2 on a new host, then J1: everything is as it should be."""
    check("J2", do(fresh_host, a_deploy("server")))
    check("J1", do(fresh_host, a_deploy("server")))
    do(fresh_host, a_deploy("server"), learns=True)
    check("J1 with a record", do(fresh_host, a_deploy("server"), learns=True))


def test_a_server_by_a_program(fresh_host: Host, place: Path) -> None:
    check("J2 as a program", do(fresh_host, a_program))
    check("J1 as a program", first := do(fresh_host, a_program))
    do(fresh_host, a_program, learns=True)
    check("J1 as a program with a record", again := do(fresh_host, a_program, learns=True))
    assert again.prepare < first.prepare


def test_facts(fresh_host: Host, place: Path) -> None:
    check("J3 without prefetch", do(fresh_host, a_deploy("facts")))
    check("J3", do(fresh_host, a_deploy("facts"), learns=True))
    check("J3 with a record", do(fresh_host, a_deploy("facts"), learns=True))


def test_a_command(fresh_host: Host, place: Path) -> None:
    check("J4", do(fresh_host, a_deploy("command")))


def test_a_tree(fresh_host: Host, place: Path) -> None:
    make_tree(place / "tree")
    check("J5", do(fresh_host, a_deploy("sync")))
    assert fresh_host.sh("find /srv/tree -type f | wc -l").strip() == "500"


def test_packages(fresh_host: Host, place: Path) -> None:
    names = sorted(fresh_host.sh("dpkg-query -W -f '${Package}\\n'").split())[:100]
    (place / "packages.txt").write_text("\n".join(names))
    check("J6", do(fresh_host, a_deploy("packages")))
    do(fresh_host, a_deploy("packages"), learns=True)
    check("J6 with a record", do(fresh_host, a_deploy("packages"), learns=True))
