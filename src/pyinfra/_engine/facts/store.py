"""The facts of one host: read once, kept until something that they look at may have changed.

Reads that are asked for before the loop gets its turn travel together; calls of one class that has a batch form
become one process on the host.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any, cast

from pyinfra._core.effects import Effects, TouchedIndex
from pyinfra._engine import bridge
from pyinfra._engine.facts.base import FactBase
from pyinfra._engine.facts.keys import FactKey
from pyinfra._engine.facts.texts import Text, batch_text, single_text
from pyinfra._engine.facts.values import BatchValues, single_value
from pyinfra._transport.base import Command, ExecOptions, Failure, FailureKind, Request, Result

_READ = Result(0, ok=True)  # in place of a result whose output has been understood

Submit = Callable[[Sequence[Request]], Awaitable[list[Result]]]


class Reading:
    """One value on its way, or arrived. The output is understood by whoever first asks for the value."""

    __slots__ = ("_understand", "_value", "at", "fact", "future", "is_known", "key", "result", "sent")

    def __init__(self, key: FactKey, at: int, fact: FactBase[Any]) -> None:
        self.key = key
        self.at = at  # when it was last known to be true
        self.fact = fact  # understands the output
        self.future: asyncio.Future[None] | None = None
        self.result: Result | None = None
        self.sent: str | None = None  # the command, masked; of a batch only the first reading has it
        self.is_known = False  # whether there is a value
        self._understand: Callable[[], Any] | None = None
        self._value: Any = None

    def arrived(self, result: Result, understand: Callable[[], Any]) -> None:
        """Take the result; ``understand`` makes the value of it, later."""
        self.result = result
        self.is_known = True
        self._understand = understand
        future, self.future = self.future, None
        if future is not None and not future.done():
            future.set_result(None)

    @property
    def value(self) -> Any:
        """The value; whatever ``process`` raises comes through."""
        if self._understand is not None:
            self._value = self._understand()
            self._forget_output()
        return self._value

    def _forget_output(self) -> None:
        """Nobody needs it any more, and there are as many of these as facts times hosts."""
        self._understand = None
        if self.result is not None and self.result.ok:
            self.result = _READ


class Known:
    """A value that needed no reading."""

    __slots__ = ("at", "key", "value")

    future = result = None
    is_known = True

    def __init__(self, key: FactKey, at: int, value: Any) -> None:
        self.key = key
        self.at = at
        self.value = value


class FactStore:
    """Values and pending reads of one host.

    Args:
        submit: sends a batch of requests to the host; looked up at each flush, since a host may reconnect.
    """

    def __init__(self, submit: Callable[[], Submit]) -> None:
        self._submit = submit
        self._readings: dict[FactKey, Reading | Known] = {}
        self._queue: list[tuple[Reading, Text | None]] = []
        self._touched = TouchedIndex()
        self.epoch = 1

    # -- validity --------------------------------------------------------------------------

    def touch(self, effects: Effects) -> None:
        """Something that has these effects ran on the host."""
        if effects:
            self.epoch += 1
            self._touched.add(effects, self.epoch)

    def valid(self, key: FactKey) -> Reading | Known | None:
        """Return the reading of a key while nothing that it looks at was touched since."""
        reading = self._readings.get(key)
        if reading is None:
            return None
        if reading.at != self.epoch:
            if self._touched.since(key.resources, reading.at):
                del self._readings[key]
                return None
            reading.at = self.epoch  # what has happened until now need not be looked at again
        return reading

    def outdated(self, keys: Iterable[FactKey]) -> list[FactKey]:
        """Return those that are not known, or no longer; what changes by itself is not looked at."""
        readings, epoch = self._readings, self.epoch
        found = []
        for key in keys:
            reading = readings.get(key)
            if (reading is None or (reading.at != epoch and self.valid(key) is None)) and key.cls.cacheable:
                found.append(key)
        return found

    def known(self) -> list[Reading | Known]:
        """Return what was read or promised and is still valid."""
        return [reading for key, reading in list(self._readings.items()) if self.valid(key) and reading.is_known]

    def keep(self, key: FactKey, value: Any) -> None:
        """Store a value that is known without reading it (a promise that was kept)."""
        self._readings[key] = Known(key, self.epoch, value)

    def forget(self, key: FactKey) -> None:
        """Drop one value."""
        self._readings.pop(key, None)

    # -- reading ---------------------------------------------------------------------------

    def request(self, key: FactKey, fact: FactBase[Any], text: Text | None) -> Reading:
        """Start reading a value; the request leaves when the loop gets its turn.

        Args:
            key: what to read.
            fact: understands the output.
            text: what to run, or None to have it made from the batch form of the class.
        """
        reading = Reading(key, self.epoch, fact)
        reading.future = bridge.new_future()
        self._readings[key] = reading
        if not self._queue:
            bridge.call_later(self._flush)
        self._queue.append((reading, text))
        return reading

    def _flush(self) -> None:
        queue, self._queue = self._queue, []
        submit = self._submit()
        for dispatch in _dispatches(queue):
            answer = asyncio.ensure_future(submit([dispatch.request]), loop=bridge.engine_loop())
            answer.add_done_callback(partial(_receive, dispatch))

    # -- reading behind commands -----------------------------------------------------------

    def dispatches(self, keys: Iterable[FactKey]) -> list[Dispatch]:
        """Return what reads these facts, for somebody else to send; ``take`` takes the answers."""
        facts = [(key, key.question.fact()) for key in keys]
        return _dispatches([(Reading(key, 0, fact), single_text(key.question, fact)) for key, fact in facts])

    def take(self, dispatch: Dispatch, result: Result) -> None:
        """Take an answer that is true now: nothing has run since. One that failed is as good as none."""
        if not result.ok:
            return
        dispatch.arrived(result)
        for reading in dispatch.readings:
            reading.at = self.epoch
            self._readings[reading.key] = reading


class Dispatch:
    """One request that reads facts: one, or several that are read together.

    Args:
        readings: of these.
        text: what is run.
        in_batch: whether it is the batch form of their classes.
    """

    __slots__ = ("_in_batch", "readings", "request")

    def __init__(self, readings: list[Reading], text: Text, in_batch: bool) -> None:
        self.readings = readings
        self._in_batch = in_batch
        self.request = Command(text.raw, readings[0].key.options, masked=text.shown)
        readings[0].sent = text.shown

    def arrived(self, result: Result) -> None:
        """Hand out the values."""
        if not self._in_batch:
            [reading] = self.readings
            reading.arrived(result, partial(single_value, reading.key.question, reading.fact, result))
            return
        batch = BatchValues([reading.key.question for reading in self.readings], result)
        for index, reading in enumerate(self.readings):
            reading.arrived(result, partial(batch.value, reading.fact, index))


def _dispatches(queue: Iterable[tuple[Reading, Text | None]]) -> list[Dispatch]:
    """Make requests; those without a text of their own are read in batches."""
    found: list[Dispatch] = []
    batches: dict[tuple[object, ExecOptions], list[Reading]] = {}
    for reading, text in queue:
        if text is None:
            family = reading.key.cls.batch_family or reading.key.cls
            batches.setdefault((family, reading.key.options), []).append(reading)
        else:
            found.append(Dispatch([reading], text, in_batch=False))
    for readings in batches.values():
        found.extend(_batched(readings))
    return found


def _batched(readings: list[Reading]) -> list[Dispatch]:
    """Read together what can be; a class may refuse that for so many, but not for one."""
    text = batch_text([reading.key.question for reading in readings])
    if text is not None or len(readings) == 1:
        return [Dispatch(readings, cast("Text", text), in_batch=True)]
    middle = len(readings) // 2
    return [*_batched(readings[:middle]), *_batched(readings[middle:])]


def _receive(dispatch: Dispatch, done: asyncio.Future[list[Result]]) -> None:
    dispatch.arrived(_result_of(done))


def _result_of(done: asyncio.Future[list[Result]]) -> Result:
    if done.cancelled():
        return Result(None, ok=False, failure=Failure(FailureKind.INTERRUPTED, "interrupted"))
    error = done.exception()
    if error is not None:
        return Result(None, ok=False, failure=Failure(FailureKind.LOST, str(error)))
    return done.result()[0]
