"""Round trips are counted on real hosts that are 250 ms away."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

import pytest

from pyinfra.api.deploy import add_deploy
from pyinfra.api.operation import add_op, add_ops
from pyinfra.api.operations import run_ops
from pyinfra.api.state import State
from pyinfra.operations import files, server
from tests.lab import Host, Lab

from .runs import run_on, trips

RTT = 0.25


@pytest.fixture
def far(lab: Lab, hosts10: list[Host]) -> list[Host]:
    """Ten hosts, 250 ms away."""
    for host in hosts10:
        host.sh("mkdir -p /srv/app && for n in 1 2 3 4 5 6 7 8 9; do echo $n > /srv/app/$n; done; chmod 755 /srv/app")
    lab.rtt(RTT * 1000)
    return hosts10


@contextmanager
def at_most(state: State, count: int) -> Generator[None, None, None]:
    """Check that a block costs no more round trips on any host, and that hosts do not wait for one another."""
    before, began = trips(state), time.monotonic()
    yield
    spent = [after - earlier for after, earlier in zip(trips(state), before, strict=True)]
    assert max(spent) <= count, spent
    if len(spent) > 1:  # the machine may be slow, but not as slow as ten hosts one after another
        assert time.monotonic() - began < max(count, 1) * len(spent) * RTT


@pytest.mark.parametrize("user", ["root", "deploy"])
@pytest.mark.parametrize("number", [1, 10])
def test_a_converged_operation(far: list[Host], user: str, number: int):
    with run_on(far[:number], user, SUDO=True) as state:
        with at_most(state, 2):
            metas = add_op(state, files.directory, path="/srv/app", user="root", mode="755")
        assert not any(meta.will_change for meta in metas.values())
        with at_most(state, 2):
            metas = add_op(state, server.user, user="deploy", shell="/bin/bash", home="/home/deploy")
        assert not any(meta.will_change for meta in metas.values())
        with at_most(state, 0):
            run_ops(state)


def twenty() -> None:
    """Twenty operations that are as they should be."""
    files.directory(path="/srv/app", mode="755")
    for n in range(1, 10):
        files.file(path=f"/srv/app/{n}")
    for n in range(1, 6):
        files.line(path=f"/srv/app/{n}", line=str(n))
    server.group(group="deploy")
    server.user(user="deploy", shell="/bin/bash")
    server.user(user="alice", home="/home/alice")
    files.directory(path="/etc")
    files.link(path="/srv/app/none", present=False)


def test_a_converged_deploy(far: list[Host]):
    with run_on(far, "deploy", SUDO=True) as state:
        with at_most(state, 4):
            add_deploy(state, twenty)
        assert len(state.get_op_order()) == 20
        assert all(meta.ops_change == 0 for meta in state.meta.values())
        with at_most(state, 0):
            run_ops(state)
        assert all(results.success_ops == 20 for results in state.results.values())


def test_a_converged_batch(far: list[Host]):
    with run_on(far, "deploy", SUDO=True) as state, at_most(state, 2):
        add_ops(state, [(files.file, {"path": f"/srv/app/{n % 9 + 1}"}) for n in range(20)])


CHANGES: dict[str, Callable[[State], object]] = {
    "shell": lambda state: add_op(state, server.shell, commands=["true", "echo one", "echo two"]),
    "directory": lambda state: add_op(state, files.directory, path="/srv/new/below", mode="700", user="deploy"),
    "put": lambda state: add_op(state, files.put, src=__file__, dest="/srv/put", mode="600", user="deploy"),
    "line": lambda state: add_op(state, files.line, path="/srv/app/1", line="new"),
    "user": lambda state: add_op(state, server.user, user="fresh", home="/home/fresh", shell="/bin/sh"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_operation_that_changes(far: list[Host], change: str):
    with run_on(far[:3], SUDO=True) as state:
        CHANGES[change](state)
        assert all(meta.ops_change == 1 for meta in state.meta.values())
        with at_most(state, 2):
            run_ops(state)
        assert not state.failed_hosts
    for host in far[:3]:
        host.sh("rm -rf /srv/new /srv/put; userdel -r fresh 2>/dev/null; groupdel fresh 2>/dev/null; true")


def test_what_follows_a_raw_command_costs_one_refresh_for_all(far: list[Host]):
    with run_on(far[:3], SUDO=True) as state:
        add_op(state, server.shell, commands=["true"])
        add_deploy(state, twenty)
        with at_most(state, 3):
            run_ops(state)
