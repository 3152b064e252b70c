"""What a session makes of a request: where it is to run, the job that runs it, and the result of that."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import TYPE_CHECKING, BinaryIO, cast

from pyinfra._core.output import STDERR, decode

from . import downloads, uploads
from .base import Command, Download, Failure, FailureKind, Privilege, Request, Result, Upload
from .framing import Printing
from .jobs import Job, JobState
from .scripts import command_script, needs_own_channel

if TYPE_CHECKING:
    from .shell import Shell
    from .shells import Shells

_PIECE = 256 * 1024
_SPOOL = 1024 * 1024  # bytes of a download that are kept in memory until it is complete
_END_OF_INPUT = b"\x04"  # on a terminal


class Unit:
    """One request of a batch.

    Args:
        privilege: of the shell that it needs.
        own: it needs a shell to itself.
    """

    terminal = False
    too_large = False  # the job found that it needs a shell to itself: run ``alone()`` instead

    def __init__(self, privilege: Privilege, *, own: bool) -> None:
        self.privilege = privilege
        self._own = own

    @property
    def place(self) -> Privilege | None:
        """The privilege of the shared shell that it can run in; None for a shell of its own."""
        return None if self._own else self.privilege

    def new_job(self) -> Job:
        """Return the job that runs it, once."""
        raise NotImplementedError

    async def feed(self, shell: Shell, job: Job) -> None:
        """Send what follows the job, when it is the first of its batch."""

    def alone(self) -> Unit:
        """Return what has to be run instead when it is too large for a shared shell."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of what was needed on the way."""

    def results(self, job: Job, shell: Shell) -> list[Result]:
        """Return what has become of each request in it, up to the first that is not ok."""
        return [self.result(job, shell)]

    def result(self, job: Job, shell: Shell) -> Result:
        """Return what has become of it."""
        if job.state is JobState.ENDED:
            return Result(job.status, job.status in job.script.codes, job.output, seconds=job.seconds)
        failure = job.verdict
        if failure is None:
            closure = shell.closure
            message = closure.describe() if closure is not None else "its end was not seen"
            failure = Failure(FailureKind.LOST, message, "it may have run; it is not repeated")
        return Result(None, False, job.output, failure, job.seconds)


class CommandUnit(Unit):
    """A command."""

    def __init__(self, request: Command, privilege: Privilege, *, own: bool) -> None:
        super().__init__(privilege, own=own)
        self._request = request
        self.terminal = request.options.pty
        self._script = command_script(request)
        self._stdin_follows = False
        if request.options.stdin is not None and own and not self.terminal:
            # Asked for where the shell cannot print by itself.
            self._script.stdin, self._script.raw_input, self._stdin_follows = None, True, True

    def new_job(self) -> Job:
        """Return the job that runs it, once."""
        return Job(self._script, timeout=self._request.options.timeout, on_output=self._request.on_output)

    async def feed(self, shell: Shell, job: Job) -> None:
        """Type the input on the terminal, or send it through the pipe."""
        if not (self.terminal or self._stdin_follows):
            return
        await job.wait_begun()
        stdin = self._request.options.stdin or b""
        if self.terminal:
            end = _END_OF_INPUT if not stdin or stdin.endswith(b"\n") else 2 * _END_OF_INPUT
            shell.write_raw(stdin + end)
        else:
            shell.write_raw(stdin)
            shell.write_eof()


class UploadUnit(Unit):
    """A file to write."""

    def __init__(self, request: Upload, privilege: Privilege, *, cannot_print: bool) -> None:
        self._source, self._size = _sized(request.source)
        super().__init__(privilege, own=cannot_print or self._size > uploads.SMALL)
        self.request = request
        self._head = self._source.read(_PIECE)
        self._temporary = uploads.temporary_name()

    @property
    def is_small(self) -> bool:
        """Whether it may be written together with others."""
        plain = self.request.backup_suffix is None and self.request.replaces is None
        return plain and not self._own and self._size == len(self._head)

    @property
    def content(self) -> bytes:
        """All of a small file."""
        return self._head

    def new_job(self) -> Job:
        """Return the job that runs it, once."""
        content = None if self._own else self._head
        return Job(uploads.upload_script(self.request, self._size, content, self._temporary))

    async def feed(self, shell: Shell, job: Job) -> None:
        """Send the content behind the job."""
        if not self._own:
            return
        await job.wait_begun()
        piece = self._head
        while piece and shell.closure is None and job.state is JobState.BEGUN:
            shell.write_raw(piece)
            await shell.drain()
            piece = self._source.read(_PIECE)
        shell.write_eof()

    def close(self) -> None:
        """Let go of the copy of what could not tell its length."""
        if self._source is not self.request.source:
            self._source.close()

    def result(self, job: Job, shell: Shell) -> Result:
        """Return what has become of it."""
        return transfer_result(super().result(job, shell), f"cannot write {self.request.path}")


class DownloadUnit(Unit):
    """A file to read."""

    def __init__(self, request: Download, privilege: Privilege, *, own: bool) -> None:
        super().__init__(privilege, own=own)
        self._request = request
        self._spool = _spool()

    def new_job(self) -> Job:
        """Return the job that runs it, once."""
        self._spool.seek(0)
        self._spool.truncate()
        return Job(downloads.download_script(self._request, limited=not self._own), sink=self._keep)

    def _keep(self, data: bytes) -> None:
        self._spool.write(data)

    def close(self) -> None:
        """Let go of what has been read."""
        self._spool.close()

    def alone(self) -> Unit:
        """Return the unit that reads a large file."""
        return DownloadUnit(self._request, self.privilege, own=True)

    def result(self, job: Job, shell: Shell) -> Result:
        """Write the sink when everything has come; return what has become of it."""
        result = super().result(job, shell)
        self.too_large = not self._own and result.status == downloads.TOO_LARGE
        if self.too_large:
            result.ok = True  # for now: it is read again
        elif result.ok:
            self._spool.seek(0)
            shutil.copyfileobj(self._spool, self._request.sink, _PIECE)
        return transfer_result(result, f"cannot read {self._request.path}")


def transfer_result(result: Result, what: str) -> Result:
    """Say what could not be done, if it could not."""
    if not result.ok and result.failure is None:
        lines = decode(result.output.bytes_of(STDERR)).strip().splitlines()
        result.failure = Failure(FailureKind.TRANSFER, ": ".join([what, *lines[-2:]]))
    return result


def unit_for(request: Request, shells: Shells) -> Unit:
    """Return the unit of a request.

    Raises:
        ValueError: no shell can run it.
    """
    privilege = shells.effective(request.options.privilege)
    cannot_print = shells.printing is Printing.NOT
    if isinstance(request, Command):
        own = needs_own_channel(request) or (cannot_print and request.options.stdin is not None)
        return CommandUnit(request, privilege, own=own)
    if isinstance(request, Download):
        return DownloadUnit(request, privilege, own=False)
    return UploadUnit(request, privilege, cannot_print=cannot_print)


def _spool() -> BinaryIO:
    """Return a file that is in memory while it is small; its mode is 0600 when it is not."""
    return cast("BinaryIO", tempfile.SpooledTemporaryFile(max_size=_SPOOL))


def _sized(source: BinaryIO) -> tuple[BinaryIO, int]:
    """Return how much is left to read; what cannot tell is copied first."""
    try:
        here = source.tell()
        size = source.seek(0, os.SEEK_END) - here
        source.seek(here)
    except (OSError, AttributeError):
        copy = _spool()
        shutil.copyfileobj(source, copy, _PIECE)
        size = copy.tell()
        copy.seek(0)
        return copy, size
    return source, size
