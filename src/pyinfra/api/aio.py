"""The same functions for asyncio programs: awaitable from any running loop, over the same engine.

Cancelling the awaiting task cancels the call: what it began on the hosts is ended.

Example:
    async def main():
        state = State(inventory=Inventory((["web1", "web2"], {})), config=Config())
        await aio.connect_all(state)
        result = await aio.add_op(state, server.shell, commands=["uptime"])
        await aio.run_ops(state)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pyinfra._core.locations import call_site
from pyinfra._engine import bridge
from pyinfra._engine.connect import connections
from pyinfra._engine.execute import runs
from pyinfra._engine.facts import reads as fact_reads
from pyinfra._engine.prepare import adding

if TYPE_CHECKING:
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.operation_meta import OperationMeta
    from pyinfra._engine.model.state import State

__all__ = ["add_deploy", "add_op", "add_ops", "connect_all", "disconnect_all", "get_facts", "run_ops"]


async def connect_all(state: State) -> None:
    """Connect to all hosts of the run; see ``pyinfra.api.connect.connect_all``."""
    await bridge.run_async(connections.connect_all, state)


async def disconnect_all(state: State) -> None:
    """Close all connections of the run."""
    await bridge.run_async(connections.disconnect_all, state)


async def add_op(state: State, op_func: Any, *args: Any, **kwargs: Any) -> dict[Host, OperationMeta]:
    """Plan an operation on all active hosts; see ``pyinfra.api.operation.add_op``."""
    return await bridge.run_async(adding.add_op_from, call_site(), state, op_func, args, kwargs)


async def add_ops(state: State, calls: Any, host: Any = None) -> list[dict[Host, OperationMeta]]:
    """Plan several operations together; see ``pyinfra.api.operation.add_ops``."""
    return await bridge.run_async(adding.add_ops_from, call_site(), state, calls, host)


async def add_deploy(state: State, deploy_func: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Run a deploy function for all active hosts; see ``pyinfra.api.deploy.add_deploy``."""
    await bridge.run_async(lambda: adding.add_deploy(state, deploy_func, *args, **kwargs))


async def get_facts(state: State, *args: Any, **kwargs: Any) -> dict[Host, Any]:
    """Read a fact on all active hosts; see ``pyinfra.api.facts.get_facts``."""
    return await bridge.run_async(lambda: fact_reads.get_facts(state, *args, **kwargs))


async def run_ops(state: State, serial: bool = False, no_wait: bool = False) -> None:
    """Execute what was planned; see ``pyinfra.api.operations.run_ops``."""
    await bridge.run_async(lambda: runs.run_ops(state, serial=serial, no_wait=no_wait))
