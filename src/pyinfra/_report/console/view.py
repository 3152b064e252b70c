"""The view for people: puts together what the other modules of this package tell."""

from __future__ import annotations

import atexit
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pyinfra._core.events import Event
from pyinfra._core.records import changed
from pyinfra._report.results import RunReport
from pyinfra._report.view import FactReport, Form, Problem, ProblemKind, RunInfo, Step, View

from .chatter import Chatter
from .failing import FailureTeller
from .failures import problem_lines
from .feed import Feed
from .lines import Line, count
from .messages import Message, MessageTeller
from .options import ConsoleOptions
from .outputs import folded_output
from .plans import heading, plan_lines
from .results import failed_hosts, results_lines, summary
from .running import RunTeller
from .steps import StepTeller
from .terminal import Stream, Terminal
from .values import fact_lines, inventory_lines

if TYPE_CHECKING:
    from pyinfra._report.plan import PlanReport
    from pyinfra.api import State

_SUMMED_UP = (ProblemKind.FAILED, ProblemKind.UNREACHABLE)
_PATIENCE = 0.3  # seconds before something that goes on is shown to go on


class ConsoleView(View):
    """Shows a run to people: results on standard output, commentary on standard error.

    Events are only noted on the engine's thread; another one writes, so that a slow terminal holds up nothing.

    Args:
        options: what was chosen.

    Example:
        >>> view = console_view(ConsoleOptions(verbosity=1))
        >>> view.begin(RunInfo(Form.DEPLOY, "deploy.py"))
    """

    def __init__(self, options: ConsoleOptions) -> None:
        self._options = options
        self._run = RunInfo(Form.DEPLOY, "")
        self._feed = Feed(options.clock, self._take, self._tick)
        self._terminal = Terminal(options, lambda stream, text: self._feed.put(_Printed(stream, text)))
        width = self._commentary_width
        self._failing = FailureTeller(self._terminal.say, width, not options.quiet)
        self._running = RunTeller(self._say, width, options.level(1), self._failing.flush)
        self._steps = StepTeller(self._say, options.level(1))
        self._messages = MessageTeller(self._terminal.say, logging.ERROR if options.quiet else logging.NOTSET)
        self._chatter = Chatter(options, self._terminal.say, self._print_output, self._running.name)
        self._handlers: dict[type[Event], list[Callable[[float, Any], None]]] = {}
        self._unsubscribe: Callable[[], None] | None = None
        self._hosts = 0
        self._operations = 0
        self._streams_output = False
        self._unasked: list[Line] = []

    # -- what the command line tells -------------------------------------------------------

    def begin(self, run: RunInfo) -> None:
        self._run = run
        self._failing.rerun = run.rerun
        self._running.told = run.form is not Form.EXEC
        self._steps.brief = run.form in (Form.EXEC, Form.FACT, Form.INVENTORY)
        atexit.register(self.end, 1)  # whatever happens, the cursor comes back and nothing is lost
        if self._terminal.moves:
            self._feed.start()

    def attach(self, state: State) -> None:
        names = [host.name for host in state.inventory if state.is_host_in_limit(host)]
        self._failing.order = self._running.order = {name: place for place, name in enumerate(names)}
        hosts = len(names)
        self._steps.state = state
        self._hosts = self._failing.total = hosts
        is_exec = self._run.form is Form.EXEC
        self._streams_output = self._options.shows_output or (is_exec and hosts == 1)
        self._failing.output = not (is_exec or self._options.shows_output)
        self._subscribe(state)
        self._feed.start()

    def _subscribe(self, state: State) -> None:
        for handlers in (
            self._chatter.handlers(self._streams_output),
            self._failing.handlers(),
            {} if self._options.quiet else self._running.handlers(self._terminal.moves),
            {} if self._options.quiet else self._steps.handlers(),
        ):
            for kind, handler in handlers.items():
                self._handlers.setdefault(kind, []).append(handler)
        self._unsubscribe = state.events.subscribe(self._feed.put, *self._handlers)

    def step(self, step: Step, detail: str = "") -> None:
        with self._shown():
            self._finish_step()
            self._unasked = []
            if step is Step.EXECUTE and self._steps.state is not None:
                self._operations = self._running.expect(self._steps.state)
                is_exec = self._run.form is Form.EXEC
                detail = detail or (self._run.title if is_exec else count(self._operations, "operation"))
            self._steps.begin(step, detail, self._options.clock())

    def log(self, level: int, text: str) -> None:
        self._feed.put(Message(level, text, self._steps.step))

    def plan(self, plan: PlanReport) -> None:
        with self._shown():
            self._finish_step()
            if self._options.quiet:
                self._unasked = [heading(plan)]
                if self._run.dry:
                    self._tell_unasked()
                return
            options = self._options
            self._terminal.results(plan_lines(plan, self._terminal.out.width, options.diff, options.level(1)))

    def _tell_unasked(self) -> None:
        """Even who wants to be left alone is told what a question is about."""
        lines, self._unasked = self._unasked, []
        self._terminal.say(lines)

    def facts(self, facts: Sequence[FactReport]) -> None:
        with self._shown():
            self._finish_step()
            for fact in facts:
                total = len(fact.values) + len(fact.failed)
                self._terminal.results(fact_lines(fact, self._terminal.out.width, total))

    def inventory(self, hosts: Sequence[Mapping[str, Any]]) -> None:
        with self._shown():
            self._finish_step()
            self._terminal.results(inventory_lines(hosts))

    def results(self, run: RunReport) -> None:
        with self._shown():
            self._chatter.finish()
            self._finish_step()
            if self._run.form is Form.EXEC:
                self._exec_results(run)
            elif self._options.quiet:
                self._terminal.say([summary(run)])
            else:
                self._terminal.results(results_lines(run, self._terminal.out.width, self._options.level(1)))

    def _exec_results(self, run: RunReport) -> None:
        """The output is the result, and comes alone on standard output."""
        outputs = [
            (host, meta.combined_output)
            for operation in run.operations
            for host, meta in operation.metas.items()
            if meta.is_complete() and host not in self._chatter.heard  # connectors may not show it as it comes
        ]
        self._terminal.results(list(folded_output(outputs, len(run.statuses), self._terminal.out.width)))
        if len(run.statuses) > 1:
            self._terminal.say(failed_hosts(run, self._terminal.err.width))
        self._terminal.say([Line("    ").join(summary(run, operations=False))])

    def problem(self, problem: Problem) -> None:
        with self._shown():
            self._finish_step()
            if self._failing.has_told_of(problem.trace):
                problem = changed(problem, trace=(), place=None, hint=None)
            elif problem.kind in _SUMMED_UP and self._failing.has_told:
                problem = changed(problem, hint=None)  # which says no more than the failures did
            self._terminal.say(problem_lines(problem, self._terminal.err.width))

    def end(self, exit_code: int) -> None:
        atexit.unregister(self.end)
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        with self._shown():
            self._chatter.finish()
            self._finish_step()
            self._terminal.still()
        self._feed.stop()
        self._terminal.flush()

    @contextmanager
    def paused(self) -> Iterator[None]:
        with self._feed.paused():
            with self._shown():
                self._terminal.still()
                self._tell_unasked()
            yield

    # -- what happens ----------------------------------------------------------------------

    @contextmanager
    def _shown(self) -> Iterator[None]:
        """Everything that happened before is shown before, and what is told in the block at its end."""
        with self._feed.alone():
            yield
            self._terminal.flush()

    def _finish_step(self) -> None:
        """What goes on no longer; what comes now is said by somebody who writes below it."""
        self._terminal.still()
        self._messages.finish()
        self._steps.finish(self._options.clock())
        self._failing.flush()

    def _take(self, when: float, item: Any) -> None:
        for handler in self._handlers.get(type(item), ()):
            handler(when, item)
        if isinstance(item, Message):
            self._messages.tell(item)
        elif isinstance(item, _Printed):
            self._terminal.write(item.stream, item.text)

    def _tick(self, now: float) -> None:
        self._failing.tick(now)
        if self._terminal.moves:
            self._terminal.move(self._moving_lines(now))  # first: it is drawn again below what is written
        self._terminal.flush()

    def _moving_lines(self, now: float) -> list[Line]:
        width = self._commentary_width() - 1
        lines = self._running.activity_lines(now, width)
        activity = self._steps.activity
        if not lines and activity is not None and now - activity.began >= _PATIENCE:
            lines = activity.lines(now, width)
        return lines

    # -- writing ---------------------------------------------------------------------------

    def _commentary_width(self) -> int:
        return self._terminal.err.width

    def _say(self, lines: Sequence[Line]) -> None:
        if not self._options.quiet:
            self._terminal.say(lines)

    def _print_output(self, lines: Sequence[Line]) -> None:
        """What commands print is the result when nothing else was asked for."""
        if self._run.form is Form.EXEC:
            self._terminal.results(lines)
        else:
            self._terminal.say(lines)


class _Printed:
    """Text that other code printed while the moving part was there."""

    __slots__ = ("stream", "text")

    def __init__(self, stream: Stream, text: str) -> None:
        self.stream = stream
        self.text = text


def console_view(options: ConsoleOptions) -> ConsoleView:
    """Make the view for people.

    Args:
        options: how much is shown, and where.
    """
    return ConsoleView(options)
