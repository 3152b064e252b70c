"""The facts of one host: read once, kept until something that they look at may have changed.

Reads that are asked for before the loop gets its turn travel together; calls of one class that has a batch form
become one process on the host.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from pyinfra._core.effects import Effects, TouchedIndex
from pyinfra._core.errors import FactProcessError
from pyinfra._core.output import split_lines
from pyinfra._engine import bridge
from pyinfra._engine.facts.keys import FactKey
from pyinfra._transport.base import Command, ExecOptions, Failure, FailureKind, Request, Result

if TYPE_CHECKING:
    from pyinfra._core.commands import StringCommand
    from pyinfra._engine.facts.base import FactBase

# Printed instead of a fact's output when the program that it needs is not on the host.
MISSING_PROGRAM = "__pyinfra_program_is_missing__"

Submit = Callable[[Sequence[Request]], Awaitable[list[Result]]]


class Reading:
    """One value on its way, or arrived. The output is understood by whoever first asks for the value."""

    __slots__ = ("_lines", "_processed", "_value", "arguments", "at", "fact", "future", "key", "result", "sent")

    def __init__(self, key: FactKey, at: int) -> None:
        self.key = key
        self.at = at
        self.fact: FactBase[Any] = key.cls()
        self.arguments = key.arguments
        self.future: asyncio.Future[None] | None = None
        self.result: Result | None = None
        self.sent: str | None = None  # the command, masked; of a batch only the first reading has it
        self._lines: Callable[[], Any] | None = None
        self._processed = False
        self._value: Any = None

    def arrived(self, result: Result, value: Callable[[], Any]) -> None:
        """Take the result; ``value`` makes the value of it, later."""
        self.result = result
        self._lines = value
        if self.future is not None and not self.future.done():
            self.future.set_result(None)

    @property
    def value(self) -> Any:
        """The value; whatever ``process`` raises comes through."""
        if not self._processed:
            self._value = cast("Callable[[], Any]", self._lines)()
            self._processed = True
            self._lines = None
        return self._value

    @property
    def is_known(self) -> bool:
        """Whether there is a value."""
        return self._processed or self._lines is not None

    def known(self, value: Any) -> Reading:
        """Set a value that needs no reading."""
        self._processed, self._value = True, value
        return self


class FactStore:
    """Values and pending reads of one host.

    Args:
        submit: sends a batch of requests to the host; looked up at each flush, since a host may reconnect.
    """

    def __init__(self, submit: Callable[[], Submit]) -> None:
        self._submit = submit
        self._readings: dict[FactKey, Reading] = {}
        self._queue: list[tuple[Reading, StringCommand | str | None]] = []
        self._touched = TouchedIndex()
        self.epoch = 1

    # -- validity --------------------------------------------------------------------------

    def touch(self, effects: Effects) -> None:
        """Something that has these effects ran on the host."""
        if effects:
            self.epoch += 1
            self._touched.add(effects, self.epoch)

    def valid(self, key: FactKey) -> Reading | None:
        """Return the reading of a key while nothing that it looks at was touched since."""
        reading = self._readings.get(key)
        if reading is None or self._touched.since(key.resources, reading.at):
            return None
        return reading

    def known(self) -> list[Reading]:
        """Return what was read or promised and is still valid."""
        return [reading for key, reading in self._readings.items() if self.valid(key) and reading.is_known]

    def keep(self, key: FactKey, value: Any) -> None:
        """Store a value that is known without reading it (a promise that was kept)."""
        self._readings[key] = Reading(key, self.epoch).known(value)

    def forget(self, key: FactKey) -> None:
        """Drop one value."""
        self._readings.pop(key, None)

    # -- reading ---------------------------------------------------------------------------

    def request(self, key: FactKey, command: StringCommand | str | None) -> Reading:
        """Start reading a value; the request leaves when the loop gets its turn.

        Args:
            command: the text to run, or None to have it made from the batch form of the class.
        """
        reading = Reading(key, self.epoch)
        reading.future = bridge.new_future()
        self._readings[key] = reading
        if not self._queue:
            bridge.call_later(self._flush)
        self._queue.append((reading, command))
        return reading

    def _flush(self) -> None:
        queue, self._queue = self._queue, []
        batches: dict[tuple[object, ExecOptions], list[Reading]] = {}
        submit = self._submit()
        for reading, command in queue:
            if command is None:
                family = reading.key.cls.batch_family or reading.key.cls
                batches.setdefault((family, reading.key.options), []).append(reading)
            else:
                self._send(submit, [reading], command)
        for readings in batches.values():
            self._send_batch(submit, readings)

    def _send_batch(self, submit: Submit, readings: list[Reading]) -> None:
        """Send what can be read together; a class may refuse that for so many, but not for one."""
        speaker = max(readings, key=lambda reading: reading.key.cls.batch_rank).fact
        command = speaker.batch_command([reading.arguments for reading in readings])
        if command is not None or len(readings) == 1:
            self._send(submit, readings, cast("StringCommand | str", command), in_batch=True)
            return
        middle = len(readings) // 2
        self._send_batch(submit, readings[:middle])
        self._send_batch(submit, readings[middle:])

    def _send(
        self, submit: Submit, readings: list[Reading], command: StringCommand | str, in_batch: bool = False
    ) -> None:
        raw = command if isinstance(command, str) else command.get_raw_value()
        readings[0].sent = str(command)
        request = Command(raw, readings[0].key.options, masked=readings[0].sent)
        answer = asyncio.ensure_future(submit([request]), loop=bridge.engine_loop())
        answer.add_done_callback(lambda done: self._receive(readings, _result_of(done), in_batch))

    def _receive(self, readings: list[Reading], result: Result, in_batch: bool) -> None:
        if not in_batch:
            readings[0].arrived(result, lambda: single_value(readings[0].fact, result))
            return
        batch = _BatchValues([reading.arguments for reading in readings], result)
        for index, reading in enumerate(readings):
            reading.arrived(result, partial(batch.value, reading.fact, index))


class _BatchValues:
    """The values of one batch: understood once for each class in it, and handed out one by one."""

    def __init__(self, calls: list[Mapping[str, Any]], result: Result) -> None:
        self._calls = calls
        self._result = result
        self._values: dict[type, Sequence[Any]] = {}

    def value(self, fact: FactBase[Any], index: int) -> Any:
        values = self._values.get(type(fact))
        if values is None:
            values = self._values[type(fact)] = self._understood_by(fact)
        value = values[index]
        if isinstance(value, FactProcessError):
            raise value
        return value

    def _understood_by(self, fact: FactBase[Any]) -> Sequence[Any]:
        lines = stdout_lines(self._result)
        if not self._result.ok or not lines:
            return [fact.default() for _ in self._calls]
        return fact.batch_process(self._calls, lines)


def single_value(fact: FactBase[Any], result: Result) -> Any:
    """The value of one fact from the result of its command."""
    lines = stdout_lines(result)
    if not result.ok or not lines or lines == [MISSING_PROGRAM]:
        return fact.default()
    return fact.process(lines)


def stdout_lines(result: Result) -> list[str]:
    """The lines of standard output."""
    return [line.line for line in split_lines(result.output) if line.buffer_name == "stdout"]


def _result_of(done: asyncio.Future[list[Result]]) -> Result:
    if done.cancelled():
        return Result(None, ok=False, failure=Failure(FailureKind.INTERRUPTED, "interrupted"))
    error = done.exception()
    if error is not None:
        return Result(None, ok=False, failure=Failure(FailureKind.LOST, str(error)))
    return done.result()[0]
