"""What the connections of a run have in common: parsed files, keys, jump hosts, and a limit on logins at a time."""

from __future__ import annotations

import asyncio
import logging
from functools import cached_property
from typing import TYPE_CHECKING

from . import libraries
from .config.settings import ConfigReader
from .login.known_hosts import KnownHosts
from .options import NoPrompts, Prompts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

    from .link import SSHLink
    from .login.keys import KeyStore

# A login is work for one thread: more of them at a time only make each one slower, until some time out.
LOGINS_AT_A_TIME = 32

logger = logging.getLogger("pyinfra")


class SSHShared:
    """Give the same one to every :class:`~pyinfra._transport.ssh.link.SSHLink` of a run.

    Args:
        prompts: asks for passphrases and unknown host keys; nobody is asked by default.
        warn: is told what a user should know; logged by default.
    """

    def __init__(self, prompts: Prompts | None = None, warn: Callable[[str], None] = logger.warning) -> None:
        self.prompts = prompts or NoPrompts()
        self.warn = warn
        self.configs = ConfigReader()
        self.known_hosts = KnownHosts()
        self.jumps = JumpHosts()
        self.logins = asyncio.Semaphore(LOGINS_AT_A_TIME)
        self.asking = asyncio.Lock()
        self._loading: asyncio.Future[None] | None = None

    @cached_property
    def keys(self) -> KeyStore:
        """The private keys of the run. They take the SSH library."""
        from .login.keys import KeyStore

        return KeyStore(self.prompts)

    async def library(self) -> None:
        """Import the SSH library, in a thread, if nobody has done it."""
        if libraries.loaded():
            return
        if self._loading is None:
            self._loading = asyncio.ensure_future(asyncio.to_thread(libraries.load))
        await asyncio.shield(self._loading)


class _JumpHost:
    def __init__(self, link: SSHLink) -> None:
        self.link = link
        self.users = 0
        self.connecting: asyncio.Future[None] = asyncio.ensure_future(link.connect())


class JumpHosts:
    """One connection per jump host, shared by all targets behind it and closed with the last of them."""

    def __init__(self) -> None:
        self._hosts: dict[Hashable, _JumpHost] = {}

    async def take(self, key: Hashable, make: Callable[[], SSHLink]) -> SSHLink:
        """Return a connected link to a jump host.

        Args:
            key: what tells jump hosts apart.
            make: makes the link when there is none yet.

        Raises:
            ConnectError: when it cannot be connected.
        """
        host = self._hosts.get(key)
        if host is None or (host.connecting.done() and not host.link.connected):
            host = self._hosts[key] = _JumpHost(make())
        host.users += 1
        try:
            await asyncio.shield(host.connecting)
        except BaseException:
            await self._leave(key, host)
            raise
        return host.link

    async def give_back(self, key: Hashable, link: SSHLink) -> None:
        """A target does not need the jump host any more."""
        host = self._hosts.get(key)
        if host is not None and host.link is link:
            await self._leave(key, host)
        elif not link.connected:
            await link.close()

    async def _leave(self, key: Hashable, host: _JumpHost) -> None:
        host.users -= 1
        if host.users:
            return
        if self._hosts.get(key) is host:
            del self._hosts[key]
        if not host.connecting.done():
            host.connecting.cancel()
        await _quietly(host.connecting)
        await host.link.close()


async def _quietly(awaitable: Awaitable[None]) -> None:
    await asyncio.gather(awaitable, return_exceptions=True)
