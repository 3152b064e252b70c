"""What the engine takes for each operation and host, counted: what stays until the end, and what is most."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from benchmarks.jobs import operations as job  # type: ignore[import-not-found]

from pyinfra.api import Config, Inventory, State
from pyinfra.api.connect import connect_all
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.operations import server

FEW, MANY = 10, 30
JOBS = Path(__file__).parents[3] / "benchmarks" / "jobs"
Calls = Sequence[tuple[Any, dict[str, Any]]]
SHELL: Calls = [(server.shell, {"commands": [f"echo {number}"]}) for number in range(20)]
DATA = {"fake_delay": 0, "fake_delay_jitter": 0, "fake_responses": {"chkconfig rc-update": "update-rc.d"}}


class Memory(NamedTuple):
    """What is allocated: blocks and bytes that stay, and the most bytes at a time."""

    blocks: float
    kept: float
    most: float


# For each operation and host: what is measured and a tenth more. Whoever needs less lowers these: run the tests with
# -s, and take the largest of the figures that the supported versions of Python print (bytes for a host: times 20).
BUDGETS = {
    "shell": Memory(blocks=3.5, kept=430, most=520),
    "server": Memory(blocks=13.2, kept=1540, most=2150),
}


@pytest.fixture(autouse=True)
def in_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(JOBS)
    monkeypatch.setenv("PYINFRA_PREFETCH", "0")


def taken(count: int, calls: Calls) -> Memory:
    """What a run over so many hosts takes, its hosts and inventory not counted."""
    state = State(Inventory(([f"@fake/host{number}" for number in range(count)], DATA)), Config())
    connect_all(state)
    gc.collect()
    before = sys.getallocatedblocks()
    tracemalloc.start()
    try:
        for operation, arguments in calls:
            add_op(state, operation, **arguments)
        run_ops(state)
        assert not state.failed_hosts
        gc.collect()
        kept, most = tracemalloc.get_traced_memory()
        return Memory(sys.getallocatedblocks() - before, kept, most)
    finally:
        tracemalloc.stop()


def each(calls: Calls) -> Memory:
    """What one operation takes on one more host: what is made once for all does not count."""
    taken(2, calls)  # imports, and what is remembered from run to run
    few, many = taken(FEW, calls), taken(MANY, calls)
    times = (MANY - FEW) * len(calls)
    return Memory(*((more - less) / times for less, more in zip(few, many, strict=True)))


def check(name: str, found: Memory) -> None:
    """Compare with the budget."""
    print(name, found)
    assert all(has <= may for has, may in zip(found, BUDGETS[name], strict=True)), f"{name}: {found}"


def test_commands() -> None:
    check("shell", each(SHELL))


def test_the_operations_of_j2() -> None:
    check("server", each(job.OPERATIONS))
