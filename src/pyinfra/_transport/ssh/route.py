"""How the bytes get to a host. Nothing here needs the SSH library: it is imported while hosts are dialled."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any

from .dialing import ProxyCommand, open_tcp

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable, Callable, Iterator

    import asyncssh

    from .config.settings import Settings
    from .link import SSHLink

    TakeJump = Callable[[Settings], Awaitable[tuple[SSHLink, Callable[[], Any]]]]

# A server waits two minutes for a login, and less where it has to: what was opened longer ago than this is not used.
_FRESH = 5.0


class Clock:
    """The time limit of one connection; it stands still while the user is asked or others are waited for."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.timeout = asyncio.timeout(seconds)

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Stop the clock."""
        loop = asyncio.get_running_loop()
        due = self.timeout.when()
        left = None if due is None else due - loop.time()
        self.timeout.reschedule(None)
        try:
            yield
        finally:
            if left is not None and not self.timeout.expired():
                self.timeout.reschedule(loop.time() + left)


class Dialling:
    """A TCP connection that is being opened before anybody can use it.

    Args:
        settings: of a host that is reached directly.
    """

    def __init__(self, settings: Settings) -> None:
        self._began = time.monotonic()
        self._task: asyncio.Task[socket.socket] | None = asyncio.ensure_future(_open(settings))

    @staticmethod
    def possible(settings: Settings) -> bool:
        """Whether a host is reached directly."""
        return not settings.jumps and settings.proxy_command is None

    def take(self) -> asyncio.Task[socket.socket] | None:
        """Return what gives the socket, once, and only while the server is sure to wait for us."""
        if time.monotonic() - self._began > _FRESH:
            self.drop()
        task, self._task = self._task, None
        return task

    def drop(self) -> None:
        """Close it, if nobody has taken it."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            task.add_done_callback(_close)


async def _open(settings: Settings) -> socket.socket:
    return await open_tcp(settings.hostname, settings.port, settings.address_family, settings.bind_address)


def _close(done: asyncio.Task[socket.socket]) -> None:
    if not done.cancelled() and done.exception() is None:
        done.result().close()


class Route:
    """The way to a host; closed with the connection."""

    def __init__(self) -> None:
        self.socket: socket.socket | None = None
        self.tunnel: asyncssh.SSHClientConnection | None = None
        self.proxy: ProxyCommand | None = None
        self._give_back: Callable[[], Any] | None = None

    async def find(self, settings: Settings, clock: Clock, take_jump: TakeJump, dialling: Dialling | None) -> None:
        """Reach the host, directly, through a command or through other hosts."""
        if settings.jumps:
            with clock.paused():  # jump hosts have a time limit of their own, and are waited for by many
                link, self._give_back = await take_jump(settings)
            self.tunnel = link.tunnel()
        elif settings.proxy_command is not None:
            self.proxy = await ProxyCommand.start(settings.proxy_command)
            self.socket = self.proxy.socket
        else:
            begun = dialling.take() if dialling is not None else None
            self.socket = await (begun or _open(settings))

    def hand_over(self) -> None:
        """The socket belongs to the connection now: closing it here could hit another one with the same number."""
        self.socket = None
        if self.proxy is not None:
            self.proxy.socket = None

    async def release(self) -> None:
        """Give up the way."""
        if self.proxy is not None:
            await self.proxy.stop()
        elif self.socket is not None:
            self.socket.close()
        give_back, self._give_back = self._give_back, None
        if give_back is not None:
            await give_back()
