"""One request on its way through a shell, and the count of round trips."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from enum import Enum

from pyinfra._core.output import STDERR, STDOUT, CapturedOutput

from .base import Failure
from .framing import Script


class RoundTrips:
    """The longest chain of requests that waited for one another.

    A request's depth is one more than the greatest depth that was complete when it was written.
    """

    round_trips = 0

    def complete(self, depth: int) -> None:
        """Note that a request of this depth has been answered."""
        self.round_trips = max(self.round_trips, depth)


class JobState(Enum):
    """How far a request has come."""

    QUEUED = "queued"
    WRITTEN = "written"
    BEGUN = "begun"
    ENDED = "ended"
    SKIPPED = "skipped"  # an earlier one of its batch failed
    LOST = "lost"  # the shell or connection went; it may have run
    NOT_STARTED = "not started"  # the shell went, and it has certainly not run


FINAL = frozenset((JobState.ENDED, JobState.SKIPPED, JobState.LOST, JobState.NOT_STARTED))


class Job:
    """One script in a shell.

    Args:
        script: what to run.
        timeout: seconds that it may run, None for ever.
        on_output: gets live output.
        sink: gets standard output in place of ``output``.
    """

    __slots__ = (
        "_open_streams",
        "begun",
        "begun_at",
        "depth",
        "ending",
        "number",
        "on_output",
        "output",
        "pid",
        "script",
        "seconds",
        "sink",
        "state",
        "status",
        "timeout",
        "timer",
        "verdict",
    )

    def __init__(
        self,
        script: Script,
        *,
        timeout: float | None = None,
        on_output: Callable[[int, bytes], None] | None = None,
        sink: Callable[[bytes], None] | None = None,
    ) -> None:
        self.script = script
        self.timeout = timeout
        self.on_output = on_output
        self.sink = sink
        self.output = CapturedOutput()
        self.state = JobState.QUEUED
        self.number = 0
        self.depth = 0
        self.status: int | None = None
        self.seconds = 0.0
        self.begun_at = 0.0
        self.pid = 0  # of the process that it runs in, when the host tells
        self.verdict: Failure | None = None  # why it was ended
        self.ending: asyncio.Task[None] | None = None  # what ends its processes on the host
        self.timer: asyncio.TimerHandle | None = None
        self.begun: asyncio.Future[None] | None = None  # for whoever has to know
        self._open_streams = STDOUT | STDERR

    def take(self, stream: int, data: bytes) -> None:
        """Take output."""
        if self.sink is not None and stream == STDOUT:
            self.sink(data)
        else:
            self.output.append(stream, data)
        if self.on_output is not None:
            self.on_output(stream, data)

    def begin(self, now: float) -> None:
        """Note that the host has begun it."""
        self.state = JobState.BEGUN
        self.begun_at = now
        if self.begun is not None and not self.begun.done():
            self.begun.set_result(None)

    async def wait_begun(self) -> None:
        """Wait until the host has begun it, or never will."""
        if self.state in (JobState.QUEUED, JobState.WRITTEN):
            self.begun = asyncio.get_running_loop().create_future()
            await self.begun

    @property
    def stdout_open(self) -> bool:
        """Whether the end of its standard output has not been seen."""
        return bool(self._open_streams & STDOUT)

    def end_stream(self, stream: int, status: int) -> bool:
        """Note the end of one stream; return whether that was the last one."""
        self._open_streams &= ~stream
        self.status = status
        return not self._open_streams

    def only_stdout(self) -> None:
        """There is one stream only: a terminal."""
        self._open_streams = STDOUT

    def finish(self, state: JobState, now: float) -> None:
        """Reach a final state."""
        self.state = state
        if self.begun_at:
            self.seconds = now - self.begun_at
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        if self.begun is not None and not self.begun.done():
            self.begun.set_result(None)


class JobBatch:
    """Jobs that were sent together: the first that fails ends the batch."""

    __slots__ = ("_left", "done", "jobs")

    def __init__(self, jobs: Sequence[Job], loop: asyncio.AbstractEventLoop) -> None:
        self.jobs = jobs
        self._left = len(jobs)
        self.done: asyncio.Future[None] = loop.create_future()

    def count_down(self) -> None:
        """One of the jobs reached its final state."""
        self._left -= 1
        if not self._left and not self.done.done():
            self.done.set_result(None)
