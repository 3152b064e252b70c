"""What is said, recorded and done when something goes wrong on one host, and when a plan is made."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from pyinfra._core.errors import PyinfraError
from pyinfra._core.events import Failure, OperationPlanned
from pyinfra._core.locations import error_place

if TYPE_CHECKING:
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.state import State, StateOperationHostData
    from pyinfra._engine.prepare.plans import Plan

logger = logging.getLogger("pyinfra")


def tell_planned(state: State, host: Host, data: StateOperationHostData, plan: Plan) -> None:
    """Tell whoever listens of a plan."""
    if state.events.wants(OperationPlanned):
        meta = data.operation_meta
        state.events.emit(
            OperationPlanned(host.name, meta.hash, meta.name, plan.will_change, plan.certainty.value, plan.changes)
        )


def failure_of(state: State, host: Host, data: StateOperationHostData, error: BaseException) -> Failure:
    """Everything that is known of an exception in an operation."""
    meta = state.op_meta.get(data.operation_meta.hash)
    place = meta.place if meta is not None else None
    text = str(error) or type(error).__name__
    if isinstance(error, PyinfraError):
        details = error.locate(host=host.name, operation=data.operation_meta.name, place=place).details
        return Failure(
            host.name, text, data.operation_meta.hash, data.operation_meta.name, details.place, details.command,
            details.exit_status, details.last_lines, details.hint,
        )  # fmt: skip
    return Failure(
        host.name, f"{type(error).__name__}: {text}", data.operation_meta.hash, data.operation_meta.name, place
    )


def placed(state: State, data: StateOperationHostData, failure: Failure) -> Failure:
    """The failure with the operation that it belongs to filled in."""
    meta = data.operation_meta
    place = failure.place or state.op_meta[meta.hash].place
    return replace(failure, operation=meta.hash, name=meta.name, place=place)


def fail_planning(state: State, host: Host, data: StateOperationHostData, error: BaseException) -> None:
    """An operation cannot be planned: its host takes no further part, the others go on."""
    if isinstance(error, (asyncio.CancelledError, KeyboardInterrupt)):
        raise error
    failure = failure_of(state, host, data, error)
    host.planning_errors.append(error)
    data.operation_meta.settle_with(lambda: None)
    where = f" ({failure.place})" if failure.place else ""
    logger.error("%s%s%s: %s", host.print_prefix, data.operation_meta.name, where, failure.message)
    state.mark_failed(host, failure)


def fail_host(state: State, host: Host, error: BaseException) -> None:
    """Deploy code raised for one host: it takes no further part, the others go on."""
    if isinstance(error, (asyncio.CancelledError, KeyboardInterrupt)):
        raise error
    if isinstance(error, PyinfraError):
        details = error.locate(host=host.name).details
        failure = Failure(host.name, str(error), place=details.place, hint=details.hint)
    else:
        failure = Failure(host.name, f"{type(error).__name__}: {error}", place=error_place(error))
    state.last_error = error
    where = f" ({failure.place})" if failure.place else ""
    logger.error("%s%s%s", host.print_prefix, failure.message, where)
    state.mark_failed(host, failure)
