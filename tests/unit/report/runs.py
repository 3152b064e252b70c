"""Real runs on hosts in memory, told to a view as the command line tells them."""

from __future__ import annotations

import json
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from pyinfra._core.output import STDERR, STDOUT
from pyinfra._engine.model import connector_registry
from pyinfra._report.plan import plan_report
from pyinfra._report.results import run_report
from pyinfra._report.view import Form, Problem, ProblemKind, RunInfo, Step, View
from pyinfra._transport.base import Command, Result
from pyinfra.api import Config, Inventory, State
from pyinfra.api.connect import connect_all
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops

from ..engine.toy import ToyConnector, ToySession, ensure, run, toy_state

# As if a package had announced it.
connector_registry.connector_points()["bytes"] = f"{__name__}:BytesConnector"
SCHEMAS = Path(__file__).parents[3] / "docs" / "schema"
Adder = Callable[[State], object]

# Everything that a host or a user could try: quotes, new lines, per cent, orders to GitHub, colours, bytes of no text.
HOSTILE_NAME = "x 50% \"quoted\" 'it' <b>&amp; ]]> ::error::x ##[add-path]/tmp `tick` |"  # hosts have printable names
HOSTILE = HOSTILE_NAME + " \x1b[31m \x00\x0c \ud800 \udcff \u2028 \uffff |"


class BytesSession(ToySession):
    """A host that prints any bytes: ``raw HEX``."""

    async def _one(self, request: Command) -> Result:
        verb, _, word = request.text.partition(" ")
        if verb != "raw":
            return await super()._one(request)
        result = Result(0, ok=True)
        for number, piece in enumerate(word.split(",")):
            data = bytes.fromhex(piece)
            result.output.append(STDERR if number % 2 else STDOUT, data)
            if request.on_output is not None:
                request.on_output(STDERR if number % 2 else STDOUT, data)
        return result


class BytesConnector(ToyConnector):
    """Brings its session."""

    def make_session(self, name: str) -> ToySession:
        return BytesSession(name)


def bytes_state(names: Iterable[str] = ("web1",)) -> State:
    """Return a connected run over hosts that print any bytes."""
    state = State(inventory=Inventory(([f"@bytes/{name}" for name in names], {})), config=Config())
    connect_all(state)
    return state


def raw(*pieces: bytes) -> str:
    """Return a command that prints these bytes, on standard output and standard error in turn."""
    return "raw " + ",".join(piece.hex() for piece in pieces)


@cache
def schema(name: str) -> dict[str, Any]:
    """Return a schema of the documentation."""
    return json.loads((SCHEMAS / f"{name}.json").read_text())


def strict(part: Any) -> Any:
    """Return a schema that takes no keys but those that it describes: what we write must be in the documentation."""
    if isinstance(part, list):
        return [strict(item) for item in part]
    if not isinstance(part, dict):
        return part
    made = {key: strict(value) for key, value in part.items()}
    if "properties" in made and "additionalProperties" not in made and "allOf" not in made:
        made["additionalProperties"] = False
    return made


@cache
def validator(name: str) -> Draft202012Validator:
    """Return a validator that is stricter than what readers are given."""
    Draft202012Validator.check_schema(schema(name))
    return Draft202012Validator(strict(schema(name)))


def check(document: Any, name: str) -> Any:
    """Return a document that is as its schema says."""
    validator(name).validate(document)
    return document


def tell(
    view: View,
    add: Adder,
    hosts: Iterable[str] = ("web1", "web2"),
    *,
    state: State | None = None,
    dry: bool = False,
    exit_code: int = 0,
    title: str = "deploy.py",
) -> State:
    """Plan and run operations, and tell a view of it; what is raised becomes a problem."""
    with _quiet():
        return _tell(view, add, state or toy_state(hosts), dry=dry, exit_code=exit_code, title=title)


@contextmanager
def _quiet() -> Iterator[None]:
    """Views show failures themselves, so the command line has no log of them either."""
    log = logging.getLogger("pyinfra.failures")
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


def _tell(view: View, add: Adder, state: State, *, dry: bool, exit_code: int, title: str) -> State:
    view.begin(RunInfo(Form.DEPLOY, title, dry))
    view.attach(state)
    view.step(Step.PREPARE, title)
    began: float | None = None
    try:
        add(state)
        view.plan(plan_report(state))
        if not dry:
            view.step(Step.EXECUTE)
            began = time.monotonic()
            run_ops(state)
    except KeyboardInterrupt:
        view.problem(Problem(ProblemKind.INTERRUPTED, "interrupted"))
        exit_code = 130
    except Exception as error:  # noqa: BLE001 - as the command line does
        view.problem(Problem(ProblemKind.FAILED, str(error)))
        exit_code = 1
    if began is not None:
        view.results(run_report(state, time.monotonic() - began))
    view.end(exit_code or (1 if state.failed_hosts else 0))
    return state


def success(state: State) -> None:
    """Two operations, one of which changes nothing the second time."""
    add_op(state, ensure, "colour", "blue", name="Paint it")
    add_op(state, run, "say hello", "say there")


def partial_failure(state: State) -> None:
    """It goes wrong on the first host; something after it is not run there, one error is ignored."""
    first, *_ = state.inventory
    add_op(state, run, "fail 3", name="Perhaps", _ignore_errors=True)
    add_op(state, run, "say before", "fail 7", "say after", host=first, name="Break it")
    add_op(state, ensure, "colour", "blue", name="Paint it")
    add_op(state, run, "say never", name="Only if", _if=lambda: bool(os.environ.get("NEVER")))


def total_failure(state: State) -> None:
    """It goes wrong everywhere."""
    add_op(state, run, "fail 1", name="Break it")
    add_op(state, ensure, "colour", "blue", name="Paint it")


def exception(state: State) -> None:
    """The user's own code raises, after something was planned."""
    add_op(state, ensure, "colour", "blue", name="Paint it")
    raise LookupError("no such key: 'port'")


def interrupted(state: State) -> None:
    """Ctrl-C while a host is busy."""
    add_op(state, ensure, "colour", "blue", name="Paint it")
    add_op(state, run, "sleep 20", name="Take a nap")
    main = threading.main_thread().ident
    assert main is not None
    threading.Timer(0.15, lambda: signal.pthread_kill(main, signal.SIGINT)).start()


ENDINGS: dict[str, Adder] = {
    "success": success,
    "partial": partial_failure,
    "total": total_failure,
    "exception": exception,
    "interrupt": interrupted,
}
