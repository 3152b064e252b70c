from __future__ import annotations

import asyncio
import io
import re
import time

import pytest

from pyinfra._core.output import STDERR, STDOUT
from pyinfra._transport.base import Command, Download, ExecOptions, FailureKind, Identity, Request, Result, Upload
from pyinfra._transport.memory import MemorySession


def ask(session: MemorySession, *batch: Request) -> list[Result]:
    async def body() -> list[Result]:
        await session.open()
        return await session.submit(batch)

    return asyncio.run(body())


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (None, (0, b"", b"")),
        (True, (0, b"", b"")),
        (False, (1, b"", b"")),
        (3, (3, b"", b"")),
        ("text", (0, b"text\n", b"")),
        ("text\n", (0, b"text\n", b"")),
        (b"raw", (0, b"raw", b"")),
        (["a", "b"], (0, b"a\nb\n", b"")),
        (("out", "err", 4), (4, b"out\n", b"err\n")),
        ({"stdout": "o", "stderr": ["e"], "success": False}, (1, b"o\n", b"e\n")),
        ({"stdout": "o", "status": 9}, (9, b"o\n", b"")),
        (Result(5, False), (5, b"", b"")),
    ],
)
def test_answers(answer: object, expected: tuple[int, bytes, bytes]) -> None:
    [result] = ask(MemorySession(lambda _request: answer), Command("x"))
    assert (result.status, result.output.bytes_of(STDOUT), result.output.bytes_of(STDERR)) == expected


def test_the_first_entry_that_matches_counts() -> None:
    session = MemorySession({"uname -r": "6.1", re.compile("^una"): "Linux", "": "anything"})
    results = ask(session, Command("uname -r"), Command("uname"), Command("x"), Command("secret", masked="uname -r"))
    assert [result.output.bytes_of(STDOUT) for result in results] == [b"6.1\n", b"Linux\n", b"anything\n", b"6.1\n"]


def test_a_batch_stops_at_the_first_failure() -> None:
    session = MemorySession({"b": False})
    assert [result.ok for result in ask(session, Command("a"), Command("b"), Command("c"))] == [True, False]
    assert [request.text for request in session.requests if isinstance(request, Command)] == ["a", "b"]


def test_success_exit_codes() -> None:
    assert ask(MemorySession({"": 2}), Command("x", ExecOptions(success_exit_codes=(2,))))[0].ok


def test_transfers_and_live_output() -> None:
    seen: list[tuple[int, bytes]] = []
    source, sink = io.BytesIO(b"content"), io.BytesIO()
    command = Command("say", on_output=lambda stream, data: seen.append((stream, data)))
    ask(MemorySession({"/etc/motd": "hello", "say": "hi"}), Upload(source, "/x"), Download("/etc/motd", sink), command)
    assert source.read() == b""
    assert sink.getvalue() == b"hello\n"
    assert seen == [(STDOUT, b"hi\n")]


def test_answers_are_there_at_once() -> None:
    async def body() -> None:
        session = MemorySession(identity=Identity("root", 0))
        await session.open()
        answer = asyncio.ensure_future(session.submit([Command("x")]))
        assert answer.done()
        assert session.identity == Identity("root", 0)
        assert (session.batches, session.round_trips) == (1, 1)

    asyncio.run(body())


def test_round_trips_of_a_slow_host() -> None:
    async def body() -> None:
        session = MemorySession(delay=0.01)
        await session.open()
        await asyncio.gather(*(session.submit([Command("x")]) for _ in range(5)))
        assert session.round_trips == 1
        await session.submit([Command("x")])
        assert session.round_trips == 2

    asyncio.run(body())


def test_interrupt() -> None:
    async def body() -> None:
        session = MemorySession(delay=lambda _request: 60)
        await session.open()
        answer = asyncio.ensure_future(session.submit([Command("x")]))
        await session.interrupt()
        [result] = await answer
        assert result.failure is not None
        assert result.failure.kind is FailureKind.INTERRUPTED
        await session.refresh()
        assert session.refreshed == 1
        await session.close()
        assert not session.is_open

    asyncio.run(body())


def test_it_costs_next_to_nothing() -> None:
    async def body() -> float:
        session = MemorySession(keep_requests=False)
        await session.open()
        request = Command("true")
        began = time.process_time()
        for _ in range(20_000):
            session.submit([request])
        return (time.process_time() - began) / 20_000

    assert asyncio.run(body()) < 30e-6  # about 3 us on an idle machine
