"""SSH: a connection to one host, with OpenSSH's rules for configuration, host keys and logins.

Example:
    >>> link = SSHLink("web1", SSHOptions("web1"), SSHShared())  # doctest: +SKIP
    >>> await link.connect()  # doctest: +SKIP
"""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

from pyinfra._core.errors import ConnectError, ConnectionLostError
from pyinfra._core.records import changed

from . import libraries
from .config.rules import Target
from .names import check_host, check_user
from .route import Dialling
from .unreachable import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable

    import asyncssh

    from pyinfra._transport.base import Files, Pipe, PipeReceiver

    from .config.jumps import Hop
    from .config.settings import Settings
    from .connection import Connection
    from .options import SSHOptions
    from .sessions import Sessions
    from .shared import SSHShared


class SSHLink:
    """A :class:`~pyinfra._transport.base.Link` over SSH.

    Args:
        name: for messages.
        options: what was said about the host outside of the configuration.
        shared: what the connections of a run have in common.
        jumps: the hosts to go through, nearest first; None leaves it to the configuration.
    """

    def __init__(self, name: str, options: SSHOptions, shared: SSHShared, jumps: tuple[Hop, ...] | None = None) -> None:
        self.name = name
        self._options = options
        self._shared = shared
        self._jumps = jumps
        self._settings: Settings | None = None
        self._sessions: Sessions | None = None

    # -- connecting ------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Whether there is a connection that has not ended."""
        return self._sessions is not None and self._sessions.connected

    async def settings(self) -> Settings:
        """Return the effective configuration of the host.

        Raises:
            ConnectError: when it cannot be understood, or names are refused.
        """
        if self._settings is None:
            options, configs = self._options, self._shared.configs
            target = Target(check_host(options.hostname), options.user, options.port)
            if configs.runs_commands(options.config_file):
                found = await asyncio.to_thread(configs.read, target, options.config_file)
            else:
                found = configs.read(target, options.config_file)
            self._settings = self._override(found)
            check_host(self._settings.hostname)
            check_user(self._settings.user)
        return self._settings

    def _override(self, settings: Settings) -> Settings:
        options = self._options
        changes: dict[str, object] = {}
        if options.strict_host_key_checking is not None:
            changes["host_keys"] = _policy(options.strict_host_key_checking)
        if options.known_hosts_file is not None:
            changes["user_known_hosts"] = (options.known_hosts_file,)
        if options.forward_agent is not None:
            changes["forward_agent"] = options.forward_agent
        if self._jumps is not None:
            changes["jumps"], changes["proxy_command"] = self._jumps, None
        changes["connect_timeout"] = options.connect_timeout or settings.connect_timeout or options.default_timeout
        return changed(settings, **changes)

    async def connect(self) -> None:
        """Open the connection.

        Raises:
            ConnectError: or a subclass, naming what went wrong; its ``details.host`` is the name of the link.
        """
        try:
            await self._connect()
        except ConnectError as error:
            error.locate(host=self.name)
            raise

    async def _connect(self) -> None:
        await self.close()
        options = self._options
        for tries_left in range(options.connect_retries, -1, -1):
            try:
                self._sessions = await self._open()
                return
            except UnreachableError:
                if not tries_left:
                    raise
            await asyncio.sleep(random.uniform(options.retry_min_delay, options.retry_max_delay))  # noqa: S311

    async def _open(self) -> Sessions:
        """Connect; the SSH library is imported while the host answers, if it is not there yet."""
        settings = await self.settings()
        dialling = Dialling(settings) if not libraries.loaded() and Dialling.possible(settings) else None
        try:
            await self._shared.library()
            from .sessions import Sessions

            first = await self._dial(dialling)
        finally:
            if dialling is not None:
                dialling.drop()
        return Sessions(self.name, first, self._dial, files=self._options.sftp)

    async def _dial(self, dialling: Dialling | None = None) -> Connection:
        from .connection import dial

        return await dial(await self.settings(), self._options, self._shared, self._take_jump, dialling)

    async def _take_jump(self, settings: Settings) -> tuple[SSHLink, Callable[[], object]]:
        """Return a connected link to the last jump host, and what gives it back."""
        *before, last = settings.jumps
        options = changed(
            self._options,
            hostname=check_host(last.host),
            user=last.user,
            port=last.port,
            # what was said of the target's account is not true of the jump host's
            password=None,
            key=None,
            key_password=None,
            forward_agent=None,
            connect_retries=0,
        )
        key = (tuple(before), last, options.config_file, options.known_hosts_file, options.strict_host_key_checking)
        name = f"jump host {last.host}"
        # as ssh -J: hops that are named here win over those in the hop's own configuration
        jumps = tuple(before) or None
        try:
            link = await self._shared.jumps.take(key, lambda: SSHLink(name, options, self._shared, jumps))
        except ConnectError as error:
            raise type(error)(f"{name}: {error}", hint=error.details.hint) from error
        return link, lambda: self._shared.jumps.give_back(key, link)

    async def close(self) -> None:
        """End everything. Never raises."""
        sessions, self._sessions = self._sessions, None
        if sessions is not None:
            await sessions.close()

    # -- what goes over it -----------------------------------------------------------------

    def _opened(self) -> Sessions:
        if self._sessions is None:
            failure = ConnectionLostError("connection lost: it was closed on this side")
            failure.locate(host=self.name)
            raise failure
        return self._sessions

    def tunnel(self) -> asyncssh.SSHClientConnection:
        """Return the connection that other hosts are reached through.

        Raises:
            ConnectionLostError: when it has ended.
        """
        return self._opened().tunnel()

    async def open_pipe(self, receiver: PipeReceiver, *, pty: bool = False) -> Pipe:
        """Start ``sh`` on the host, reading commands from the pipe (with a terminal when ``pty``).

        Waits for a session to end when the server allows no more of them.

        Raises:
            ConnectError: when the server opens no session.
            ConnectionLostError: when the connection has ended.
        """
        return await self._opened().open_pipe(receiver, pty=pty)

    async def open_files(self) -> Files | None:
        """Start SFTP; None when the host has none.

        Raises:
            ConnectionLostError: when the connection has ended.
        """
        return await self._opened().open_files()


def _policy(text: str) -> str:
    policy = {"true": "yes", "false": "no", "off": "no"}.get(text.lower(), text.lower())
    if policy not in ("yes", "no", "ask", "accept-new"):
        raise ConnectError(f"SSH error (ssh_strict_host_key_checking is {text!r}, not yes, no, ask or accept-new)")
    return policy
