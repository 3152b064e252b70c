"""The run as it happens: JSON lines, one event each."""

from __future__ import annotations

import codecs
import logging
import re
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

from pyinfra._core import events
from pyinfra._core.events import Change, CommandEnded, CommandPrinted, CommandStarted, Event, Failure
from pyinfra._report.encoding import to_json_text
from pyinfra._report.plan import PlanReport
from pyinfra._report.results import HostStatus, RunReport, host_statuses
from pyinfra._report.shapes import (
    VERSION,
    change_shape,
    failed_hosts,
    failure_shape,
    inventory_shape,
    plan_shape,
    problem_shape,
    totals_shape,
)
from pyinfra._report.view import FactReport, Problem, RunInfo, Step, View
from pyinfra.version import __version__

if TYPE_CHECKING:
    from pyinfra.api import State

_WORD_END = re.compile(r"(?<=[a-z])(?=[A-Z])")
_STREAMS = {1: "stdout", 2: "stderr"}


def event_types() -> tuple[type[Event], ...]:
    """Return all kinds of events that the engine tells."""
    kinds = [kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, Event)]
    return tuple(kind for kind in kinds if kind is not Event)


def type_name(kind: type[Event]) -> str:
    """Return the name of a kind of event in the stream.

    Example:
        >>> type_name(events.HostConnected)
        'host_connected'
    """
    return _WORD_END.sub("_", kind.__name__).lower()


class StreamView(View):
    """Writes each event as a line of JSON at once; ``docs/schema/events.json`` describes the lines.

    A reader that goes away does not stop the run: the rest is not written, and ``end`` raises the error.

    Args:
        stream: where to; nothing else may be written there.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._state: State | None = None
        self._totals: dict[str, int] | None = None
        self._lock = threading.Lock()  # events come on the engine's thread
        self._begun = False
        self._ended = False
        self._error: Exception | None = None
        self._decoders: dict[tuple[str, int], codecs.IncrementalDecoder] = {}

    # -- steps -----------------------------------------------------------------------------

    def begin(self, run: RunInfo) -> None:
        self._start(run)

    def attach(self, state: State) -> None:
        self._state = state
        state.events.subscribe(self._on_event, *(kind for kind in event_types() if kind is not CommandPrinted))
        state.events.subscribe(self._on_printed, CommandPrinted)

    def step(self, step: Step, detail: str = "") -> None:
        self._write("step", step=step.value, detail=detail)

    def log(self, level: int, text: str) -> None:
        self._write("log", level=logging.getLevelName(level).lower(), text=text)

    def plan(self, plan: PlanReport) -> None:
        self._write("plan", checked=plan.checked, hosts=list(plan.hosts), operations=plan_shape(plan))

    def facts(self, facts: Sequence[FactReport]) -> None:
        for fact in facts:
            self._write("fact", fact=fact.name, arguments=fact.arguments, values=fact.values, unread=fact.failed)

    def inventory(self, hosts: Sequence[Mapping[str, Any]]) -> None:
        for host in inventory_shape(hosts):
            self._write("inventory_host", **host)

    def results(self, run: RunReport) -> None:
        self._totals = totals_shape(run)
        statuses = {name: status.value for name, status in run.statuses.items()}
        self._write(
            "results",
            totals=self._totals,
            failed_hosts=failed_hosts(run),
            hosts=statuses,
            seconds=round(run.seconds, 3),
        )

    def problem(self, problem: Problem) -> None:
        self._write("problem", **problem_shape(problem))

    def end(self, exit_code: int) -> None:
        if self._ended:
            return
        self._write("end", exit_code=exit_code, hosts=self._host_counts(), totals=self._totals)
        if self._error is not None:
            raise self._error

    def _host_counts(self) -> dict[str, int] | None:
        if self._state is None:
            return None
        counts = dict.fromkeys((status.value for status in HostStatus), 0)
        for status in host_statuses(self._state).values():
            counts[status.value] += 1
        return counts

    # -- events ----------------------------------------------------------------------------

    def _on_event(self, event: Event) -> None:
        if isinstance(event, CommandStarted) and event.operation is None:
            return  # of a fact, as what it prints: FactRead tells of it, and accounts have secrets among their fields
        kind, names = _KINDS[type(event)]
        fields = {name: _shown(getattr(event, name)) for name in names}
        if "operation" in fields and "name" not in fields:
            fields["name"] = self._operation_name(fields["operation"])
        if isinstance(event, CommandEnded):
            self._finish_text(event)
        self._write(kind, **fields)

    def _operation_name(self, op_hash: str | None) -> str | None:
        meta = self._state.op_meta.get(op_hash) if self._state is not None and op_hash is not None else None
        return meta.name if meta is not None else None

    def _on_printed(self, event: CommandPrinted) -> None:
        """Output as text. A character may arrive in two pieces, so the decoder remembers the first."""
        if event.operation is None:
            return
        decoder = self._decoders.get((event.host, event.stream))
        if decoder is None:
            decoder = self._decoders[event.host, event.stream] = codecs.getincrementaldecoder("utf-8")("replace")
        self._write_text(event.host, event.operation, event.stream, decoder.decode(event.data))

    def _finish_text(self, event: CommandEnded) -> None:
        for stream in _STREAMS:
            decoder = self._decoders.pop((event.host, stream), None)
            if decoder is not None:
                self._write_text(event.host, event.operation, stream, decoder.decode(b"", final=True))

    def _write_text(self, host: str, operation: str | None, stream: int, text: str) -> None:
        if text:
            name = self._operation_name(operation)
            self._write(
                "command_printed", host=host, operation=operation, name=name, stream=_STREAMS[stream], text=text
            )

    # -- lines -----------------------------------------------------------------------------

    def _start(self, run: RunInfo | None) -> None:
        if self._begun:
            return
        self._begun = True
        shape = {"form": run.form.value, "title": run.title, "dry": run.dry} if run is not None else None
        self._write("start", pyinfra=__version__, run=shape)

    def _write(self, type_: str, **fields: Any) -> None:
        if not self._begun:  # the run went wrong before it was known what it is
            self._start(None)
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = to_json_text({"v": VERSION, "type": type_, "time": now, **fields})
        with self._lock:
            if self._error is not None or self._ended:
                return
            self._ended = type_ == "end"
            try:
                self._stream.write(line + "\n")
                self._stream.flush()
            except (OSError, ValueError) as error:  # nobody reads any more
                self._error = error


# The name of each kind of event, and its fields.
_KINDS = {kind: (type_name(kind), kind.record_fields) for kind in event_types()}


def _shown(value: Any) -> Any:
    if isinstance(value, Failure):
        return failure_shape(value)
    if isinstance(value, tuple):
        return [_shown(item) for item in value]
    if isinstance(value, float):
        return round(value, 3)
    return change_shape(value) if isinstance(value, Change) else value
