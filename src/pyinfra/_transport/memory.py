"""A session without a host: answers come from a function or a table. For tests, and for ``@fake``.

Example:
    >>> session = MemorySession({"uname": "Linux"})
    >>> asyncio.run(session.submit([Command("uname -s")]))  # doctest: +SKIP
    [Result(status=0, ok=True, ...)]
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from pyinfra._core.output import STDERR, STDOUT, encode

from .base import Command, Download, Failure, FailureKind, Identity, Request, Result, Upload

# What can be told as an answer: a Result, an output text, lines, an exit status, a bool, None for "nothing, ok",
# (stdout, stderr, status), or a mapping with stdout, stderr and success or status.
Answer = Any
Responder = Callable[[Request], Answer] | Mapping[Any, Answer]


class MemorySession:
    """Runs requests without a host.

    Args:
        responder: a function of the request, or a mapping of a part of the command (text or compiled pattern) to the
            answer; the first that matches counts, and what matches nothing succeeds without output.
        delay: seconds until the answer to a batch is there, or a function of a request that returns its share of
            them; None answers at once, without the loop having to turn.
        identity: who the session claims to be.
        keep_requests: keep what was asked, in ``requests``.
    """

    def __init__(
        self,
        responder: Responder | None = None,
        *,
        delay: float | Callable[[Request], float] | None = None,
        identity: Identity | None = None,
        keep_requests: bool = True,
    ) -> None:
        self.identity: Identity | None = identity
        self.round_trips = 0
        self.batches = 0
        self.requests: list[Request] = []
        self.refreshed = 0
        self.is_open = False
        self._keep = keep_requests
        self._answer = _answering(responder)
        self._delay = delay
        self._completed = 0
        self._waiting: set[asyncio.Future[list[Result]]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def open(self) -> None:
        """Do what a connection would."""
        self._loop = asyncio.get_running_loop()
        self.is_open = True

    def submit(self, batch: Sequence[Request]) -> Awaitable[list[Result]]:
        """Answer a batch."""
        self.batches += 1
        results: list[Result] = []
        for request in batch:
            if self._keep:
                self.requests.append(request)
            result = self._answer(request)
            results.append(result)
            if not result.ok:
                break
        loop = self._loop or asyncio.get_running_loop()
        future: asyncio.Future[list[Result]] = loop.create_future()
        if self._delay is None:
            self.round_trips += 1
            future.set_result(results)
        else:
            depth = self._completed + 1
            self._waiting.add(future)
            loop.call_later(self._time_for(batch[: len(results)]), self._settle, future, results, depth)
        return future

    def _time_for(self, done: Sequence[Request]) -> float:
        if callable(self._delay):
            return sum(map(self._delay, done))
        return self._delay or 0.0

    def _settle(self, future: asyncio.Future[list[Result]], results: list[Result], depth: int) -> None:
        self._waiting.discard(future)
        self._completed = self.round_trips = max(self._completed, depth)
        if not future.done():
            future.set_result(results)

    async def refresh(self) -> None:
        """Count it."""
        self.refreshed += 1

    async def interrupt(self) -> None:
        """Answer what is in flight."""
        for future in list(self._waiting):
            self._waiting.discard(future)
            if not future.done():
                future.set_result([Result(None, False, failure=Failure(FailureKind.INTERRUPTED, "interrupted"))])

    async def close(self) -> None:
        """Be closed."""
        self.is_open = False


def _answering(responder: Responder | None) -> Callable[[Request], Result]:
    if responder is None:
        return lambda _request: Result(0, True)
    if isinstance(responder, Mapping):
        table = responder
        return lambda request: result_from(look_up(table, shown_text(request)), request)
    function = responder
    return lambda request: result_from(function(request), request)


def shown_text(request: Request) -> str:
    """Return what a request is known by: its command as it may be shown, or the path of its file."""
    if isinstance(request, Command):
        return request.text if request.masked is None else request.masked
    return request.path


def look_up(table: Mapping[Any, Answer], text: str) -> Answer:
    """Return the answer of the first entry that matches, or None."""
    for wanted, answer in table.items():
        if wanted.search(text) if isinstance(wanted, re.Pattern) else wanted in text:
            return answer
    return None


def result_from(answer: Answer, request: Request) -> Result:
    """Make a result of whatever was told as an answer, and do what a transfer does with it."""
    if isinstance(answer, Result):
        return answer
    if answer is None and isinstance(request, Command):
        return Result(0, 0 in request.options.success_exit_codes)
    stdout, stderr, status = _parts(answer)
    codes = request.options.success_exit_codes if isinstance(request, Command) else (0,)
    result = Result(status, status in codes)
    if isinstance(request, Download):
        request.sink.write(stdout)
        return result
    if isinstance(request, Upload):
        request.source.read()
    for stream, data in ((STDOUT, stdout), (STDERR, stderr)):
        result.output.append(stream, data)
        if data and isinstance(request, Command) and request.on_output is not None:
            request.on_output(stream, data)
    return result


def _parts(answer: Answer) -> tuple[bytes, bytes, int]:
    if answer is None or isinstance(answer, bool):
        return b"", b"", 0 if answer is None or answer else 1
    if isinstance(answer, int):
        return b"", b"", answer
    if isinstance(answer, Mapping):
        status = answer.get("status", 0 if answer.get("success", True) else 1)
        return _bytes(answer.get("stdout")), _bytes(answer.get("stderr")), status
    if isinstance(answer, tuple):
        stdout, stderr, status = answer
        return _bytes(stdout), _bytes(stderr), status
    return _bytes(answer), b"", 0


def _bytes(value: Any) -> bytes:
    """Text gets a final newline, lines are joined."""
    if value is None or isinstance(value, bytes):
        return value or b""
    text = value if isinstance(value, str) else "\n".join(str(line) for line in value)
    return encode(text + "\n" if text and not text.endswith("\n") else text)
