"""SSH: a connection to one host, with OpenSSH's rules for configuration, host keys and logins.

Example:
    >>> link = SSHLink("web1", SSHOptions("web1"), SSHShared())  # doctest: +SKIP
    >>> await link.connect()  # doctest: +SKIP
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import functools
import itertools
import random
from typing import TYPE_CHECKING, Any, cast

import asyncssh

from pyinfra._core.errors import ConnectError, ConnectionLostError

from . import channels, failures
from .config_rules import Target
from .connection import Connection, dial
from .names import check_host, check_user
from .sftp import SFTPFiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyinfra._transport.base import Files, Pipe, PipeReceiver

    from .config import Settings
    from .jump_syntax import Hop
    from .options import SSHOptions
    from .shared import SSHShared

# When a server allows few sessions per connection, more connections are opened, up to this many.
MAX_CONNECTIONS = 4
# How long to wait for a session to end before another connection is opened, in seconds.
PATIENCE = 1.0
_GOODBYE = 1.0
# A server that opened a session before and refuses one now is asked again, with longer and longer pauses: 2.7 s in all.
_TRIES = 10
_PAUSE = 0.05


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
        self._connections: list[Connection] = []
        self._dialing = asyncio.Lock()
        self._no_files = not options.sftp

    # -- connecting ------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Whether there is a connection that has not ended."""
        return any(not connection.closed for connection in self._connections)

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
        return dataclasses.replace(settings, **changes)  # type: ignore[arg-type]

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
                self._connections.append(await self._dial())
                return
            except failures.UnreachableError:
                if not tries_left:
                    raise
            await asyncio.sleep(random.uniform(options.retry_min_delay, options.retry_max_delay))  # noqa: S311

    async def _dial(self) -> Connection:
        return await dial(await self.settings(), self._options, self._shared, self._take_jump)

    async def _take_jump(self, settings: Settings) -> tuple[SSHLink, Callable[[], object]]:
        """Return a connected link to the last jump host, and what gives it back."""
        *before, last = settings.jumps
        options = dataclasses.replace(
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
        connections, self._connections = self._connections, []
        self._no_files = not self._options.sftp
        if connections:
            await asyncio.gather(*(one.close(_GOODBYE) for one in connections), return_exceptions=True)

    # -- sessions --------------------------------------------------------------------------

    @property
    def silence(self) -> float:
        """After how many seconds without an answer the connection is given up."""
        return self._connections[0].silence if self._connections else 0.0

    def lost(self, error: Exception | None) -> ConnectionLostError:
        """Return the error of a connection that has ended, with its cause."""
        causes = [one.cause for one in self._connections if one.closed and one.cause is not None]
        failure = failures.lost(error or next(iter(causes), None), self.silence)
        failure.locate(host=self.name)
        return failure

    def _ended(self, connection: Connection, error: Exception | None) -> ConnectError:
        return channels.ended_silently() if error is None and not connection.closed else self.lost(error)

    def tunnel(self) -> asyncssh.SSHClientConnection:
        """Return the connection that other hosts are reached through.

        Raises:
            ConnectionLostError: when it has ended.
        """
        for connection in self._connections:
            if not connection.closed:
                return connection.ssh
        raise self.lost(None)

    async def open_pipe(self, receiver: PipeReceiver, *, pty: bool = False) -> Pipe:
        """Start ``sh`` on the host, reading commands from the pipe (with a terminal when ``pty``).

        Waits for a session to end when the server allows no more of them.

        Raises:
            ConnectError: when the server opens no session.
            ConnectionLostError: when the connection has ended.
        """
        for refusals in itertools.count():
            connection = await self._with_slot()
            pipe = channels.ShellPipe(receiver, functools.partial(self._ended, connection), connection.slots.give_back)
            try:
                await self._start_shell(connection, pipe, pty=pty)
            except asyncssh.ChannelOpenError as error:
                await self._refused(connection, error, refusals)
            except (asyncssh.Error, OSError) as error:
                connection.slots.give_back()
                raise self.lost(error) from error
            else:
                connection.slots.worked = True
                return pipe
        raise AssertionError  # never reached

    async def _start_shell(self, connection: Connection, pipe: channels.ShellPipe, *, pty: bool) -> None:
        opening: asyncio.Future[Any] = asyncio.ensure_future(
            connection.ssh.create_session(
                lambda: pipe,
                encoding=None,
                env=cast("Any", connection.environment),
                send_env=None,
                **channels.shell_arguments(pty=pty),
            )
        )
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, connection.hurry)  # two turns later: after the request for a session has left
        if pty:  # the terminal is asked for first, and may be refused
            await opening
            pipe.write(channels.PTY_PREFACE)
            return
        # Once the request for the shell has left, what is written arrives behind it: no need to wait for the answer.
        await asyncio.wait([opening, pipe.requested], return_when=asyncio.FIRST_COMPLETED)
        if opening.done():
            opening.result()
        else:
            opening.add_done_callback(lambda done: _end_if_refused(done, pipe))

    async def _refused(self, connection: Connection, error: asyncssh.ChannelOpenError, refusals: int) -> None:
        """A session was refused: make another try possible, or raise the error."""
        slots = connection.slots
        if connection.closed:
            slots.give_back()
            raise self.lost(None) from error
        if channels.is_refusal(error) and slots.used > 1:
            slots.refused()
            return
        slots.give_back()
        if channels.may_pass(error) and slots.worked and refusals < _TRIES:
            await asyncio.sleep(_PAUSE * (refusals + 1))
            return
        failure = channels.not_opened(error)
        failure.locate(host=self.name)
        raise failure from error

    async def _with_slot(self) -> Connection:
        """Return a connection on which a session has been set aside for the caller."""
        waited = False
        while True:
            alive = [one for one in self._connections if not one.closed]
            if not alive:
                raise self.lost(None)
            for connection in alive:
                if connection.slots.take():
                    return connection
            if waited and len(alive) < MAX_CONNECTIONS:
                await self._dial_another(len(alive))
                waited = False
                continue
            waiting = [asyncio.ensure_future(one.slots.wait_free()) for one in alive]
            done, pending = await asyncio.wait(waiting, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            for task in pending:
                task.cancel()
            waited = not done

    async def _dial_another(self, alive: int) -> None:
        async with self._dialing:
            if sum(not one.closed for one in self._connections) > alive:
                return  # another session was quicker
            with contextlib.suppress(ConnectError):  # then wait for those that there are
                self._connections.append(await self._dial())

    async def open_files(self) -> Files | None:
        """Start SFTP; None when the host has none.

        Raises:
            ConnectionLostError: when the connection has ended.
        """
        refusals = 0
        while not self._no_files:
            connection = await self._with_slot()
            try:
                client = await connection.ssh.start_sftp_client(path_encoding=None, env=None, send_env=None)
            except asyncssh.ChannelOpenError as error:
                if channels.is_refusal(error) or connection.closed:
                    if not await self._may_try_again(connection, error, refusals):
                        return None  # this time
                    refusals += 1
                    continue
                self._no_files = True
            except (asyncssh.SFTPError, OSError):
                self._no_files = True
            except asyncssh.Error as error:
                connection.slots.give_back()
                raise self.lost(error) from error
            else:
                connection.give_back_after(client)
                return SFTPFiles(client, self.lost)
            connection.slots.give_back()
        return None

    async def _may_try_again(self, connection: Connection, error: asyncssh.ChannelOpenError, refusals: int) -> bool:
        try:
            await self._refused(connection, error, refusals)
        except ConnectionLostError:
            raise
        except ConnectError:
            return False
        return True


def _policy(text: str) -> str:
    policy = {"true": "yes", "false": "no", "off": "no"}.get(text.lower(), text.lower())
    if policy not in ("yes", "no", "ask", "accept-new"):
        raise ConnectError(f"SSH error (ssh_strict_host_key_checking is {text!r}, not yes, no, ask or accept-new)")
    return policy


def _end_if_refused(done: asyncio.Future[Any], pipe: channels.ShellPipe) -> None:
    if done.cancelled():
        return
    error = done.exception()
    if isinstance(error, asyncssh.ChannelOpenError):
        pipe.end(channels.not_opened(error))
    elif isinstance(error, Exception):
        pipe.connection_lost(error)
