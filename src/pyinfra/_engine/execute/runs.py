"""Running what was planned: operation by operation, host by host, or every host at its own pace."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from pyinfra._core.context import ctx_host, ctx_state
from pyinfra._core.events import Failure, OperationEnded, OperationStarted, RunEnded, RunStarted
from pyinfra._engine import bridge
from pyinfra._engine.collector import seldom_collecting
from pyinfra._engine.connect.sessions import interruptible
from pyinfra._engine.execute.execution import execute
from pyinfra._engine.execute.route import forget_routes, set_routes
from pyinfra._engine.facts.lessons import save_lessons

if TYPE_CHECKING:
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.state import State


def run_ops(state: State, serial: bool = False, no_wait: bool = False) -> None:
    """Execute everything that was planned and has not run yet.

    Args:
        state: the run.
        serial: one host after the other, each with all of its operations.
        no_wait: every host at its own pace, not waiting for the others between operations.

    Raises:
        PyinfraError: when no host, or fewer than ``FAIL_PERCENT`` allows, are left.

    Hosts that fail are in ``state.failed_hosts``, the reasons in ``state.failures``.
    """
    bridge.run(interruptible, state, _run_ops, state, serial, no_wait)


def _run_ops(state: State, serial: bool, no_wait: bool) -> None:
    for host in list(state.active_hosts):
        host.planning.wait_for_all()
    set_routes(state)
    save_lessons(state)
    todo = [op_hash for op_hash in state.get_op_order() if _is_open(state, op_hash)]
    began = time.monotonic()
    state.events.emit(RunStarted(len(todo), len(state.active_hosts)))
    state.is_executing = True
    try:
        with seldom_collecting:
            _run_all(state, todo, serial, no_wait)
    finally:
        state.is_executing = False
        forget_routes(state)
        for host in state.inventory:
            host.planning.reset()
        failed = tuple(host.name for host in state.failed_hosts)
        state.events.emit(RunEnded(failed, time.monotonic() - began))
    state.check_failed_hosts()


def _run_all(state: State, todo: Sequence[str], serial: bool, no_wait: bool) -> None:
    if serial:
        _run_hosts(state, todo, limit=1)
    elif no_wait:
        _run_hosts(state, todo, limit=state.config.PARALLEL)
    else:
        for op_hash in todo:
            _run_operation(state, op_hash)


def _is_open(state: State, op_hash: str) -> bool:
    for host in state.active_hosts:
        data = state.ops[host].get(op_hash)
        if data is not None and not data.operation_meta.is_complete():
            return True
    return False


# -- operation by operation ----------------------------------------------------------------


def _run_operation(state: State, op_hash: str) -> None:
    meta = state.op_meta[op_hash]
    hosts = [host for host in state.active_hosts if op_hash in state.ops[host]]
    _tell_start(state, op_hash)
    limit = 1 if meta.global_arguments["_serial"] else meta.global_arguments["_parallel"] or state.config.PARALLEL
    outcomes = bridge.gather([partial(_run_on, state, host, op_hash) for host in hosts], limit=limit)
    for host, outcome in zip(hosts, outcomes, strict=True):
        failure = outcome.get()
        if failure is not None:
            state.mark_failed(host, failure)
    _tell_end(state, op_hash)
    state.check_failed_hosts()


def _run_on(state: State, host: Host, op_hash: str) -> Failure | None:
    ctx_state.set_local(state)
    ctx_host.set(host)
    return execute(state, host, op_hash)


def _tell_start(state: State, op_hash: str) -> None:
    state.events.emit(OperationStarted(op_hash, state.op_meta[op_hash].name))
    state.trigger_callbacks("operation_start", op_hash)


def _tell_end(state: State, op_hash: str) -> None:
    state.events.emit(OperationEnded(op_hash, state.op_meta[op_hash].name))
    state.trigger_callbacks("operation_end", op_hash)


# -- host by host --------------------------------------------------------------------------


class _Span:
    """Tells when the first host begins an operation and when the last one leaves it."""

    def __init__(self, state: State, todo: Sequence[str], hosts: Iterable[Host]) -> None:
        self._state = state
        self._begun: set[str] = set()
        self._open = {op_hash: {host for host in hosts if op_hash in state.ops[host]} for op_hash in todo}

    def enter(self, op_hash: str) -> None:
        if op_hash not in self._begun:
            self._begun.add(op_hash)
            _tell_start(self._state, op_hash)

    def leave(self, host: Host, op_hashes: Iterable[str]) -> None:
        for op_hash in op_hashes:
            waiting = self._open[op_hash]
            waiting.discard(host)
            if not waiting and op_hash in self._begun:
                self._begun.discard(op_hash)
                _tell_end(self._state, op_hash)


def _run_hosts(state: State, todo: Sequence[str], limit: int) -> None:
    hosts = list(state.active_hosts)
    span = _Span(state, todo, hosts)
    calls = [partial(_run_all_on, state, host, todo, span) for host in hosts]
    for outcome in bridge.gather(calls, limit=limit):
        outcome.get()


def _run_all_on(state: State, host: Host, todo: Sequence[str], span: _Span) -> None:
    ctx_state.set_local(state)
    ctx_host.set(host)
    for n, op_hash in enumerate(todo):
        if op_hash not in state.ops[host]:
            continue
        span.enter(op_hash)
        failure = execute(state, host, op_hash)
        if failure is not None:
            state.mark_failed(host, failure)
            span.leave(host, todo[n:])
            return
        span.leave(host, [op_hash])


def run_host_op(state: State, host: Host, op_hash: str) -> bool:
    """Execute one operation on one host; False when it failed.

    Args:
        state: the run.
        host: where.
        op_hash: the operation.
    """
    return bridge.run(_run_on, state, host, op_hash) is None
