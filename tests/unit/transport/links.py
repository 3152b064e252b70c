"""Links that misbehave."""

from __future__ import annotations

import asyncio

from pyinfra._core.errors import ConnectError, ConnectionLostError
from pyinfra._transport.base import Files, Pipe, PipeReceiver
from pyinfra._transport.local import LocalLink

DROPPED = ConnectionResetError("reset by peer")


class BreakableLink(LocalLink):
    """A link whose connection can be cut, fall silent, and be refused."""

    def __init__(self, command: tuple[str, ...] = ("/bin/sh",), before: bytes = b"") -> None:
        super().__init__("web1", command)
        self.receivers: list[PipeReceiver] = []
        self.opened = 0
        self.connects = 0
        self.refuse = self.down = self.silent = False
        self._before = before

    async def connect(self) -> None:
        self.connects += 1
        if self.refuse:
            raise ConnectError("refused")
        self.down = False
        await super().connect()

    async def open_pipe(self, receiver: PipeReceiver, *, pty: bool = False) -> Pipe:
        if self.down:
            raise ConnectionLostError("connection lost")
        self.opened += 1
        if self.silent:
            await asyncio.sleep(3600)
        self.receivers.append(receiver)
        pipe = await super().open_pipe(receiver, pty=pty)
        pipe.write(self._before)
        return pipe

    def cut(self) -> None:
        """Lose the connection."""
        self.down = True
        receivers, self.receivers = self.receivers, []
        for receiver in receivers:
            receiver.pipe_closed(None, DROPPED)


class ScriptedPipe:
    """A pipe that keeps what is written and says what it is told."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.ended = self.aborted = False

    def write(self, data: bytes) -> None:
        self.written.append(data)

    async def drain(self) -> None:
        return

    def write_eof(self) -> None:
        self.ended = True

    def abort(self) -> None:
        self.aborted = True


class ScriptedLink:
    """A link whose host says one thing and closes."""

    name = "odd"

    def __init__(self, says: bytes, status: int | None = 1, error: Exception | None = None) -> None:
        self._says, self._status, self._error = says, status, error

    async def connect(self) -> None:
        return

    async def open_pipe(self, receiver: PipeReceiver, *, pty: bool = False) -> Pipe:
        loop = asyncio.get_running_loop()
        loop.call_later(0.01, receiver.data_received, 1, self._says)
        loop.call_later(0.02, receiver.pipe_closed, self._status, self._error)
        return ScriptedPipe()

    async def open_files(self) -> Files | None:
        return None

    async def close(self) -> None:
        return
