"""Ending what runs on a host: for timeouts and interruptions, from a second channel of the same user."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from pyinfra._core.errors import PyinfraError
from pyinfra._core.output import STDOUT

from .base import Failure, FailureKind
from .framing import Script
from .jobs import FINAL, Job
from .killing import GONE, kill_script

if TYPE_CHECKING:
    from .shell import Shell
    from .shells import Shells

_KILL_TIME = 15.0  # seconds for a second channel to end what timed out
_GRACE = 1.0  # between asking a process to end and making it
_SHORT_GRACE = 0.3
_AFTERMATH = 2.0  # for the end to arrive once the shell has been killed


async def end_job(shells: Shells, shell: Shell, job: Job) -> None:
    """End a job that runs longer than it may, with its shell. Others that wait for the shell get a new one."""
    if job.state in FINAL:
        return
    shell.stale = True  # nothing more may be sent to what is about to be killed
    verdict = job.verdict = Failure(FailureKind.TIMEOUT, f"timed out after {job.timeout:g} seconds")
    try:
        async with asyncio.timeout(_KILL_TIME):
            gone = await _kill(shells, shell, child=job.pid, grace=_GRACE)
    except (TimeoutError, PyinfraError, OSError) as error:
        verdict.hint = f"its processes on the host could not be ended: {error or 'no answer'}"
        gone = False
    if gone:  # it had ended by itself, just now
        await _wait_final(job)
        if job.state in FINAL:
            shells.retire(shell)
            return
    await _wait_final(job)
    shell.abort()


async def _wait_final(job: Job) -> None:
    for _ in range(round(_AFTERMATH / 0.02)):
        if job.state in FINAL:
            return
        await asyncio.sleep(0.02)


async def end_everything(shells: Shells, time: float) -> None:
    """End all jobs in flight on a host, within ``time`` seconds, even when it does not answer."""
    busy = [shell for shell in shells.live if shell.busy and shell.hello is not None]
    for shell in busy:
        shell.stale = True
        for job in shell.jobs:
            job.verdict = Failure(FailureKind.INTERRUPTED, "interrupted")
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(time):
            await asyncio.gather(*(_interrupt(shells, shell) for shell in busy))
    for shell in list(shells.live):
        if shell.busy or shell.hello is None:
            shell.abort()


async def _interrupt(shells: Shells, shell: Shell) -> None:
    try:
        await _kill(shells, shell, grace=_SHORT_GRACE)
    except (PyinfraError, OSError):
        return  # without a connection there is nothing more to be done
    for job in shell.jobs:
        await _wait_final(job)


async def _kill(shells: Shells, target: Shell, *, child: int = 0, grace: float) -> bool:
    """End a shell with all that it runs; return whether there was nothing to end."""
    pid = target.hello.pid if target.hello is not None else 0
    root = shells.identity is not None and shells.identity.uid == 0
    killer = await shells.open(() if root else target.privilege)
    try:
        temporary = [name for job in target.jobs for name in job.script.temporary]
        text = kill_script(pid, child=child, grace=grace, also_remove=temporary)
        job = Job(Script(text))
        await killer.send([job]).done
        return job.output.bytes_of(STDOUT).strip() == GONE
    finally:
        killer.abort()
