"""A server's side of a session: a real ``sh`` on pipes of this process's loop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
from typing import TYPE_CHECKING, Any

import asyncssh

if TYPE_CHECKING:
    from collections.abc import Callable


class Shell(asyncssh.SSHServerSession[bytes]):
    """Runs the command that was asked for."""

    def __init__(self, ended: Callable[[], None] = lambda: None) -> None:
        self._tell = ended
        self._loop = asyncio.get_running_loop()
        self._input = bytearray()
        self._eof = False
        self._open: set[int] = set()
        self._process: subprocess.Popen[bytes] | None = None

    def connection_made(self, chan: Any) -> None:
        self._chan = chan

    def exec_requested(self, command: str) -> bool:
        self._command = command
        return True

    def session_started(self) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(["sh", "-c", self._command], stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0)
        for file, kind in ((self._process.stdout, None), (self._process.stderr, asyncssh.EXTENDED_DATA_STDERR)):
            self._open.add(file.fileno())
            self._loop.add_reader(file.fileno(), self._read, file, kind)
        os.set_blocking(self._process.stdin.fileno(), False)

    def _read(self, file: Any, kind: int | None) -> None:
        data = os.read(file.fileno(), 65536)
        if data:
            self._chan.write(data, kind)
            return
        self._forget(file)
        if not self._open:
            self._finish()

    def _forget(self, file: Any) -> None:
        if file.fileno() in self._open:
            self._open.discard(file.fileno())
            self._loop.remove_reader(file.fileno())
        file.close()

    def _finish(self) -> None:
        status = self._process.wait()
        self._close_input()
        if status < 0:
            self._chan.exit_with_signal(signal.Signals(-status).name.removeprefix("SIG"))
        else:
            self._chan.exit(status)

    def data_received(self, data: bytes, datatype: Any) -> None:
        self._input += data
        self._pass_on()

    def eof_received(self) -> bool:
        self._eof = True
        self._pass_on()
        return True

    def _pass_on(self) -> None:
        file = self._process.stdin
        if file.closed:
            return
        self._loop.remove_writer(file.fileno())
        try:
            while self._input:
                del self._input[: os.write(file.fileno(), self._input[:65536])]
        except BlockingIOError:
            self._loop.add_writer(file.fileno(), self._pass_on)
            return
        except BrokenPipeError:
            self._input.clear()
        if self._eof:
            self._close_input()

    def _close_input(self) -> None:
        if not self._process.stdin.closed:
            self._loop.remove_writer(self._process.stdin.fileno())
            self._process.stdin.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._tell()
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        self._close_input()
        for file in (self._process.stdout, self._process.stderr):
            with contextlib.suppress(ValueError):
                self._forget(file)
