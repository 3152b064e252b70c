"""The sessions of one host: opened on its connection, or on more of them where a server allows few on each."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
from typing import TYPE_CHECKING, Any, cast

import asyncssh

from pyinfra._core.errors import ConnectError, ConnectionLostError

from . import channels, failures
from .sftp import SFTPFiles
from .wire import acknowledge

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pyinfra._transport.base import Files, Pipe, PipeReceiver

    from .connection import Connection

# When a server allows few sessions per connection, more connections are opened, up to this many.
MAX_CONNECTIONS = 4
# How long to wait for a session to end before another connection is opened, in seconds.
PATIENCE = 1.0
_GOODBYE = 1.0
# A server that opened a session before and refuses one now is asked again, with longer and longer pauses: 2.7 s in all.
_TRIES = 10
_PAUSE = 0.05


class Sessions:
    """What is open on one host.

    Args:
        name: of the host, for messages.
        connection: the first one.
        dial: opens another.
        files: whether SFTP may be used.
    """

    def __init__(
        self, name: str, connection: Connection, dial: Callable[[], Awaitable[Connection]], *, files: bool
    ) -> None:
        self._name = name
        self._connections = [connection]
        self._dial = dial
        self._dialing = asyncio.Lock()
        self._no_files = not files

    @property
    def connected(self) -> bool:
        """Whether there is a connection that has not ended."""
        return any(not connection.closed for connection in self._connections)

    @property
    def silence(self) -> float:
        """After how many seconds without an answer the connection is given up."""
        return self._connections[0].silence if self._connections else 0.0

    async def close(self) -> None:
        """End everything. Never raises."""
        connections, self._connections = self._connections, []
        await asyncio.gather(*(one.close(_GOODBYE) for one in connections), return_exceptions=True)

    def lost(self, error: Exception | None) -> ConnectionLostError:
        """Return the error of a connection that has ended, with its cause."""
        causes = [one.cause for one in self._connections if one.closed and one.cause is not None]
        failure = failures.lost(error or next(iter(causes), None), self.silence)
        failure.locate(host=self._name)
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
        # Two turns later: after the request for a session has left.
        loop.call_soon(loop.call_soon, acknowledge, connection.ssh)
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
        failure.locate(host=self._name)
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


def _end_if_refused(done: asyncio.Future[Any], pipe: channels.ShellPipe) -> None:
    if done.cancelled():
        return
    error = done.exception()
    if isinstance(error, asyncssh.ChannelOpenError):
        pipe.end(channels.not_opened(error))
    elif isinstance(error, Exception):
        pipe.connection_lost(error)
