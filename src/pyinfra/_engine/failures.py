"""What is said, recorded and done when something goes wrong on one host, and when a plan is made."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from pyinfra._core.errors import PyinfraError
from pyinfra._core.events import Failure, OperationPlanned, Phase
from pyinfra._core.locations import error_place, user_trace
from pyinfra._core.records import changed

if TYPE_CHECKING:
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.state import State, StateOperationHostData
    from pyinfra._engine.prepare.plans import Plan

# Apart from "pyinfra", so that a program that shows failures itself can turn these messages off.
logger = logging.getLogger("pyinfra.failures")


def tell_planned(state: State, host: Host, data: StateOperationHostData, plan: Plan) -> None:
    """Tell whoever listens of a plan."""
    if state.events.wants(OperationPlanned):
        meta = data.operation_meta
        state.events.emit(
            OperationPlanned(host.name, meta.hash, meta.name, plan.will_change, plan.certainty.value, plan.changes)
        )


def failure_of(state: State, host: Host, data: StateOperationHostData, error: BaseException) -> Failure:
    """Everything that is known of an exception in an operation."""
    name, op_hash = data.operation_meta.name, data.operation_meta.hash
    meta = state.op_meta.get(op_hash)
    place = meta.place if meta is not None else None
    if isinstance(error, PyinfraError):
        place = error.locate(operation=name, place=place).details.place
    return changed(failure_from(host, error, Phase.EXECUTE), operation=op_hash, name=name, place=place)


def failure_from(host: Host, error: BaseException, phase: Phase) -> Failure:
    """Everything that is known of an exception on a host."""
    text, trace = str(error), user_trace(error)
    if not isinstance(error, PyinfraError):
        kind = type(error).__name__
        if isinstance(error, SystemExit):
            return Failure(host.name, f"the deploy code called exit({text})", place=error_place(error), phase=phase,
                           trace=trace, hint="use `return` in a function, or `if`, to end a deploy early")  # fmt: skip
        message = f"{kind}: {text}" if text else kind
        return Failure(host.name, message, place=error_place(error), phase=phase, trace=trace)
    details = error.locate(host=host.name).details
    return Failure(
        host.name, text or type(error).__name__, None, None, details.place or error_place(error), details.command,
        details.exit_status, details.last_lines, details.hint, phase, trace,
    )  # fmt: skip


def placed(state: State, data: StateOperationHostData, failure: Failure) -> Failure:
    """The failure with the operation that it belongs to filled in."""
    meta = data.operation_meta
    place = failure.place or state.op_meta[meta.hash].place
    return changed(failure, operation=meta.hash, name=meta.name, place=place)


def fail_planning(state: State, host: Host, data: StateOperationHostData, error: BaseException) -> None:
    """An operation cannot be planned: its host takes no further part, the others go on."""
    if isinstance(error, (asyncio.CancelledError, KeyboardInterrupt)):
        raise error
    failure = changed(failure_of(state, host, data, error), phase=Phase.PLAN)
    host.planning_errors.append(error)
    data.operation_meta.settle_with(lambda: None)
    log_failure(host, failure)
    state.mark_failed(host, failure)


def fail_host(state: State, host: Host, error: BaseException) -> None:
    """Deploy code raised for one host: it takes no further part, the others go on."""
    if isinstance(error, (asyncio.CancelledError, KeyboardInterrupt)):
        raise error
    failure = failure_from(host, error, Phase.DEPLOY)
    state.last_error = error
    log_failure(host, failure)
    state.mark_failed(host, failure)


def log_failure(host: Host, failure: Failure, ignored: bool = False) -> None:
    """Log everything about a failure, for programs that have no view of their own."""
    log = logger.warning if ignored else logger.error
    what = f"{failure.name}: {failure.message}" if failure.name else failure.message
    where = f" ({failure.place})" if failure.place else ""
    status = f" (exit status {failure.exit_status})" if failure.phase is Phase.FACT and failure.exit_status else ""
    log("%s%s%s%s%s", host.print_prefix, what, status, where, " (ignored)" if ignored else "")
    if failure.command:
        log("%s    %s", host.print_prefix, failure.command)
    for line in failure.last_lines:
        log("%s    %s", host.print_prefix, line)
    if failure.hint:
        log("%s    %s", host.print_prefix, failure.hint)
