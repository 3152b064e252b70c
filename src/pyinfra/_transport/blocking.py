"""A session over a connector with blocking methods: the way of connectors that other packages bring.

Its methods run in threads, one at a time for each host, as they were made for.
"""

from __future__ import annotations

import asyncio
import shlex
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from pyinfra._core.commands import QuoteString, StringCommand
from pyinfra._core.errors import ConnectError, PyinfraError
from pyinfra._core.output import STDERR, STDOUT, CapturedOutput, decode, encode
from pyinfra._core.secrets import HiddenValue

from .base import (
    Command,
    Download,
    ExecOptions,
    Failure,
    FailureKind,
    Identity,
    Method,
    PrivilegeStep,
    Request,
    Result,
    Upload,
)


class Connector(Protocol):
    """What is needed of a connector."""

    def connect(self) -> None:
        """Open the connection."""

    def disconnect(self) -> None:
        """Close the connection."""

    def run_shell_command(self, command: Any, print_output: bool, print_input: bool, **arguments: Any) -> Any:
        """Run a command; return success and output."""

    def put_file(self, filename_or_io: Any, remote_filename: str, **arguments: Any) -> bool:
        """Upload a file."""

    def get_file(self, remote_filename: str, filename_or_io: Any, **arguments: Any) -> bool:
        """Download a file."""


RunInThread = Callable[..., Awaitable[Any]]


class BlockingSession:
    """Runs requests through a blocking connector.

    Args:
        connector: the connector.
        run_in_thread: runs a function in a thread; returns an awaitable of what it returns.
    """

    def __init__(self, connector: Any, run_in_thread: RunInThread) -> None:
        self.identity: Identity | None = None
        self.round_trips = 0
        self._connector: Connector = connector
        self._run_in_thread = run_in_thread
        self._turn = asyncio.Lock()
        self._waiting: set[asyncio.Future[Result]] = set()

    async def open(self) -> None:
        """Connect.

        Raises:
            ConnectError: or a subclass.
        """
        self.round_trips = 0
        try:
            await self._run_in_thread(self._connector.connect)
        except PyinfraError:
            raise
        except Exception as error:
            raise ConnectError(f"{type(error).__name__}: {error}") from error

    async def submit(self, batch: Sequence[Request]) -> list[Result]:
        """Run requests one after the other, stopping after the first that is not ok."""
        results: list[Result] = []
        async with self._turn:
            for request in batch:
                results.append(await self._run(request))
                if not results[-1].ok:
                    break
        return results

    async def _run(self, request: Request) -> Result:
        """Run one request; an interruption answers it while the thread is still at it."""
        answer: asyncio.Future[Result] = asyncio.ensure_future(self._in_thread(request))
        self._waiting.add(answer)
        self.round_trips += 1
        try:
            return await answer
        except asyncio.CancelledError:
            if answer.cancelled() and request in ():
                raise
            if answer.cancelled():
                return Result(None, False, failure=Failure(FailureKind.INTERRUPTED, "interrupted"))
            raise
        finally:
            self._waiting.discard(answer)
