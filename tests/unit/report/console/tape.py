"""Records what a console view writes: both streams, in the order in which it was written."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pyinfra._core.commands import StringCommand
from pyinfra._core.errors import PyinfraError
from pyinfra._core.locations import user_trace
from pyinfra._core.records import changed
from pyinfra._engine.connect.connections import connect_all
from pyinfra._engine.prepare.authoring import change
from pyinfra._engine.prepare.operation import operation
from pyinfra._report.console import ConsoleOptions, ConsoleView, console_view
from pyinfra._report.plan import plan_report
from pyinfra._report.results import RunReport, run_report
from pyinfra._report.view import Form, Problem, ProblemKind, RunInfo, Step
from pyinfra.api import Config, Inventory, State
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops

from ...engine.toy import ensure, run

HOSTILE = "\x1b[2J\x1b[31mred\r\n--> Results\x07"
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


class _Recorded(io.StringIO):
    def __init__(self, tape: list[tuple[int, str]], stream: int) -> None:
        super().__init__()
        self._tape = tape
        self._stream = stream

    def write(self, text: str) -> int:
        self._tape.append((self._stream, text))
        return len(text)


class Tape:
    """Two streams, and a view that writes to them; the clock stands still unless it is set."""

    def __init__(self, **options: Any) -> None:
        self._pieces: list[tuple[int, str]] = []
        self.now = 0.0
        defaults: dict[str, Any] = {
            "stdout": _Recorded(self._pieces, 1),
            "stderr": _Recorded(self._pieces, 2),
            "environ": {},
            "clock": lambda: self.now,
        }
        self.view: ConsoleView = console_view(ConsoleOptions(**(defaults | options)))

    @property
    def out(self) -> str:
        """What was written to standard output."""
        return "".join(text for stream, text in self._pieces if stream == 1)

    @property
    def err(self) -> str:
        """What was written to standard error."""
        return "".join(text for stream, text in self._pieces if stream == 2)

    @property
    def text(self) -> str:
        """Both, every line of standard error marked by a bar."""
        lines: list[str] = []
        for stream, text in self._pieces:
            assert text.endswith("\n")
            mark = "" if stream == 1 else "| "
            lines += [(mark + line).rstrip() for line in text[:-1].split("\n")]
        return "\n".join(lines)

    def begin(self, form: Form = Form.DEPLOY, title: str = "deploy.py", **more: Any) -> ConsoleView:
        """Begin a run of this form."""
        self.view.begin(RunInfo(form, title, rerun=rerun, **more))
        return self.view

    @contextmanager
    def told(self, form: Form = Form.DEPLOY, **more: Any) -> Iterator[ConsoleView]:
        """Begin a run, and end it."""
        yield self.begin(form, **more)
        self.view.end(0)


def rerun(hosts: Sequence[str]) -> str:
    """The command line that runs the same on these hosts."""
    return f"pyinfra inventory.py deploy.py --limit {','.join(hosts)}"


@operation()
def write(path: str, *changes: tuple[str, Any, Any], fail: int = 0) -> Iterator[str]:
    """Change attributes of a file."""
    yield f"fail {fail}" if fail else f"set {path} x"
    for attribute, before, after in changes:
        change(f"file {path}", attribute, before, after)


@operation(is_idempotent=False)
def says(*commands: str) -> Iterator[StringCommand]:
    """Run commands on hosts that answer."""
    for command in commands:
        yield StringCommand(command)


def deploy(source: str, state: State, **names: Any) -> None:
    """Run deploy code that stands in ``deploy.py``: places in messages do not depend on this file."""
    found = {"state": state, "add_op": add_op, "ensure": ensure, "run": run, "write": write, "says": says}
    exec(compile(source, "deploy.py", "exec"), found | names)


def play(
    tape: Tape,
    source: str | Callable[[State], Any],
    hosts: Sequence[str] = ("web1", "web2", "web3"),
    *,
    state: State | None = None,
    form: Form = Form.DEPLOY,
    title: str = "deploy.py",
    **how: Any,
) -> State:
    """Tell a real run to a view as the command line does."""
    view = tape.begin(form, title)
    state = state or State(inventory=Inventory(([f"@toy/{name}" for name in hosts], {})), config=Config())
    view.attach(state)
    try:
        view.step(Step.CONNECT)
        connect_all(state)
        view.step(Step.PREPARE, title)
        source(state) if callable(source) else deploy(source, state)
        if form is not Form.EXEC:
            view.plan(plan_report(state))
        view.step(Step.EXECUTE)
        run_ops(state, **how)
    except PyinfraError as error:
        view.problem(Problem(ProblemKind.FAILED, str(error), hint=error.details.hint))
    except Exception as error:  # noqa: BLE001 - the user's own
        view.problem(Problem(ProblemKind.DEPLOY, f"{type(error).__name__}: {error}", trace=user_trace(error)))
    view.results(timeless(run_report(state)))
    view.end(0)
    return state


def timeless(report: RunReport) -> RunReport:
    """The report of a run that took the same time wherever it ran."""
    return changed(report, operations=tuple(changed(op, seconds=0.0) for op in report.operations), seconds=1.2)


def widest(text: str) -> int:
    """Columns of the longest line."""
    return max(map(len, ESCAPES.sub("", text).split("\n")))
