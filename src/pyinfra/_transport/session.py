"""A session over anything that can open a pipe to ``sh``: batches of requests in persistent shells.

A batch is split where it has to change shells; what stays together is written at once and stops at the first failure
on the host itself. Commands that would spoil a shared shell get one of their own, and so does content that is large.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from itertools import groupby
from typing import Any, TypeVar, cast

from pyinfra._core.errors import ConnectError, PrivilegeError, PyinfraError

from .base import Failure, FailureKind, Identity, Link, Privilege, Request, Result
from .ending import end_everything, end_job
from .jobs import Job, JobState, RoundTrips
from .privilege import AskPassword
from .shell import Shell
from .shells import Shells
from .units import Unit, unit_for

T = TypeVar("T")

# A request whose shell went before it began is sent again, this often.
_TRIES = 3
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
        self._interrupting = False

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
        self._interrupting = True
        try:
            await end_everything(shells, INTERRUPT_TIME)
        finally:
            self._interrupting = False

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
            return [_failed(FailureKind.NOT_STARTED, "not connected")]
        return await self._run(batch)

    async def _run(self, batch: Sequence[Request]) -> list[Result]:
        shells = self._shells
        if shells is None:
            return [_failed(FailureKind.NOT_STARTED, "not connected")]
        units: list[Unit] = []
        try:
            units += (unit_for(request, shells) for request in batch)
            return await self._run_units(shells, units)
        except OSError as error:  # of a local file
            return [_failed(FailureKind.TRANSFER, str(error))]
        finally:
            for unit in units:
                unit.close()

    async def _run_units(self, shells: Shells, units: Sequence[Unit]) -> list[Result]:
        results: list[Result] = []
        for place, group in groupby(units, key=lambda unit: unit.place):
            together = list(group)
            if place is None:
                done = await self._run_alone(shells, together)
            else:
                done = await self._run_shared(shells, place, together)
            results += done
            if len(done) < len(together) or not done[-1].ok:
                break
        return results

    async def _run_alone(self, shells: Shells, units: Sequence[Unit]) -> list[Result]:
        results: list[Result] = []
        for unit in units:
            result = await self._run_one(shells, unit)
            results.append(result)
            if not result.ok:
                break
        return results

    async def _run_one(self, shells: Shells, unit: Unit) -> Result:
        """Run a unit in a shell of its own."""

        async def opened() -> Shell:
            return await shells.open(unit.privilege, terminal=unit.terminal)

        [result] = await self._attempt(opened, [unit], let_go=shells.let_go)
        return result

    async def _run_shared(self, shells: Shells, privilege: Privilege, units: list[Unit]) -> list[Result]:
        results = await self._attempt(lambda: shells.get(privilege), units)
        last = units[len(results) - 1]
        if last.too_large:  # go on from there
            larger = last.alone()
            try:
                results[-1] = await self._run_one(shells, larger)
            finally:
                larger.close()
            rest = units[len(results) :]
            if results[-1].ok and rest:
                results += await self._run_shared(shells, privilege, rest)
        return results

    async def _attempt(
        self,
        shell_for: Callable[[], Awaitable[Shell]],
        units: list[Unit],
        let_go: Callable[[Shell], None] | None = None,
    ) -> list[Result]:
        """Run units in one shell, and in another one what had not begun when the shell went."""
        results: list[Result] = []
        for _ in range(_TRIES):
            try:
                shell = await shell_for()
            except (PyinfraError, OSError) as error:
                return [*results, _not_opened(error)]
            jobs = [unit.new_job() for unit in units[len(results) :]]
            try:
                batch = shell.send(jobs)
            except ValueError as error:
                return [*results, _failed(FailureKind.NOT_STARTED, str(error))]
            await units[len(results)].feed(shell, jobs[0])
            await batch.done
            for job in jobs:
                if job.ending is not None:  # nothing is left of it once it is reported
                    await asyncio.wait([job.ending])
            if let_go is not None:
                let_go(shell)
            if self._collect(shell, jobs, units, results):
                return results
        return [*results, _failed(FailureKind.NOT_STARTED, "the shell on the host ended several times before it began")]

    def _collect(self, shell: Shell, jobs: list[Job], units: list[Unit], results: list[Result]) -> bool:
        """Add what has become of jobs; return whether nothing is left to do."""
        for job in jobs:
            unit = units[len(results)]
            if job.state is JobState.SKIPPED:
                return True
            if job.state is JobState.NOT_STARTED and job.verdict is None:
                return False
            result = unit.result(job, shell)
            results.append(result)
            if not result.ok or unit.too_large:
                return True
        return True

    # -- ending ----------------------------------------------------------------------------

    def _on_timeout(self, shell: Shell, job: Job) -> None:
        if self._shells is None or self._interrupting:
            return
        job.ending = self._begin(end_job(self._shells, shell, job))

    def _begin(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start a task; the caller may have been entered from where no loop seems to run."""
        task = cast("asyncio.AbstractEventLoop", self._loop).create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _failed(kind: FailureKind, message: str, hint: str | None = None) -> Result:
    return Result(None, False, failure=Failure(kind, message, hint))


def _not_opened(error: Exception) -> Result:
    hint = error.details.hint if isinstance(error, PyinfraError) else None
    if isinstance(error, PrivilegeError):
        return _failed(FailureKind.PRIVILEGE, str(error), hint)
    if isinstance(error, ConnectError):
        return _failed(FailureKind.NOT_STARTED, f"connection lost, and connecting again failed: {error}", hint)
    return _failed(FailureKind.NOT_STARTED, str(error), hint)
