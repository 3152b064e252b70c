"""Getting a connected socket: names to addresses, TCP, and ``ProxyCommand``."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import threading
from collections import deque
from typing import Any

from .unreachable import UnreachableError, printable, unreachable, unresolved

_FAMILIES = {"any": socket.AF_UNSPEC, "inet": socket.AF_INET, "inet6": socket.AF_INET6}
# How long an address may be silent before the next one is tried beside it (RFC 8305).
_HEAD_START = 0.25
_KEPT_COMPLAINTS = 5
_Address = tuple[Any, ...]
_Candidate = tuple[int, _Address]


async def resolve(hostname: str, port: int, family: str = "any") -> list[_Candidate]:
    """Return the addresses of a host.

    Raises:
        UnreachableError: when it has none.
    """
    wanted = _FAMILIES.get(family, socket.AF_UNSPEC)
    for kind in (socket.AF_INET, socket.AF_INET6):
        with contextlib.suppress(OSError):
            socket.inet_pton(kind, hostname)
            return [(kind, (hostname, port) if kind == socket.AF_INET else (hostname, port, 0, 0))]
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[_Candidate]] = loop.create_future()

    def settle(found: list[_Candidate], error: OSError | None) -> None:
        if answer.done():
            return
        if error is None:
            answer.set_result(found)
        else:
            answer.set_exception(error)

    def work() -> None:
        found: list[_Candidate] = []
        failure: OSError | None = None
        try:
            rows = socket.getaddrinfo(hostname, port, wanted, socket.SOCK_STREAM)
            found = list(dict.fromkeys((row[0], row[4]) for row in rows))
        except OSError as error:
            failure = error
        except UnicodeError:  # a label that is too long, or empty
            failure = socket.gaierror(socket.EAI_NONAME, "not a host name")
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, found, failure)

    # A daemon thread of its own: a name server that does not answer holds up neither other names nor the exit.
    threading.Thread(target=work, name="pyinfra-resolve", daemon=True).start()
    try:
        return await answer
    except socket.gaierror as error:
        raise unresolved(hostname, error) from error
    except OSError as error:
        raise UnreachableError(f"Could not resolve hostname ({hostname}: {error})") from error


async def open_tcp(hostname: str, port: int, family: str = "any", bind: str | None = None) -> socket.socket:
    """Connect to the first address that answers.

    Raises:
        UnreachableError: when none does.
    """
    candidates = _interleave(await resolve(hostname, port, family))
    pending: set[asyncio.Task[socket.socket]] = set()
    failure: OSError | None = None
    try:
        while candidates or pending:
            if candidates:
                pending.add(asyncio.ensure_future(_connect(candidates.pop(0), bind)))
            done, pending = await asyncio.wait(
                pending, timeout=_HEAD_START if candidates else None, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                error = task.exception()
                if error is None:
                    return task.result()
                failure = error if isinstance(error, OSError) else failure
    finally:
        for task in pending:
            task.cancel()
    raise unreachable(hostname, port, failure or OSError("no address")) from failure


def _interleave(candidates: list[_Candidate]) -> list[_Candidate]:
    first = [item for item in candidates if item[0] == candidates[0][0]]
    second = [item for item in candidates if item[0] != candidates[0][0]]
    mixed: list[_Candidate] = []
    while first or second:
        mixed += first[:1] + second[:1]
        first, second = first[1:], second[1:]
    return mixed


async def _connect(candidate: _Candidate, bind: str | None) -> socket.socket:
    family, address = candidate
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.setblocking(False)
        if bind is not None:
            connection.bind((bind, 0))
        await asyncio.get_running_loop().sock_connect(connection, address)
    except BaseException:
        connection.close()
        raise
    return connection


class ProxyCommand:
    """A process that carries the connection on its standard input and output."""

    def __init__(self, process: asyncio.subprocess.Process, connection: socket.socket) -> None:
        self._process = process
        self.socket: socket.socket | None = connection
        self._complaints: deque[str] = deque(maxlen=_KEPT_COMPLAINTS)
        self._reading = asyncio.ensure_future(self._read_complaints())

    @classmethod
    async def start(cls, command: str) -> ProxyCommand:
        """Run a command, with the user's shell, as ssh does.

        Args:
            command: with its tokens replaced; names in it must have been checked.

        Raises:
            UnreachableError: when it cannot be started.
        """
        ours, theirs = socket.socketpair()
        shell = os.environ.get("SHELL") or "/bin/sh"
        try:
            process = await asyncio.create_subprocess_exec(
                shell,
                "-c",
                f"exec {command}",
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            raise UnreachableError(f"Could not connect (ProxyCommand: {error})") from error
        finally:
            theirs.close()
        ours.setblocking(False)
        return cls(process, ours)

    async def _read_complaints(self) -> None:
        stream = self._process.stderr
        while stream is not None and (data := await stream.read(4096)):
            self._complaints += [
                printable(line) for line in data.decode("utf-8", "replace").splitlines() if line.strip()
            ]

    async def explain(self) -> str:
        """Return what the command has written on its standard error."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._reading), 0.2)
        return "; ".join(self._complaints)

    async def stop(self) -> None:
        """End the process and whatever it has started."""
        if self.socket is not None:
            self.socket.close()
        if self._process.returncode is None:
            for number in (signal.SIGTERM, signal.SIGKILL):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._process.pid, number)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._process.wait(), 0.5)
                    break
        self._reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reading
