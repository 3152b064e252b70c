"""What a view is told. The command line tells every view everything; each shows what it is for.

A view hears of the run's steps by these methods, and of what happens inside of them by the events that it subscribes
to in ``attach``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pyinfra._core.locations import TraceLine
from pyinfra._core.records import Record

if TYPE_CHECKING:
    from pyinfra._report.plan import PlanReport
    from pyinfra._report.results import RunReport
    from pyinfra.api import State


class Step(Enum):
    """The steps of a run, in order. Not every run has all of them."""

    CONFIG = "config"
    INVENTORY = "inventory"
    CONNECT = "connect"
    PREPARE = "prepare"
    FACTS = "facts"
    EXECUTE = "execute"
    DISCONNECT = "disconnect"


class Form(Enum):
    """What kind of thing the command line asks for."""

    DEPLOY = "deploy"
    OPERATION = "operation"
    EXEC = "exec"
    FACT = "fact"
    INVENTORY = "debug-inventory"


class RunInfo(Record):
    """What was asked for.

    Attributes:
        form: what kind of thing.
        title: what is run, in a person's words: ``deploy.py``, ``server.shell``.
        dry: whether it ends with the plan.
        rerun: makes the command line that does the same on these hosts only; secrets are left out.
    """

    form: Form
    title: str
    dry: bool = False
    rerun: Callable[[Sequence[str]], str] | None = None


class ProblemKind(Enum):
    """What ended a run before its end."""

    USAGE = "usage"
    INVENTORY = "inventory"
    DEPLOY = "deploy"
    UNREACHABLE = "unreachable"
    FAILED = "failed"
    DECLINED = "declined"
    INTERRUPTED = "interrupted"
    INTERNAL = "internal"


class Problem(Record):
    """Something that ended the run, or kept it from beginning."""

    kind: ProblemKind
    message: str
    place: str | None = None
    hint: str | None = None
    trace: tuple[TraceLine, ...] = ()


class FactReport(Record):
    """The values of one fact.

    Attributes:
        name: ``server.Os``.
        arguments: as text, ``path=/etc/hosts``; empty when there are none.
        values: by host name.
        failed: why, for hosts from which it could not be read.
    """

    name: str
    arguments: str
    values: Mapping[str, Any]
    failed: Mapping[str, str] = MappingProxyType({})

    @property
    def title(self) -> str:
        """Name and arguments."""
        return f"{self.name} ({self.arguments})" if self.arguments else self.name


class View:
    """Base of all views: shows nothing."""

    def begin(self, run: RunInfo) -> None:
        """A run was asked for."""

    def attach(self, state: State) -> None:
        """The run has hosts now: subscribe to its events."""

    def step(self, step: Step, detail: str = "") -> None:
        """A step begins."""

    def log(self, level: int, text: str) -> None:
        """The library, or the user's code, logged a message (levels of ``logging``)."""

    def plan(self, plan: PlanReport) -> None:
        """Everything is prepared."""

    def facts(self, facts: Sequence[FactReport]) -> None:
        """Facts were asked for, and are there."""

    def inventory(self, hosts: Sequence[Mapping[str, Any]]) -> None:
        """The inventory was asked for: ``name``, ``groups`` and ``data`` of each host."""

    def results(self, run: RunReport) -> None:
        """What was run is over, also when it was ended before its time."""

    def problem(self, problem: Problem) -> None:
        """Something ended the run, or kept it from beginning."""

    def end(self, exit_code: int) -> None:
        """The last call, on every path. Whatever is to be written must be written now."""

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the terminal alone for a while: somebody is asked a question."""
        yield


class Views(View):
    """Several views as one."""

    def __init__(self, views: Sequence[View]) -> None:
        self._views = tuple(views)

    def begin(self, run: RunInfo) -> None:
        for view in self._views:
            view.begin(run)

    def attach(self, state: State) -> None:
        for view in self._views:
            view.attach(state)

    def step(self, step: Step, detail: str = "") -> None:
        for view in self._views:
            view.step(step, detail)

    def log(self, level: int, text: str) -> None:
        for view in self._views:
            view.log(level, text)

    def plan(self, plan: PlanReport) -> None:
        for view in self._views:
            view.plan(plan)

    def facts(self, facts: Sequence[FactReport]) -> None:
        for view in self._views:
            view.facts(facts)

    def inventory(self, hosts: Sequence[Mapping[str, Any]]) -> None:
        for view in self._views:
            view.inventory(hosts)

    def results(self, run: RunReport) -> None:
        for view in self._views:
            view.results(run)

    def problem(self, problem: Problem) -> None:
        for view in self._views:
            view.problem(problem)

    def end(self, exit_code: int) -> None:
        """Ends every view, also when one of them cannot write.

        Raises:
            OSError: one of them could not.
        """
        errors: list[OSError] = []
        for view in self._views:
            try:
                view.end(exit_code)
            except OSError as error:
                errors.append(error)
        if errors:
            raise errors[0]

    @contextmanager
    def paused(self) -> Iterator[None]:
        with ExitStack() as stack:
            for view in self._views:
                stack.enter_context(view.paused())
            yield
