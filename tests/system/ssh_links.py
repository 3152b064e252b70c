"""SSH links to hosts of the lab, configured by a file as a user would."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyinfra._core.output import STDOUT
from pyinfra._transport.ssh.link import SSHLink
from pyinfra._transport.ssh.options import SSHOptions
from pyinfra._transport.ssh.shared import SSHShared
from tests.lab import Host, Lab

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    import pytest


class Receiver:
    """Keeps what a pipe brings."""

    def __init__(self) -> None:
        self.out, self.err = bytearray(), bytearray()
        self.closed: asyncio.Future[tuple[int | None, Exception | None]] = asyncio.get_running_loop().create_future()

    def data_received(self, stream: int, data: bytes) -> None:
        (self.out if stream == STDOUT else self.err).extend(data)

    def pipe_closed(self, status: int | None, error: Exception | None) -> None:
        self.closed.set_result((status, error))


async def said(link: SSHLink, script: str, *, pty: bool = False) -> str:
    """Run a script on a pipe of its own; return what it wrote to standard output."""
    receiver = Receiver()
    pipe = await link.open_pipe(receiver, pty=pty)
    pipe.write(script.encode() + b"\nexit\n")
    status, error = await asyncio.wait_for(receiver.closed, 20)
    assert error is None, error
    assert status == 0, (status, bytes(receiver.err))
    return receiver.out.decode()


def new_client(lab: Lab, home: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Return a user who has just got this account."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    monkeypatch.setenv("XDG_CACHE_HOME", cache)  # where the lab keeps what it has built
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return Client(lab, home)


class Client:
    """One user with a home folder and a configuration file."""

    def __init__(self, lab: Lab, home: Path) -> None:
        self.lab = lab
        self.home = home
        self.shared = SSHShared(warn=lambda text: None)
        self.links: list[SSHLink] = []
        self._config = ""

    @property
    def known_hosts(self) -> Path:
        return self.home / ".ssh/known_hosts"

    def config(self, text: str) -> None:
        """Replace the configuration."""
        self._config = text

    def entry(
        self, host: Host, *lines: str, user: str = "root", key: Path | None = None, known: Path | None = None
    ) -> str:
        """Return a Host block."""
        block = [
            f"Host {host.name}",
            f"HostName {host.address}",
            f"User {user}",
            f"IdentityFile {key or self.lab.key}",
            "IdentitiesOnly yes",
            f"UserKnownHostsFile {known or self.lab.known_hosts}",
            "StrictHostKeyChecking yes",
            *lines,
        ]
        return "\n ".join(block) + "\n"

    def link(self, name: str | Host, **options: Any) -> SSHLink:
        """Return a link that follows the configuration."""
        path = self.home / "config"
        path.write_text(self._config)
        name = name.name if isinstance(name, Host) else name
        link = SSHLink(name, SSHOptions(name, config_file=str(path), **options), self.shared)
        self.links.append(link)
        return link

    def run(self, scenario: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Run a scenario and close its links."""

        async def whole() -> Any:
            try:
                return await asyncio.wait_for(scenario(), 60)
            finally:
                await asyncio.gather(*(link.close() for link in self.links))

        return asyncio.run(whole())

    def says(self, name: str | Host, script: str, **options: Any) -> str:
        """Connect, run a script, close."""

        async def scenario() -> str:
            link = self.link(name, **options)
            await link.connect()
            return await said(link, script)

        return str(self.run(scenario))

    def fails(self, name: str | Host, **options: Any) -> BaseException:
        """Connect; return the error."""

        async def scenario() -> BaseException | None:
            try:
                await self.link(name, **options).connect()
            except Exception as error:  # noqa: BLE001 - what it is, is the point
                return error
            return None

        error = self.run(scenario)
        assert error is not None, "it connected"
        return error
