"""A host in memory for tests of the engine: it holds named values, and understands a handful of commands.

set NAME VALUE | del NAME | get NAME | fail STATUS | say TEXT | sleep SECONDS | noise
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pyinfra._core.commands import StringCommand
from pyinfra._core.context import host
from pyinfra._core.effects import Resource, named
from pyinfra._core.output import STDERR, STDOUT
from pyinfra._engine.connect.connections import connect_all
from pyinfra._engine.facts.base import FactBase
from pyinfra._engine.model import connector_registry
from pyinfra._engine.model.config import Config
from pyinfra._engine.model.inventory import Inventory
from pyinfra._engine.model.state import State
from pyinfra._engine.prepare.authoring import promise
from pyinfra._engine.prepare.operation import operation
from pyinfra._transport.base import Command, Failure, FailureKind, Request, Result

# As if a package had announced it.
connector_registry.connector_points()["toy"] = f"{__name__}:ToyConnector"


class Sleepers:
    """Counts the hosts that sleep at the same time."""

    def __init__(self) -> None:
        self.now = 0
        self.most = 0

    def __enter__(self) -> None:
        self.now += 1
        self.most = max(self.most, self.now)

    def __exit__(self, *error: object) -> None:
        self.now -= 1


sleepers = Sleepers()


class ToySession:
    """Runs the commands on a dictionary; every batch takes one turn of the loop, like a round trip."""

    identity = None
    round_trips = 0

    def __init__(self, name: str) -> None:
        self.name = name
        self.values: dict[str, str] = {}
        self.log: list[str] = []
        self.batches: list[list[str]] = []
        self.running: set[asyncio.Task[Any]] = set()
        self.interrupted = False
        self.closed = False

    async def open(self) -> None:
        await asyncio.sleep(0)

    async def close(self) -> None:
        self.closed = True

    async def refresh(self) -> None:
        """There are no privilege shells here."""

    async def interrupt(self) -> None:
        self.interrupted = True
        for task in list(self.running):
            task.cancel()

    async def submit(self, batch: Sequence[Request]) -> list[Result]:
        self.batches.append([request.text for request in batch if isinstance(request, Command)])
        task = asyncio.ensure_future(self._run(batch))
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        return await asyncio.shield(task)

    async def _run(self, batch: Sequence[Request]) -> list[Result]:
        await asyncio.sleep(0.001)
        results: list[Result] = []
        for request in batch:
            assert isinstance(request, Command)
            results.append(await self._one(request))
            if not results[-1].ok:
                break
        return results

    async def _one(self, request: Command) -> Result:
        self.log.append(request.text)
        result = Result(0, ok=True)
        verb, *words = request.text.split(" ")
        if verb == "set":
            self.values[words[0]] = words[1]
        elif verb == "del":
            self.values.pop(words[0], None)
        elif verb == "get":
            result.output.append(STDOUT, self.values.get(words[0], "").encode() + b"\n")
        elif verb == "say":
            result.output.append(STDOUT, " ".join(words).encode() + b"\n")
        elif verb == "sleep":
            with sleepers:
                await asyncio.sleep(float(words[0]))
        elif verb == "lose":
            return Result(None, ok=False, failure=Failure(FailureKind.LOST, "connection lost"))
        elif verb == "fail":
            result.status = int(words[0])
            result.output.append(STDERR, b"it failed\n")
        result.ok = result.status in request.options.success_exit_codes
        return result


class ToyConnector:
    """Brings the session of a host."""

    handles_execution = True

    @staticmethod
    def make_names_data(name: str) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
        yield name, {}, []

    def __init__(self, state: State, target: Any) -> None:
        self.session = self.make_session(target.name)

    def make_session(self, name: str) -> ToySession:
        return ToySession(name)


def toy_state(names: Iterable[str] = ("one",), data: dict[str, Any] | None = None, **config: Any) -> State:
    """A connected run over hosts in memory."""
    inventory = Inventory(([f"@toy/{name}" for name in names], data or {}))
    state = State(inventory=inventory, config=Config(**config))
    connect_all(state)
    return state


def session(state: State, name: str = "one") -> ToySession:
    """The session of a host."""
    found = state.inventory.get_host(name).session
    assert isinstance(found, ToySession)
    return found


class Value(FactBase[str]):
    """A named value of the host, empty when there is none."""

    def command(self, key: str) -> str:
        return f"get {key}"

    def resources(self, key: str) -> list[Resource]:
        return [named(key)]


class Anything(FactBase[str]):
    """The same for a fact that does not say what it looks at."""

    def command(self, key: str) -> str:
        return f"get {key}"


@operation()
def ensure(key: str, value: str) -> Iterator[str]:
    """Give the host a value, and promise it."""
    if host.get_fact(Value, key=key) != value:
        yield f"set {key} {value}" if value else f"del {key}"
        promise(Value, value, key=key)


@operation()
def ensure_silently(key: str, value: str) -> Iterator[str]:
    """The same without a promise, as operations that were written elsewhere do."""
    if host.get_fact(Value, key=key) != value:
        yield f"set {key} {value}"


@operation(is_idempotent=False)
def run(*commands: str) -> Iterator[StringCommand]:
    """Run commands as they are."""
    for command in commands:
        yield StringCommand(command)
