"""A session over anything that can open a pipe to ``sh``: batches of requests in persistent shells.

A batch is split where it has to change shells; what stays together is written at once and stops at the first failure
on the host itself. Commands that would spoil a shared shell get one of their own, and so does content that is large.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Coroutine, Sequence
from typing import Any, TypeVar, cast

from .base import FailureKind, Identity, Link, Request, Result
from .batches import BatchRun, failed
from .ending import end_everything, end_job
from .jobs import Job, RoundTrips
from .packs import packed
from .privilege import AskPassword
from .shell import Shell
from .shells import Shells
from .units import Unit, unit_for

T = TypeVar("T")

_OPEN_TIMEOUT = 60.0
INTERRUPT_TIME = 1.8  # seconds


class ShellSession(RoundTrips):
    """Runs requests on one host.

    Args:
        link: how to reach the host.
        ask_password: coroutine function of the host's name and a ``PrivilegeStep``, called when a password is
            needed that the step does not have; returns None when there is none.
        open_timeout: seconds that a shell, or a program that changes the user, may be silent while it starts.

    Example:
        >>> session = ShellSession(LocalLink())
        >>> await session.open()  # doctest: +SKIP
        >>> results = await session.submit([Command("hostname")])  # doctest: +SKIP
    """

    def __init__(
        self, link: Link, *, ask_password: AskPassword | None = None, open_timeout: float = _OPEN_TIMEOUT
    ) -> None:
        self._link = link
        self._ask_password = ask_password
        self._open_timeout = open_timeout
        self.identity: Identity | None = None  # who the login shell runs as
        self.round_trips = 0  # opening shells is not counted
        self._shells: Shells | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._tasks: set[asyncio.Task[Any]] = set()
        self._interruptions = 0

    # -- opening and closing ---------------------------------------------------------------

    async def open(self) -> None:
        """Connect, and see that there is a POSIX shell.

        Raises:
            ConnectError: or a subclass.
        """
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self.round_trips = 0
        self._shells = Shells(
            self._link,
            self._loop,
            self,
            ask_password=self._ask_password,
            on_timeout=self._on_timeout,
            open_timeout=self._open_timeout,
        )
        try:
            await self._shells.connect()
        except BaseException:
            await self._shells.close()
            self._shells = None
            raise
        self.identity = self._shells.identity

    async def close(self) -> None:
        """Disconnect. Never raises."""
        shells, self._shells = self._shells, None
        if shells is not None:
            await shells.close()
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=1)

    async def refresh(self) -> None:
        """Reopen the privilege shells before their next use."""
        if self._shells is not None:
            self._shells.refresh()

    async def interrupt(self) -> None:
        """End the processes of everything in flight and remove temporary files, in two seconds at most."""
        shells = self._shells
        if shells is None:
            return
        self._interruptions += 1
        await end_everything(shells, INTERRUPT_TIME)

    # -- requests --------------------------------------------------------------------------

    def submit(self, batch: Sequence[Request]) -> Awaitable[list[Result]]:
        """Run requests one after the other, stopping after the first that is not ok."""
        if threading.get_ident() != self._thread:
            return self._submit_here(batch)
        task = self._begin(self._run(batch))
        # Whoever stops waiting does not undo what the host is doing: interrupt() is for that.
        return asyncio.shield(task)

    async def _submit_here(self, batch: Sequence[Request]) -> list[Result]:
        if self._shells is None:
            return [failed(FailureKind.NOT_STARTED, "not connected")]
        return await self._run(batch)

    async def _run(self, batch: Sequence[Request]) -> list[Result]:
        shells = self._shells
        if shells is None:
            return [failed(FailureKind.NOT_STARTED, "not connected")]
        units: list[Unit] = []
        now = self._interruptions
        run = BatchRun(shells, lambda: self._interruptions != now)
        try:
            units += (unit_for(request, shells) for request in batch)
            return await run.run(list(packed(units)))
        except OSError as error:  # of a local file
            return [failed(FailureKind.TRANSFER, str(error))]
        finally:
            for unit in units:
                unit.close()

    # -- ending ----------------------------------------------------------------------------

    def _on_timeout(self, shell: Shell, job: Job) -> None:
        if self._shells is None or job.verdict is not None:
            return
        job.ending = self._begin(end_job(self._shells, shell, job))

    def _begin(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start a task; the caller may have been entered from where no loop seems to run."""
        task = cast("asyncio.AbstractEventLoop", self._loop).create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
