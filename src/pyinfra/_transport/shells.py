"""The shells of one host: one for each way of being privileged, opened when first needed, and those for one use."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from pyinfra._core.errors import ConnectError, ConnectionLostError

from .base import Identity, Link, Privilege
from .framing import Printing
from .jobs import Job, RoundTrips
from .privilege import RESTORE_LOCALE, AskPassword, effective, gain
from .shell import Shell

# Shells for one use whose children still hold the pipe; more are dropped.
_LINGERING = 3
# A host that has opened shells before is asked again, after these seconds: nothing has run in the one that did not come
# about. Dropbear closes a new session at once, several times in a row, while another is ending.
_PAUSES = (0.0, 0.05, 0.1, 0.2, 0.4)
# After sudo a shell finds itself on a terminal again; like a link, it starts without one and takes it back.
_TAKE_TERMINAL = b"exec 1>&0 2>&0\n"


class Shells:
    """Opens shells over a link.

    Args:
        link: the connection.
        loop: the loop that everything runs on.
        trips: counts round trips.
        ask_password: asked when a password is needed.
        on_timeout: called with a shell and a job that runs longer than it may.
        open_timeout: seconds that a shell, or a program that changes the user, may be silent while it starts.
    """

    def __init__(
        self,
        link: Link,
        loop: asyncio.AbstractEventLoop,
        trips: RoundTrips,
        *,
        ask_password: AskPassword | None,
        on_timeout: Callable[[Shell, Job], None],
        open_timeout: float,
    ) -> None:
        self._link = link
        self._loop = loop
        self._trips = trips
        self._ask_password = ask_password
        self._on_timeout = on_timeout
        self._open_timeout = open_timeout
        self._shared: dict[Privilege, asyncio.Task[Shell]] = {}
        self._lingering: list[Shell] = []
        self._lost = False
        self._reconnecting = asyncio.Lock()
        self.live: set[Shell] = set()
        self.identity: Identity | None = None
        self.printing = Printing.PRINTF

    # -- opening ---------------------------------------------------------------------------

    async def connect(self) -> None:
        """Connect, and open the login user's shell.

        Raises:
            ConnectError: or a subclass.
        """
        self._lost = False
        await self._link.connect()
        shell = await self.get(())
        hello = shell.hello
        if hello is not None:
            self.printing = hello.printing
            if hello.uid is not None:
                self.identity = Identity(hello.user or str(hello.uid), hello.uid)

    def effective(self, privilege: Privilege) -> Privilege:
        """Return the steps that have to be taken."""
        return effective(privilege, self.identity) if privilege else privilege

    async def get(self, privilege: Privilege) -> Shell:
        """Return the shared shell, opening it when there is none.

        Raises:
            ConnectError: there is no connection, or no shell.
            PrivilegeError: the user could not be changed.
        """
        while True:
            opening = self._shared.get(privilege)
            if opening is None:
                opening = self._shared[privilege] = self._loop.create_task(self.open(privilege))
            try:
                shell = await asyncio.shield(opening)
            except BaseException:
                if opening.done() and self._shared.get(privilege) is opening:
                    del self._shared[privilege]
                raise
            if shell.usable:
                return shell
            if self._shared.get(privilege) is opening:
                del self._shared[privilege]

    async def open(self, privilege: Privilege, *, terminal: bool = False) -> Shell:
        """Open a shell that is not shared. Raises as :meth:`get`."""
        for pause in _PAUSES:
            await self._reconnect()
            try:
                return await self._open(privilege, terminal=terminal)
            except ConnectError:
                if self.identity is None:  # there never was a shell
                    raise
            await asyncio.sleep(pause)
        await self._reconnect()
        return await self._open(privilege, terminal=terminal)

    async def _open(self, privilege: Privilege, *, terminal: bool) -> Shell:
        shell = Shell(self._loop, self._trips, on_timeout=self._on_timeout, on_closed=self._forget, terminal=terminal)
        shell.privilege = privilege
        try:
            shell.attach(await self._link.open_pipe(shell, pty=terminal))
        except ConnectionLostError:
            self._lost = True
            raise
        self.live.add(shell)
        try:
            await self._start(shell, terminal=terminal)
        except BaseException:
            shell.abort()
            raise
        return shell

    async def _start(self, shell: Shell, *, terminal: bool) -> None:
        privilege = shell.privilege
        if privilege:
            await gain(
                shell,
                privilege,
                host=self._link.name,
                root=self.identity is not None and self.identity.uid == 0,
                ask_password=self._ask_password,
                patience=self._open_timeout,
                terminal=terminal,
            )
            shell.write_raw((_TAKE_TERMINAL if terminal else b"") + RESTORE_LOCALE.encode())
        try:
            await shell.start(identity=not privilege and self.identity is None, patience=self._open_timeout)
        except ConnectError as error:
            error.locate(host=self._link.name)
            raise

    async def _reconnect(self) -> None:
        """Connect again, once, when the connection has been lost."""
        async with self._reconnecting:
            if not self._lost:
                return
            for shell in list(self.live):
                shell.abort()
            try:
                await self._link.connect()
            except ConnectError as error:
                message = f"the connection was lost, and connecting again failed: {error}"
                raise ConnectionLostError(message, hint=error.details.hint) from error
            self._lost = False

    # -- the end ---------------------------------------------------------------------------

    def _forget(self, shell: Shell) -> None:
        self.live.discard(shell)
        if shell in self._lingering:
            self._lingering.remove(shell)
        if shell.closure is not None and shell.closure.connection_lost:
            self._lost = True

    def let_go(self, shell: Shell) -> None:
        """End a shell that was for one use. Children that it left behind may keep the pipe, within limits."""
        shell.stale = True
        if shell.closure is not None:
            return
        shell.write_eof()
        self._lingering.append(shell)
        if len(self._lingering) > _LINGERING:
            self._lingering.pop(0).abort()

    def retire(self, shell: Shell) -> None:
        """Have nothing more sent to a shell, and end it when it has done what it was sent."""
        shell.stale = True
        for privilege, opening in list(self._shared.items()):
            if opening.done() and not opening.cancelled() and opening.exception() is None and opening.result() is shell:
                del self._shared[privilege]
        shell.write_eof()

    def refresh(self) -> None:
        """End the shells of other users; the next request opens new ones."""
        for privilege, opening in list(self._shared.items()):
            if not privilege:
                continue
            if opening.done() and not opening.cancelled() and opening.exception() is None:
                self.retire(opening.result())
            self._shared.pop(privilege, None)

    async def close(self) -> None:
        """End everything. Never raises."""
        for opening in self._shared.values():
            opening.cancel()
        await asyncio.gather(*self._shared.values(), return_exceptions=True)
        self._shared.clear()
        for shell in list(self.live):
            shell.abort()
        await self._link.close()
