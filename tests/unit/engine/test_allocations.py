"""What the engine keeps for each operation and host, counted: blocks that stay allocated until the run ends."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from benchmarks.jobs import operations as job  # type: ignore[import-not-found]

from pyinfra.api import Config, Inventory, State
from pyinfra.api.connect import connect_all
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.operations import server

JOBS = Path(__file__).parents[3] / "benchmarks" / "jobs"
Calls = Sequence[tuple[Any, dict[str, Any]]]
SHELL: Calls = [(server.shell, {"commands": [f"echo {number}"]}) for number in range(20)]
DATA = {"fake_delay": 0, "fake_delay_jitter": 0, "fake_responses": {"chkconfig rc-update": "update-rc.d"}}

# Blocks for each operation and host: what is measured, and a tenth more.
BUDGETS = {"shell": 3.5, "server": 13.5}


@pytest.fixture(autouse=True)
def in_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(JOBS)
    monkeypatch.setenv("PYINFRA_PREFETCH", "0")


def blocks(count: int, calls: Calls) -> int:
    """How many blocks a run over so many hosts keeps, its hosts and inventory not counted."""
    state = State(Inventory(([f"@fake/host{number}" for number in range(count)], DATA)), Config())
    connect_all(state)
    gc.collect()
    before = sys.getallocatedblocks()
    for operation, arguments in calls:
        add_op(state, operation, **arguments)
    run_ops(state)
    assert not state.failed_hosts
    gc.collect()
    return sys.getallocatedblocks() - before


def each(calls: Calls) -> float:
    """Blocks for one operation on one more host: what is made once for all does not count."""
    blocks(2, calls)  # imports, and what is remembered from run to run
    few, many = blocks(20, calls), blocks(120, calls)
    return (many - few) / (100 * len(calls))


def check(name: str, measure: Callable[[], float]) -> None:
    """Compare with the budget."""
    found = measure()
    assert found <= BUDGETS[name], f"{found:.1f} blocks"


def test_commands() -> None:
    check("shell", lambda: each(SHELL))


def test_the_operations_of_j2() -> None:
    check("server", lambda: each(job.OPERATIONS))
