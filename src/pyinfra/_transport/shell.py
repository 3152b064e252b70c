"""One persistent shell over a pipe: requests in, results out, several in flight at the same time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from pyinfra._core.errors import ConnectError, ConnectionLostError
from pyinfra._core.output import decode
from pyinfra._core.records import Record

from . import framing
from .base import Pipe, Privilege
from .jobs import FINAL, Job, JobBatch, JobState, RoundTrips

# How much of what a host says before its shell answers is kept for the error message.
_KEPT_NOISE = 4096


class Closure(Record):
    """How a pipe came to its end."""

    status: int | None
    error: Exception | None
    ours: bool = False  # we dropped it

    @property
    def connection_lost(self) -> bool:
        """Whether the connection went, rather than the shell."""
        if self.refused:
            return False
        return self.error is not None or (self.status is None and not self.ours)

    @property
    def refused(self) -> bool:
        """Whether the host did not start the shell at all."""
        return isinstance(self.error, ConnectError) and not isinstance(self.error, ConnectionLostError)

    def describe(self) -> str:
        """Say it in words."""
        if self.connection_lost:
            return f"connection lost: {self.error}" if self.error and str(self.error) else "connection lost"
        if self.status is not None and self.status < 0:
            return f"the command ended its shell (signal {-self.status})"
        return "the command ended its shell" + (f" (exit status {self.status})" if self.status is not None else "")


class Shell:
    """A persistent shell. It is the receiver of its pipe.

    Args:
        loop: the loop that everything runs on.
        trips: counts round trips, shared by all shells of a session.
        on_timeout: called with the shell and a job that runs longer than it may.
        on_closed: called with the shell when its pipe has ended.
        terminal: the pipe is a terminal: both streams arrive as one.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        trips: RoundTrips,
        *,
        on_timeout: Callable[[Shell, Job], None] | None = None,
        on_closed: Callable[[Shell], None] | None = None,
        terminal: bool = False,
    ) -> None:
        self._loop = loop
        self._trips = trips
        self._on_timeout = on_timeout
        self._on_closed = on_closed
        self._terminal = terminal
        self._nonce = framing.new_nonce()
        self._decoder = framing.Decoder(self._nonce)
        self._pipe: Pipe | None = None
        self._hello: asyncio.Future[framing.Hello] | None = None
        self._listener: Callable[[int, bytes], None] | None = None
        self._queue: deque[tuple[Job, JobBatch]] = deque()  # not in a final state, in order
        self._by_number: dict[int, tuple[Job, JobBatch]] = {}
        self._outbox: list[bytes] = []
        self._unwritten: list[Job] = []
        self._last_number = 0
        self.noise = bytearray()
        self.closure: Closure | None = None
        self.hello: framing.Hello | None = None
        self.outer_pid: int | None = None  # of the shell that became sudo, when there is one
        self.stale = False  # not to be used any more
        self.privilege: Privilege = ()  # what it has

    # -- opening ---------------------------------------------------------------------------

    def attach(self, pipe: Pipe) -> None:
        """Say which pipe it is the receiver of."""
        self._pipe = pipe

    def listen(self, listener: Callable[[int, bytes], None] | None) -> None:
        """Have everything that arrives given to someone else, until this is called with None."""
        self._listener = listener

    def write_raw(self, data: bytes) -> None:
        """Write bytes to the pipe."""
        if self._pipe is not None and self.closure is None:
            self._pipe.write(data)

    async def drain(self) -> None:
        """Wait until little is queued on the pipe."""
        if self._pipe is not None and self.closure is None:
            await self._pipe.drain()

    def write_eof(self) -> None:
        """End the shell's input: it exits when it has done everything."""
        if self._pipe is not None and self.closure is None:
            self._pipe.write_eof()

    async def start(self, *, identity: bool = False, patience: float) -> framing.Hello:
        """Send the prologue and wait for the shell's answer.

        Args:
            identity: ask who it runs as.
            patience: seconds to wait.

        Raises:
            ConnectError: something else than a POSIX shell answered, or nothing.
        """
        self._hello = self._loop.create_future()
        if self.closure is not None:
            raise self.no_shell("ended before it answered")
        self.write_raw(framing.prologue(self._nonce, identity=identity, terminal=self._terminal))
        try:
            async with asyncio.timeout(patience):
                self.hello = await self._hello
        except TimeoutError:
            self.abort()
            raise self.no_shell(f"did not answer within {patience:g} seconds") from None
        return self.hello

    def no_shell(self, what: str) -> ConnectError:
        """Return the error for a shell that did not come about."""
        said = decode(bytes(self.noise)).strip()
        closure = self.closure
        if closure is not None and closure.refused:
            return ConnectError(str(closure.error))
        if closure is not None and closure.connection_lost and closure.error is not None and not said:
            return ConnectionLostError(f"the connection ended before the shell answered: {closure.error}")
        status = f" (exit status {closure.status})" if closure is not None and closure.status is not None else ""
        return ConnectError(
            f"the login shell {what}{status}" + (f"; it said: {said}" if said else ""),
            hint="the account needs a login shell that can run sh",
        )

    # -- requests --------------------------------------------------------------------------

    @property
    def usable(self) -> bool:
        """Whether requests can be sent."""
        return self.closure is None and not self.stale

    @property
    def busy(self) -> bool:
        """Whether something is in flight."""
        return bool(self._queue)

    @property
    def jobs(self) -> list[Job]:
        """What is in flight, in order."""
        return [job for job, _ in self._queue]

    def send(self, jobs: Sequence[Job]) -> JobBatch:
        """Send jobs as one batch; its ``done`` is a future.

        Raises:
            ValueError: a script cannot be run by any shell.
        """
        batch = JobBatch(jobs, self._loop)
        number = self._last_number
        texts = [framing.frame(number + i, job.script, first=i == 1) for i, job in enumerate(jobs, 1)]
        self._last_number = number + len(jobs)
        if self.closure is not None:
            for job in jobs:
                self._finish(job, batch, JobState.NOT_STARTED)
            return batch
        for i, job in enumerate(jobs, 1):
            job.number = number + i
            if self._terminal:
                job.only_stdout()
            entry = (job, batch)
            self._queue.append(entry)
            self._by_number[job.number] = entry
        if not self._outbox:
            self._loop.call_soon(self._flush)
        self._outbox += texts
        self._unwritten += jobs
        return batch

    def _flush(self) -> None:
        data = b"".join(self._outbox)
        self._outbox.clear()
        depth = self._trips.round_trips + 1
        for job in self._unwritten:
            job.depth = depth
            if job.state is JobState.QUEUED:
                job.state = JobState.WRITTEN
        self._unwritten.clear()
        if data:
            self.write_raw(data)

    # -- what comes back -------------------------------------------------------------------

    def data_received(self, stream: int, data: bytes) -> None:
        """Take bytes from the pipe."""
        if self._listener is not None:
            self._listener(stream, data)
            return
        for event in self._decoder.feed(stream, data):
            self._take(event)

    def _take(self, event: framing.Event) -> None:
        if isinstance(event, framing.Stray):
            if self.hello is None and len(self.noise) < _KEPT_NOISE:
                self.noise += event.data[:_KEPT_NOISE]
        elif isinstance(event, framing.Hello):
            if self._hello is not None and not self._hello.done():
                self._hello.set_result(event)
        else:
            entry = self._by_number.get(event.number)
            if entry is not None:
                self._take_for(entry, event)

    def _take_for(self, entry: tuple[Job, JobBatch], event: framing.JobEvent) -> None:
        job = entry[0]
        match event:
            case framing.Data(_, stream, data):
                job.take(stream, data)
            case framing.Begun():
                self._begin(job)
            case framing.Located(_, pid):
                job.pid = pid
            case framing.Ended(_, stream, status):
                if job.end_stream(stream, status):
                    self._trips.complete(job.depth)
                    self._settle(entry, JobState.ENDED)
            case framing.Skipped():
                self._settle(entry, JobState.SKIPPED)

    def _begin(self, job: Job) -> None:
        # The ends of earlier jobs may still be under way on stderr; one that is missing on stdout will never come.
        for earlier in [e for e in self._queue if e[0].number < job.number and e[0].stdout_open]:
            self._settle(earlier, JobState.LOST)
        job.begin(self._loop.time())
        if job.timeout is not None and self._on_timeout is not None:
            job.timer = self._loop.call_later(job.timeout, self._on_timeout, self, job)

    def _settle(self, entry: tuple[Job, JobBatch], state: JobState) -> None:
        job, batch = entry
        self._by_number.pop(job.number, None)
        if self._queue and self._queue[0] is entry:
            self._queue.popleft()
        else:
            self._queue.remove(entry)
        self._finish(job, batch, state)

    def _finish(self, job: Job, batch: JobBatch, state: JobState) -> None:
        job.finish(state, self._loop.time())
        batch.count_down()

    # -- the end ---------------------------------------------------------------------------

    def pipe_closed(self, status: int | None, error: Exception | None) -> None:
        """The pipe has ended by itself."""
        if self.closure is None:
            self._close(Closure(status, error))

    def abort(self) -> None:
        """Drop the pipe. What has begun is lost; what has not is not started."""
        if self.closure is None:
            self._close(Closure(None, None, ours=True))
        if self._pipe is not None:
            self._pipe.abort()

    def _close(self, closure: Closure) -> None:
        for event in self._decoder.flush():
            self._take(event)
        self.closure = closure
        while self._queue:
            entry = self._queue[0]
            self._settle(entry, self._state_after(entry[0], closure))
        if self._hello is not None and not self._hello.done():
            self._hello.set_exception(self.no_shell("ended before it answered"))
        if self._listener is not None:
            self._listener(0, b"")
        if self._on_closed is not None:
            self._on_closed(self)

    def _state_after(self, job: Job, closure: Closure) -> JobState:
        """What can be said of a job whose shell went.

        A shell prints that it begins before it begins, so when all it printed has arrived, what has not begun has
        not run. When the connection went, what was written may have been running already: it is never repeated.
        """
        if job.state is JobState.BEGUN:
            return JobState.LOST
        if job.state is JobState.WRITTEN and (closure.connection_lost or closure.ours):
            return JobState.LOST
        return JobState.NOT_STARTED


def all_final(jobs: Sequence[Job]) -> bool:
    """Whether nothing of this is in flight any more."""
    return all(job.state in FINAL for job in jobs)
