"""A run on a terminal, for ``test_live.py``: hosts in memory, of which some are slow; time goes twenty times as fast.

Words: ``print`` has other code print meanwhile, ``ask`` has somebody asked a question, ``raise`` ends it by an error.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[4]))

from pyinfra._core.context import host
from pyinfra._engine.connect.connections import connect_all
from pyinfra._engine.prepare.operation import operation
from pyinfra._report.console import ConsoleOptions, console_view
from pyinfra._report.plan import plan_report
from pyinfra._report.results import run_report
from pyinfra._report.view import Form, RunInfo, Step, View
from pyinfra.api import Config, Inventory, State
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from tests.unit.engine.toy import ToySession, ensure, run
from tests.unit.report.console.tape import timeless

SPEED = 20


@operation(is_idempotent=False)
def nap() -> Iterator[str]:
    """Take as long as the host likes."""
    yield f"sleep {host.data.nap}"


async def _open(session: ToySession) -> None:
    import asyncio

    await asyncio.sleep(0.5 if session.name == "web8" else 0.1)


def _print() -> None:
    print("printed by the user")
    print("and without an end", end="")
    print("to standard error", file=sys.stderr)


def _ask(view: View) -> None:
    with view.paused():
        print("Password: ", end="", flush=True)
        answer = sys.stdin.readline().strip()
        print(f"thank you for {answer}", flush=True)


def main(words: list[str]) -> None:
    """Run it."""
    logging.getLogger("pyinfra.failures").disabled = True
    ToySession.open = _open  # type: ignore[method-assign]
    view = console_view(ConsoleOptions(clock=lambda: time.monotonic() * SPEED))
    view.begin(RunInfo(Form.DEPLOY, "deploy.py"))
    slow = "2.5" if "ask" in words else "0.9"
    hosts = [(f"@toy/web{n}", {"nap": slow if n >= 7 else "0.3"}) for n in range(1, 9)]
    state = State(inventory=Inventory((hosts, {})), config=Config())
    view.attach(state)
    view.step(Step.CONNECT)
    connect_all(state)
    view.step(Step.PREPARE, "deploy.py")
    add_op(state, ensure, name="Install nginx", key="nginx", value="1.22")
    add_op(state, nap, name="Take a nap")
    add_op(state, run, "fail 3", name="Break", host=list(state.inventory)[1])
    add_op(state, ensure, name="Nothing to do", key="nginx", value="1.22")
    plan_report(state)
    view.step(Step.EXECUTE)
    if "print" in words:
        threading.Timer(0.5, _print).start()
    if "ask" in words:
        threading.Timer(0.5, _ask, [view]).start()
    run_ops(state)
    if "raise" in words:
        raise RuntimeError("on purpose")
    view.results(timeless(run_report(state)))
    view.end(0)


if __name__ == "__main__":
    main(sys.argv[1:])
