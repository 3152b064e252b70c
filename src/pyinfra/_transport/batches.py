"""Running a batch: split where it has to change shells, sent again where a shell went before it began."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby

from pyinfra._core.errors import ConnectError, ConnectionLostError, PrivilegeError, PyinfraError

from .base import Failure, FailureKind, Privilege, Result
from .jobs import Job, JobState
from .shell import Shell
from .shells import Shells
from .units import Unit

# A request whose shell went before it began is sent again, this often.
_TRIES = 3

Results = list[list[Result]]  # a list for each unit


class BatchRun:
    """One batch on its way.

    Args:
        shells: of the host.
        interrupted: whether everything is to end.
    """

    def __init__(self, shells: Shells, interrupted: Callable[[], bool]) -> None:
        self._shells = shells
        self._interrupted = interrupted

    async def run(self, units: Sequence[Unit]) -> list[Result]:
        """Run units up to the first that is not ok; return what has become of those that were begun."""
        results: Results = []
        for place, group in groupby(units, key=lambda unit: unit.place):
            together = list(group)
            if place is None:
                done = await self._run_alone(together)
            else:
                done = await self._run_shared(place, together)
            results += done
            if len(done) < len(together) or not done[-1][-1].ok:
                break
        return [result for of_unit in results for result in of_unit]

    async def _run_alone(self, units: Sequence[Unit]) -> Results:
        results: Results = []
        for unit in units:
            result = await self._run_one(unit)
            results.append([result])
            if not result.ok:
                break
        return results

    async def _run_one(self, unit: Unit) -> Result:
        """Run a unit in a shell of its own."""

        async def opened() -> Shell:
            return await self._shells.open(unit.privilege, terminal=unit.terminal)

        [[result]] = await self._attempt(opened, [unit], let_go=self._shells.let_go)
        return result

    async def _run_shared(self, privilege: Privilege, units: list[Unit]) -> Results:
        results = await self._attempt(lambda: self._shells.get(privilege), units)
        last = units[len(results) - 1]
        if last.too_large:  # go on from there
            larger = last.alone()
            try:
                results[-1] = [await self._run_one(larger)]
            finally:
                larger.close()
            rest = units[len(results) :]
            if results[-1][-1].ok and rest:
                results += await self._run_shared(privilege, rest)
        return results

    async def _attempt(
        self,
        shell_for: Callable[[], Awaitable[Shell]],
        units: list[Unit],
        let_go: Callable[[Shell], None] | None = None,
    ) -> Results:
        """Run units in one shell, and in another one what had not begun when the shell went."""
        results: Results = []
        for tries in range(1, _TRIES + 1):
            if self._interrupted():
                return [*results, [failed(FailureKind.INTERRUPTED, "interrupted")]]
            try:
                shell = await shell_for()
            except (PyinfraError, OSError) as error:
                # A connection that ends while a shell is opened has begun nothing: the next try connects again.
                if self._interrupted() or (isinstance(error, ConnectionLostError) and tries == 1):
                    continue
                return [*results, [_not_opened(error)]]
            if self._interrupted():
                if let_go is not None:
                    let_go(shell)
                continue
            jobs = [unit.new_job() for unit in units[len(results) :]]
            try:
                batch = shell.send(jobs)
            except ValueError as error:
                return [*results, [failed(FailureKind.NOT_STARTED, str(error))]]
            await units[len(results)].feed(shell, jobs[0])
            await batch.done
            for job in jobs:
                if job.ending is not None:  # nothing is left of it once it is reported
                    await asyncio.wait([job.ending])
            if let_go is not None:
                let_go(shell)
            if self._collect(shell, jobs, units, results):
                return results
        return [
            *results,
            [failed(FailureKind.NOT_STARTED, "the shell on the host ended several times before it began")],
        ]

    def _collect(self, shell: Shell, jobs: list[Job], units: list[Unit], results: Results) -> bool:
        """Add what has become of jobs; return whether nothing is left to do."""
        for job in jobs:
            unit = units[len(results)]
            if job.state is JobState.SKIPPED:
                return True
            if job.state is JobState.NOT_STARTED and job.verdict is None:
                return False
            results.append(unit.results(job, shell))
            if not results[-1][-1].ok or unit.too_large:
                return True
        return True


def failed(kind: FailureKind, message: str, hint: str | None = None) -> Result:
    """Return the result of a request that did not end by itself."""
    return Result(None, False, failure=Failure(kind, message, hint))


def _not_opened(error: Exception) -> Result:
    hint = error.details.hint if isinstance(error, PyinfraError) else None
    if isinstance(error, PrivilegeError):
        return failed(FailureKind.PRIVILEGE, str(error), hint)
    if isinstance(error, ConnectError) and not isinstance(error, ConnectionLostError):
        return failed(FailureKind.NOT_STARTED, f"no shell could be opened on the host: {error}", hint)
    return failed(FailureKind.NOT_STARTED, str(error), hint)
