"""Operations: the decorator, and what a call of a decorated function does in deploy code and in callbacks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Sequence
from functools import wraps
from types import FrameType
from typing import TYPE_CHECKING, Any, ParamSpec, cast

from pyinfra._core.context import ctx_host, ctx_state
from pyinfra._core.errors import PyinfraError
from pyinfra._core.locations import call_frames, describe_site
from pyinfra._engine import bridge
from pyinfra._engine.execute.execution import execute_nested
from pyinfra._engine.model.operation_meta import OperationMeta
from pyinfra._engine.model.scope import current_callback, current_operation
from pyinfra._engine.model.state import StateOperationHostData
from pyinfra._engine.prepare.bodies import PlannedOperation
from pyinfra._engine.prepare.calls import Body, Operation, OperationCall
from pyinfra._engine.prepare.identity import site_identity
from pyinfra._engine.prepare.planning import Planned
from pyinfra._engine.prepare.registration import register

if TYPE_CHECKING:
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.state import State
    from pyinfra._engine.model.typed_operation import PyinfraOperation

logger = logging.getLogger("pyinfra")

P = ParamSpec("P")


def operation(
    is_idempotent: bool = True,
    idempotent_notice: str | None = None,
    is_deprecated: bool = False,
    deprecated_for: str | None = None,
    _set_in_op: bool = True,
) -> Callable[[Callable[P, Generator[Any, Any, Any]]], PyinfraOperation[P]]:
    """Turn a generator function that yields commands into an operation.

    Calling the operation in a deploy, or in a Python callback, schedules it for the host of the context. Its
    attribute ``_inner`` is the plain generator function, for use inside of other operations
    (``yield from other._inner(...)``) and in tests.

    Args:
        is_idempotent: False for what runs every time.
        idempotent_notice: when it does not converge, for the reference.
        is_deprecated: warn whoever calls it.
        deprecated_for: what to use instead.
        _set_in_op: False where the commands call other operations.

    Example:
        @operation()
        def motd(text: str):
            if host.get_fact(FileContents, path="/etc/motd") != text.splitlines():
                yield StringCommand("printf", "%s", QuoteString(text), ">", "/etc/motd")
    """

    def decorate(function: Callable[P, Generator[Any, Any, Any]]) -> PyinfraOperation[P]:
        notice = _deprecation(function, deprecated_for) if is_deprecated else None
        described = Operation(function, _set_in_op, notice)

        @wraps(function)
        def decorated(*args: Any, **kwargs: Any) -> OperationMeta:
            call = OperationCall.make(described, args, kwargs)
            return bridge.run(call_for_host, ctx_state.get(), ctx_host.get(), call, call_frames())

        decorated._inner = function  # type: ignore[attr-defined]
        decorated._operation = described  # type: ignore[attr-defined]
        decorated.is_idempotent = is_idempotent  # type: ignore[attr-defined]
        decorated.idempotent_notice = idempotent_notice  # type: ignore[attr-defined]
        decorated.is_deprecated = is_deprecated  # type: ignore[attr-defined]
        decorated.deprecated_for = deprecated_for  # type: ignore[attr-defined]
        return cast("PyinfraOperation[P]", decorated)

    return decorate


def _deprecation(function: Body, instead: str | None) -> str:
    hint = f", use {instead} instead" if instead else ""
    return f"the operation {function.__module__.rpartition('.')[2]}.{function.__name__} is deprecated{hint}"


def call_for_host(state: State, host: Host, call: OperationCall, frames: Sequence[FrameType]) -> OperationMeta:
    """An operation was called in deploy code or in a callback. In a greenlet of the engine."""
    scope = current_operation.get()
    if scope is not None and scope.host is host and scope.in_op:
        site = (frames[-1].f_code.co_filename, frames[-1].f_lineno) if frames else None
        raise PyinfraError(
            f"{call.operation.short_name} was called inside of another operation: there, `yield from ..._inner(...)`",
            place=describe_site(site) if site else None,
        )
    callback = current_callback.get()
    if callback is not None and callback.host is host:
        outer = state.op_meta[callback.op_hash].op_order
        identity = site_identity(state, host, call.operation.function, frames, outer)
        return execute_nested(state, host, call, identity, callback.op_hash)
    identity = site_identity(state, host, call.operation.function, frames, ())
    data = register(state, host, call, identity)
    if data is None:
        return OperationMeta(identity.op_hash, is_change=False)
    if call.operation.notice:
        logger.warning("%s%s", host.print_prefix, call.operation.notice)
    if state.check_for_changes:
        planned = PlannedOperation(state, host, data)
        data.operation_meta.settle_with(lambda: _settled(host, planned, data))
        host.planning.plan_later(planned)
    return data.operation_meta


def _settled(host: Host, planned: Planned, data: StateOperationHostData) -> bool | None:
    if not planned.is_done:
        bridge.run(host.planning.wait_for, planned)
    return data.plan.will_change if data.plan is not None else None
