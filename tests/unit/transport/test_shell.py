"""The shell without a host: what is written when, and what is made of the ends of pipes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

import pytest

from pyinfra._core.errors import ConnectError, ConnectionLostError
from pyinfra._core.output import STDERR, STDOUT
from pyinfra._transport.framing import Script
from pyinfra._transport.jobs import Job, JobState, RoundTrips
from pyinfra._transport.shell import Shell

from .links import DROPPED, ScriptedPipe


class Played:
    """A shell whose host is played by the test."""

    def __init__(self) -> None:
        self.pipe = ScriptedPipe()
        self.trips = RoundTrips()
        self.shell = Shell(asyncio.get_running_loop(), self.trips)
        self.shell.attach(self.pipe)
        self.mark = b""

    async def start(self, noise: bytes = b"") -> None:
        starting = asyncio.ensure_future(self.shell.start(patience=1))
        await asyncio.sleep(0)
        found = re.search(rb"_pi_n='(=[0-9a-f]{32})'", self.pipe.written[0])
        assert found is not None
        self.mark = found[1]
        self.pipe.written.clear()
        self.shell.data_received(STDOUT, noise + self.mark + b":4711 p\n")
        assert (await starting).pid == 4711

    def says(self, tag: str, *streams: int) -> None:
        for stream in streams or (STDOUT, STDERR):
            self.shell.data_received(stream, self.mark + tag.encode() + b"\n")


def play(body: Callable[[Played], Awaitable[None]]) -> None:
    async def everything() -> None:
        played = Played()
        await played.start()
        await body(played)

    asyncio.run(everything())


def test_noise_before_the_answer_is_no_harm() -> None:
    async def body() -> None:
        await Played().start(b"Welcome to web1!\r\n=0123 \n")

    asyncio.run(body())


def test_writes_of_one_tick_are_one_write() -> None:
    async def body(played: Played) -> None:
        for _ in range(3):
            played.shell.send([Job(Script("a")), Job(Script("b"))])
        assert played.pipe.written == []
        await asyncio.sleep(0)
        assert len(played.pipe.written) == 1
        assert played.pipe.written[0].count(b"\n") == 6
        assert played.pipe.written[0].count(b"_pi_f=;") == 3  # one for each batch

    play(body)


def test_depth() -> None:
    async def body(played: Played) -> None:
        first = [played.shell.send([Job(Script("a"))]) for _ in range(2)]
        await asyncio.sleep(0)
        played.says("<1"), played.says(">1 0")
        later = played.shell.send([Job(Script("c"))])
        await asyncio.sleep(0)
        assert [batch.jobs[0].depth for batch in (*first, later)] == [1, 1, 2]
        assert played.trips.round_trips == 1
        played.says("<2"), played.says(">2 0"), played.says("<3"), played.says(">3 0")
        await later.done
        assert played.trips.round_trips == 2

    play(body)


def test_the_end_may_arrive_on_stderr_after_the_next_begin() -> None:
    async def body(played: Played) -> None:
        batch = played.shell.send([Job(Script("a")), Job(Script("b"))])
        await asyncio.sleep(0)
        played.says("<1", STDOUT), played.says(">1 0", STDOUT), played.says("<2", STDOUT), played.says(">2 3", STDOUT)
        assert not batch.done.done()
        played.says("<1", STDERR)
        played.shell.data_received(STDERR, b"late")
        played.says(">1 0", STDERR), played.says("<2", STDERR), played.says(">2 3", STDERR)
        assert [(job.state, job.status) for job in batch.jobs] == [(JobState.ENDED, 0), (JobState.ENDED, 3)]
        assert batch.jobs[0].output.bytes_of(STDERR) == b"late"

    play(body)


def test_an_end_that_never_comes_is_not_waited_for() -> None:
    async def body(played: Played) -> None:
        lost, following = (played.shell.send([Job(Script(text))]) for text in "ab")
        await asyncio.sleep(0)
        played.says("<1"), played.says("<2"), played.says(">2 0")
        assert lost.done.done()
        assert [lost.jobs[0].state, following.jobs[0].state] == [JobState.LOST, JobState.ENDED]

    play(body)


@pytest.mark.parametrize(
    ("status", "error", "states"),
    [
        # The shell ended: all that it printed is here, so what has not begun has not run.
        (137, None, [JobState.ENDED, JobState.LOST, JobState.NOT_STARTED, JobState.NOT_STARTED]),
        # The connection went: what was written may have been running.
        (None, DROPPED, [JobState.ENDED, JobState.LOST, JobState.LOST, JobState.NOT_STARTED]),
        (None, None, [JobState.ENDED, JobState.LOST, JobState.LOST, JobState.NOT_STARTED]),
    ],
)
def test_the_end_of_the_pipe(status: int | None, error: Exception | None, states: list[JobState]) -> None:
    async def body(played: Played) -> None:
        batches = [played.shell.send([Job(Script("x"))]) for _ in range(3)]
        await asyncio.sleep(0)
        batches.append(played.shell.send([Job(Script("not written"))]))
        played.says("<1"), played.says(">1 0"), played.says("<2", STDOUT)
        played.shell.data_received(STDOUT, b"partial =")
        played.shell.pipe_closed(status, error)
        assert [batch.jobs[0].state for batch in batches] == states
        assert batches[1].jobs[0].output.bytes_of(STDOUT) == b"partial ="
        assert played.shell.closure is not None
        assert played.shell.closure.connection_lost is (status is None)
        after = played.shell.send([Job(Script("later"))])
        assert after.jobs[0].state is JobState.NOT_STARTED

    play(body)


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (137, None, "the command ended its shell (exit status 137)"),
        (-9, None, "the command ended its shell (signal 9)"),
        (None, DROPPED, "connection lost: reset by peer"),
        (None, None, "connection lost"),
    ],
)
def test_words_for_the_end(status: int | None, error: Exception | None, words: str) -> None:
    async def body(played: Played) -> None:
        played.shell.pipe_closed(status, error)
        assert played.shell.closure is not None
        assert played.shell.closure.describe() == words

    play(body)


@pytest.mark.parametrize(
    ("noise", "status", "error", "expected", "words"),
    [
        (b"This account is not available.\n", 1, None, ConnectError, "it said: This account is not available."),
        (b"", 127, None, ConnectError, "exit status 127"),
        (b"", None, DROPPED, ConnectionLostError, "reset by peer"),
    ],
)
def test_no_shell(
    noise: bytes, status: int | None, error: Exception | None, expected: type[Exception], words: str
) -> None:
    async def body() -> None:
        played = Played()
        starting = asyncio.ensure_future(played.shell.start(patience=1))
        await asyncio.sleep(0)
        played.shell.data_received(STDOUT, noise)
        played.shell.pipe_closed(status, error)
        with pytest.raises(expected, match=re.escape(words)):
            await starting

    asyncio.run(body())


def test_a_host_that_never_answers() -> None:
    async def body() -> None:
        played = Played()
        played.shell.data_received(STDERR, b"Enter code: ")
        with pytest.raises(ConnectError, match=r"did not answer within 0\.05 seconds; it said: Enter code:"):
            await played.shell.start(patience=0.05)
        assert played.pipe.aborted

    asyncio.run(body())


def test_a_timeout_counts_from_the_beginning() -> None:
    async def body() -> None:
        late: list[Job] = []
        shell = Shell(asyncio.get_running_loop(), RoundTrips(), on_timeout=lambda _shell, job: late.append(job))
        played = Played()
        played.shell = shell
        shell.attach(played.pipe)
        await played.start()
        batch = shell.send([Job(Script("a"), timeout=0.05), Job(Script("b"), timeout=0.05)])
        await asyncio.sleep(0.1)
        assert late == []
        played.says("<1"), played.says(">1 0"), played.says("<2")
        await asyncio.sleep(0.1)
        assert late == [batch.jobs[1]]

    asyncio.run(body())
