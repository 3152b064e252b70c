"""Channels of a connection: how many there may be, and pipes to a shell."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING, Any

import asyncssh

from pyinfra._core.errors import ConnectError
from pyinfra._core.output import STDERR, STDOUT

from .unreachable import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyinfra._transport.base import PipeReceiver

# OpenSSH allows this many sessions on a connection unless MaxSessions says otherwise.
MAX_CHANNELS = 10
WRITE_BUFFER = 256 * 1024
# Plain words, so that every login shell understands them: fish, csh, rbash.
SHELL_COMMAND = "sh"
# With a terminal on both ends a shell takes itself for interactive, prints prompts and edits lines. So it starts
# without, and its first command (PTY_PREFACE) gives the terminal back to what it will run.
PTY_COMMAND = 'sh -c "exec sh >/dev/null 2>/dev/null"'
PTY_PREFACE = b"exec 1>&0 2>&0\n"
# No echo, no line editing (it would cut lines at 4096 bytes), no newline translation.
_PTY_MODES = {asyncssh.PTY_ECHO: 0, asyncssh.PTY_ICANON: 0, asyncssh.PTY_ONLCR: 0}


class Slots:
    """The sessions that a connection may still open."""

    def __init__(self, limit: int = MAX_CHANNELS) -> None:
        self.limit = limit
        self.used = 0
        self.worked = False  # the server has opened a session before
        self._freed = asyncio.Event()

    def take(self) -> bool:
        """Take a slot, if there is one."""
        if self.used >= self.limit:
            return False
        self.used += 1
        return True

    def give_back(self) -> None:
        """A session has ended."""
        self.used -= 1
        self._freed.set()

    def refused(self) -> None:
        """The server opens no more sessions than there are now."""
        self.limit = max(1, self.used - 1)
        self.give_back()

    async def wait_free(self) -> None:
        """Wait until a session ends."""
        self._freed.clear()
        await self._freed.wait()


class ShellPipe(asyncssh.SSHClientSession[bytes]):
    """A session running ``sh``; a :class:`~pyinfra._transport.base.Pipe`.

    Args:
        receiver: gets what arrives.
        explain: turns what asyncssh says of a session that ended without a status into an error with its cause.
        on_end: called once when the session has ended.
    """

    def __init__(
        self,
        receiver: PipeReceiver,
        explain: Callable[[Exception | None], ConnectError],
        on_end: Callable[[], None],
    ) -> None:
        self._receiver = receiver
        self._explain = explain
        self._on_end = on_end
        self._chan: asyncssh.SSHClientChannel[bytes] | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._status: int | None = None
        self._over = False  # the channel is closed on both sides
        self._told = False  # the receiver knows that it has ended
        self.requested: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    # -- for asyncssh ----------------------------------------------------------------------

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        """The channel is open; the request for the shell leaves right after this."""
        self._chan = chan
        chan.set_write_buffer_limits(high=WRITE_BUFFER)
        asyncio.get_running_loop().call_soon(self._settle_requested)

    def _settle_requested(self) -> None:
        if not self.requested.done():
            self.requested.set_result(None)

    def data_received(self, data: bytes, datatype: int | None) -> None:
        """Pass bytes on."""
        self._receiver.data_received(STDERR if datatype == asyncssh.EXTENDED_DATA_STDERR else STDOUT, data)

    def eof_received(self) -> bool:
        """Keep the other direction open: the exit status is still to come."""
        return True

    def exit_status_received(self, status: int) -> None:
        """Remember how the shell ended."""
        self._status = status

    def exit_signal_received(self, signal: str, core_dumped: bool, msg: str, lang: str) -> None:
        """Remember which signal ended the shell, as shells count it."""
        self._status = _signal_status(signal)

    def pause_writing(self) -> None:
        """Too much is queued."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """There is room again."""
        self._writable.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """The channel has ended."""
        if not self._over:
            self._over = True
            self._on_end()
        self.end(None if exc is None and self._status is not None else self._explain(exc))

    def end(self, error: Exception | None) -> None:
        """Tell the receiver, once."""
        if self._told:
            return
        self._told = True
        self._writable.set()
        self._settle_requested()
        self._receiver.pipe_closed(self._status, error)

    # -- for the session above ---------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Queue bytes; never blocks."""
        if self._chan is not None and not self._told:
            with contextlib.suppress(OSError):  # it is closing: pipe_closed tells
                self._chan.write(data)

    async def drain(self) -> None:
        """Wait until little is queued."""
        await self._writable.wait()

    def write_eof(self) -> None:
        """End standard input."""
        if self._chan is not None and not self._told:
            with contextlib.suppress(OSError):
                self._chan.write_eof()

    def abort(self) -> None:
        """Drop the pipe at once."""
        if self._chan is not None:
            self._chan.abort()
        # the other side may be out of reach: do not wait for it to agree
        asyncio.get_running_loop().call_soon(self.end, None)


def _signal_status(name: str) -> int:
    try:
        return 128 + signal.Signals[f"SIG{name}"].value
    except KeyError:
        return 255


def shell_arguments(*, pty: bool) -> dict[str, Any]:
    """Return what to ask asyncssh for."""
    if not pty:
        return {"command": SHELL_COMMAND, "request_pty": False}
    return {
        "command": PTY_COMMAND,
        "request_pty": "force",
        "term_type": "xterm",
        "term_size": (80, 24),
        "term_modes": _PTY_MODES,
    }


def is_refusal(error: asyncssh.ChannelOpenError) -> bool:
    """Return whether the server would have opened the session if there were fewer of them."""
    return error.code in (
        asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED,
        asyncssh.OPEN_CONNECT_FAILED,
        asyncssh.OPEN_RESOURCE_SHORTAGE,
    )


def may_pass(error: asyncssh.ChannelOpenError) -> bool:
    """Return whether a server that has opened sessions before may do so again in a moment.

    It is not done with the session that ended last, or could not start a shell just now: too many processes.
    """
    return is_refusal(error) or error.code == asyncssh.OPEN_REQUEST_SESSION_FAILED


def ended_silently() -> ConnectError:
    """A session that the server closed, on a connection that goes on, without a word on how the shell ended."""
    return ConnectError("SSH error (the server closed the session)")


def not_opened(error: Exception) -> ConnectError:
    """A session that the server does not open at all."""
    return ConnectError(
        f"SSH error (the server opens no session: {printable(str(error))})",
        hint="may this account run commands? see ForceCommand, PermitTTY and MaxSessions in sshd_config",
    )
