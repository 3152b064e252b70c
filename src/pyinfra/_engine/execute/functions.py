"""Python callbacks of operations: they may block, so they run in threads."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pyinfra._core.commands import FunctionCommand, takes_state_and_host
from pyinfra._core.context import ctx_config, ctx_host, ctx_state
from pyinfra._core.errors import OperationError
from pyinfra._engine import bridge
from pyinfra._engine.model.scope import CallbackScope, current_callback, current_operation

if TYPE_CHECKING:
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.state import State, StateOperationHostData


def call_function(
    state: State, host: Host, data: StateOperationHostData, command: FunctionCommand, timeout: float | None
) -> None:
    """Call the function of a command and wait for it.

    Args:
        state: the run.
        host: the host that the function is called for.
        data: the operation that it belongs to.
        command: function and arguments.
        timeout: seconds after which the operation fails. The function's thread cannot be ended; it is left alone.

    Raises:
        OperationError: it returned False (old form), or did not end in time.
        Exception: whatever the function raises.
    """

    def call() -> Any:
        ctx_state.set_local(state)
        ctx_host.set(host)
        ctx_config.set(state.config.copy())
        current_operation.set(None)
        current_callback.set(CallbackScope(host, data.operation_meta.hash))
        if takes_state_and_host(command.function):
            return command.function(state, host, *command.args, **command.kwargs)
        command.function(*command.args, **command.kwargs)
        return None

    try:
        answer = bridge.wait_call(_within, call, timeout)
    except TimeoutError:
        raise OperationError(f"the function did not end within {timeout} seconds") from None
    if answer is False:
        raise OperationError(f"the function {command.function.__name__} returned False")


async def _within(call: Any, timeout: float | None) -> Any:  # noqa: ASYNC109 - it is the operation's own limit
    return await asyncio.wait_for(bridge.in_thread(call), timeout)
