"""The API in an asyncio program: every call can be awaited, over the same engine.

    python examples/notebook_async.py [HOST ...]

In a notebook, where a loop is running already, write ``await main([])`` in a cell. The calls of ``pyinfra.api`` that
block work in a notebook too. Without hosts it runs on this machine. It changes nothing.
"""

import asyncio
import sys

from pyinfra.api import Config, Inventory, State, aio
from pyinfra.facts.server import Kernel
from pyinfra.operations import server


async def tick(seen):
    """Something else that the program does meanwhile."""
    while True:
        seen.append(1)
        await asyncio.sleep(0.02)


async def main(hosts):
    state = State(inventory=Inventory((hosts or ["@local"], {})), config=Config())
    seen = []
    ticking = asyncio.create_task(tick(seen))
    await aio.connect_all(state)
    result = await aio.add_op(state, server.shell, commands=["sleep 0.2", "uptime"])
    await aio.run_ops(state)
    kernels = await aio.get_facts(state, Kernel)
    for host in state.inventory:
        print(host.name, kernels[host], result[host].stdout)
    await aio.disconnect_all(state)
    ticking.cancel()
    print("the loop went on meanwhile:", len(seen) > 5)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
