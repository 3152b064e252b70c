"""The controller itself as a host: ``/bin/sh`` as a child process in a session of its own.

The child is started with ``posix_spawn`` and watched through a descriptor. That needs neither a child watcher nor the
main thread, and it is left alone by gevent, which replaces ``os.fork`` and the ``subprocess`` module.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import termios
from collections import deque
from collections.abc import Callable

from pyinfra._core.errors import ConnectError
from pyinfra._core.output import STDERR, STDOUT

from .base import Files, Pipe, PipeReceiver

_SHELL = "/bin/sh"
_READ_SIZE = 256 * 1024
_LITTLE = 64 * 1024  # bytes queued for writing that do not make drain() wait
_LAST_READS = 8  # more than any pipe can hold
_POLL = 0.2  # seconds between looks at a child where the system cannot tell that it ended
_UNKNOWN_STATUS = 255  # the child was reaped by somebody else
# Python ignores these; what is run should not.
# With a terminal on both ends a shell takes itself for interactive. So it starts without, and takes it afterwards.
_TAKE_TERMINAL = b"exec 1>&0 2>&0\n"
_RESET_SIGNALS = [signal.SIGPIPE, *([signal.SIGXFSZ] if hasattr(signal, "SIGXFSZ") else [])]


class LocalLink:
    """Opens pipes to shells on this machine.

    Args:
        name: of the host, for messages.
        command: the program that is a POSIX shell, with its arguments.
    """

    def __init__(self, name: str = "@local", command: tuple[str, ...] = (_SHELL,)) -> None:
        self.name = name
        self._command = command
        self._pipes: set[LocalPipe] = set()

    async def connect(self) -> None:
        """See that there is a shell."""
        if not os.access(self._command[0], os.X_OK):
            raise ConnectError(f"there is no {self._command[0]} here", host=self.name)

    async def open_pipe(self, receiver: PipeReceiver, *, pty: bool = False) -> Pipe:
        """Start a shell."""
        try:
            pipe = LocalPipe(receiver, self._command, pty=pty, forget=self._pipes.discard)
        except OSError as error:
            raise ConnectError(f"cannot start {self._command[0]}: {error}", host=self.name) from error
        self._pipes.add(pipe)
        return pipe

    async def open_files(self) -> Files | None:
        """There is no faster way than the shell."""
        return None

    async def close(self) -> None:
        """Drop all pipes."""
        for pipe in list(self._pipes):
            pipe.abort()


class LocalPipe:
    """The pipe to one child. Only for use on the loop's thread."""

    def __init__(
        self,
        receiver: PipeReceiver,
        command: tuple[str, ...],
        *,
        pty: bool,
        forget: Callable[[LocalPipe], None] | None = None,
    ) -> None:
        self._receiver = receiver
        self._loop = asyncio.get_running_loop()
        self._forget = forget
        self._readers: dict[int, int] = {}  # descriptor -> stream
        self._queue: deque[memoryview] = deque()
        self._queued = 0
        self._eof = self._writing = self._closed = False
        self._drained: asyncio.Future[None] | None = None
        self._status: int | None = None
        self._pidfd = -1
        spawned = _spawn_on_terminal(command) if pty else _spawn(command)
        self.pid, self._stdin, outputs = spawned
        for descriptor, stream in outputs.items():
            os.set_blocking(descriptor, False)
            self._readers[descriptor] = stream
            self._loop.add_reader(descriptor, self._read, descriptor)
        os.set_blocking(self._stdin, False)
        self._watch_child()

    # -- reading ---------------------------------------------------------------------------

    def _read(self, descriptor: int) -> bool:
        """Read once; return whether there may be more."""
        try:
            data = os.read(descriptor, _READ_SIZE)
        except BlockingIOError:
            return False
        except OSError:  # EIO: the last process on a terminal is gone
            data = b""
        if data:
            self._receiver.data_received(self._readers[descriptor], data)
            return True
        self._stop_reading(descriptor)
        if not self._readers and self._status is not None:
            self._finish()
        return False

    def _stop_reading(self, descriptor: int) -> None:
        self._loop.remove_reader(descriptor)
        del self._readers[descriptor]
        if descriptor != self._stdin:
            os.close(descriptor)

    # -- writing ---------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Queue bytes; never blocks."""
        if self._eof or self._closed or self._stdin < 0 or not data:
            return
        self._queue.append(memoryview(data))
        self._queued += len(data)
        if not self._writing:
            self._write_some()

    def _write_some(self) -> None:
        while self._queue:
            try:
                written = os.write(self._stdin, self._queue[0])
            except BlockingIOError:
                break
            except OSError:  # nobody reads any more; the end of the output will tell
                self._queue.clear()
                self._queued = 0
                break
            self._queued -= written
            if written < len(self._queue[0]):
                self._queue[0] = self._queue[0][written:]
            else:
                self._queue.popleft()
        self._want_to_write(bool(self._queue))
        if self._drained is not None and self._queued <= _LITTLE and not self._drained.done():
            self._drained.set_result(None)
        if not self._queue and self._eof:
            self._close_stdin()

    def _want_to_write(self, wanted: bool) -> None:
        if wanted and not self._writing:
            self._loop.add_writer(self._stdin, self._write_some)
        elif self._writing and not wanted:
            self._loop.remove_writer(self._stdin)
        self._writing = wanted

    async def drain(self) -> None:
        """Wait until little is queued."""
        if self._queued > _LITTLE and not self._closed:
            self._drained = self._loop.create_future()
            await self._drained

    def write_eof(self) -> None:
        """End standard input."""
        self._eof = True
        if not self._queue:
            self._close_stdin()

    def _close_stdin(self) -> None:
        if self._stdin < 0:
            return
        self._want_to_write(False)
        if self._stdin not in self._readers:  # a terminal is one descriptor for both ways
            os.close(self._stdin)
            self._stdin = -1

    # -- the end ---------------------------------------------------------------------------

    def _watch_child(self) -> None:
        try:
            self._pidfd = os.pidfd_open(self.pid)
        except (AttributeError, OSError):
            self._loop.call_later(_POLL, self._poll_child)
        else:
            self._loop.add_reader(self._pidfd, self._child_ended)

    def _poll_child(self) -> None:
        if self._reap():
            self._after_child()
        else:
            self._loop.call_later(_POLL, self._poll_child)

    def _child_ended(self) -> None:
        self._loop.remove_reader(self._pidfd)
        os.close(self._pidfd)
        if self._reap():
            self._after_child()
        else:
            self._loop.call_later(_POLL, self._poll_child)

    def _reap(self) -> bool:
        try:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
        except ChildProcessError:
            self._status = _UNKNOWN_STATUS
            return True
        if pid:
            self._status = os.waitstatus_to_exitcode(status)
        return bool(pid)

    def _after_child(self) -> None:
        """Take what is still in the pipes. Children of the shell may hold them open for ever: do not wait for them."""
        for descriptor in list(self._readers):
            for _ in range(_LAST_READS):
                if descriptor not in self._readers or not self._read(descriptor):
                    break
        self._finish(linger=True)

    def _finish(self, *, linger: bool = False) -> None:
        if self._closed:
            return
        self._closed = True
        self._release(linger=linger)
        self._receiver.pipe_closed(self._status, None)

    def _discard(self, descriptor: int) -> None:
        """Read for children that outlive their shell, so that they are not killed for writing."""
        try:
            data = os.read(descriptor, _READ_SIZE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._stop_reading(descriptor)
            if not self._readers:
                self._release()

    def _release(self, *, linger: bool = False) -> None:
        for descriptor in list(self._readers):
            if linger and descriptor != self._stdin:
                self._loop.add_reader(descriptor, self._discard, descriptor)
            else:
                self._stop_reading(descriptor)
        self._queue.clear()
        self._queued = 0
        self._close_stdin()
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)
        if self._forget is not None and not self._readers:
            self._forget(self)

    def abort(self) -> None:
        """Drop the pipe at once; the child is still waited for."""
        if self._closed:
            self._release()  # of what lingers
            return
        self._closed = True
        self._release()
        self._loop.call_soon(self._receiver.pipe_closed, self._status, None)


# -- starting children ---------------------------------------------------------------------

_Action = tuple[int, int, int] | tuple[int, int, str, int, int] | tuple[int, int]
_Spawned = tuple[int, int, dict[int, int]]  # pid, descriptor of its input, descriptors of its outputs


def _spawn(command: tuple[str, ...]) -> _Spawned:
    """Start a child with three pipes."""
    opened: list[int] = []
    try:
        for _ in range(3):
            opened += map(_above_standard, os.pipe())
        in_child, in_ours, out_ours, out_child, err_ours, err_child = opened
        ends = enumerate((in_child, out_child, err_child))
        actions: list[_Action] = [(os.POSIX_SPAWN_DUP2, end, target) for target, end in ends]
        pid = _posix_spawn(command, actions)
    except BaseException:
        for descriptor in opened:
            os.close(descriptor)
        raise
    for descriptor in (in_child, out_child, err_child):
        os.close(descriptor)
    return pid, in_ours, {out_ours: STDOUT, err_ours: STDERR}


def _spawn_on_terminal(command: tuple[str, ...]) -> _Spawned:
    """Start a child on a terminal of its own, which it has opened itself so that it controls it."""
    ours, child = map(_above_standard, os.openpty())
    try:
        name = os.ttyname(child)
        _make_plain(child)
        actions: list[_Action] = [
            (os.POSIX_SPAWN_OPEN, 0, name, os.O_RDWR, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_RDWR, 0),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_RDWR, 0),
        ]
        pid = _posix_spawn(command, actions)
        os.write(ours, _TAKE_TERMINAL)
    except BaseException:
        os.close(ours)
        raise
    finally:
        os.close(child)
    return pid, ours, {ours: STDOUT}


def _make_plain(terminal: int) -> None:
    """Switch off echo, line editing (which cuts lines at 4096 bytes) and carriage returns."""
    modes = termios.tcgetattr(terminal)
    modes[1] &= ~termios.ONLCR
    modes[3] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(terminal, termios.TCSANOW, modes)


def _above_standard(descriptor: int) -> int:
    """Move a descriptor above the standard three, should the controller itself run without some of them."""
    if descriptor > 2:
        return descriptor
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 3)
    os.close(descriptor)
    return moved


def _posix_spawn(command: tuple[str, ...], actions: list[_Action]) -> int:
    actions += [(os.POSIX_SPAWN_CLOSE, descriptor) for descriptor in _inheritable()]
    return os.posix_spawn(
        command[0], command, os.environ, file_actions=actions, setsid=True, setsigmask=[], setsigdef=_RESET_SIGNALS
    )


def _inheritable() -> list[int]:
    """Return the descriptors that a child would get by accident."""
    found = []
    for name in os.listdir("/dev/fd"):  # noqa: PTH208 - numbers, not paths
        try:
            if int(name) > 2 and os.get_inheritable(int(name)):
                found.append(int(name))
        except (ValueError, OSError):  # the one that listdir itself had open
            continue
    return found
