"""An SSH server in this process, on the loopback interface, with real keys and a real ``sh``."""

from __future__ import annotations

import asyncio
import contextlib
import warnings
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import asyncssh

from pyinfra._core.output import STDOUT
from pyinfra._transport.ssh.link import SSHLink
from pyinfra._transport.ssh.options import SSHOptions
from pyinfra._transport.ssh.shared import SSHShared

from .shells import Shell

if TYPE_CHECKING:
    from pathlib import Path

USER = "tester"


@cache
def key(name: str, kind: str = "ssh-ed25519") -> asyncssh.SSHKey:
    """Return a key; the same for the same name."""
    return asyncssh.generate_private_key(kind)


@dataclass
class Policy(asyncssh.SSHServer):
    """Who may log in."""

    keys: list[asyncssh.SSHKey] = field(default_factory=list)
    passwords: dict[str, str] = field(default_factory=dict)
    interactive: bool = False
    authority: asyncssh.SSHKey | None = None
    offered: list[bytes] = field(default_factory=list)
    forwarding: bool = True
    connections: list[asyncssh.SSHServerConnection] = field(default_factory=list)

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.connections.append(conn)

    def begin_auth(self, username: str) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return bool(self.keys or self.authority)

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        self.offered.append(key.public_data)
        return any(key.public_data == known.public_data for known in self.keys)

    def validate_ca_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return self.authority is not None and key.public_data == self.authority.public_data

    def password_auth_supported(self) -> bool:
        return bool(self.passwords) and not self.interactive

    def validate_password(self, username: str, password: str) -> bool:
        return self.passwords.get(username) == password

    def kbdint_auth_supported(self) -> bool:
        return self.interactive

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:
        return "", "", "", [("Kennwort: ", False)]

    def validate_kbdint_response(self, username: str, responses: Any) -> bool:
        return list(responses) == [self.passwords.get(username)]

    def session_requested(self) -> Any:
        return Shell()

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> bool:
        return self.forwarding


@dataclass
class Server:
    """A running server."""

    policy: Policy
    port: int
    acceptor: Any
    sessions: int = 0

    async def close(self) -> None:
        self.acceptor.close()
        for conn in self.policy.connections:
            conn.abort()
        await self.acceptor.wait_closed()


@dataclass
class Stingy(Policy):
    """Opens few sessions at a time."""

    allowed: int = 2

    def session_requested(self) -> Any:
        conn = self.connections[-1]
        count = conn.get_extra_info("sessions", 0)
        if count >= self.allowed:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, "open failed")
        conn.set_extra_info(sessions=count + 1)
        return Shell(lambda: conn.set_extra_info(sessions=conn.get_extra_info("sessions") - 1))


@contextlib.asynccontextmanager
async def serving(policy: Policy | None = None, **options: Any) -> Any:
    """Run a server."""
    policy = policy or Policy([key("user")])
    options.setdefault("server_host_keys", [key("host")])
    options.setdefault("encoding", None)
    acceptor = await asyncssh.listen("127.0.0.1", 0, server_factory=lambda: policy, **options)
    server = Server(policy, acceptor.get_port(), acceptor)
    try:
        yield server
    finally:
        await server.close()


class Receiver:
    """Keeps what a pipe brings."""

    def __init__(self) -> None:
        self.out, self.err = bytearray(), bytearray()
        self.closed: asyncio.Future[tuple[int | None, Exception | None]] = asyncio.get_running_loop().create_future()

    def data_received(self, stream: int, data: bytes) -> None:
        (self.out if stream == STDOUT else self.err).extend(data)

    def pipe_closed(self, status: int | None, error: Exception | None) -> None:
        self.closed.set_result((status, error))


async def run_script(link: SSHLink, script: bytes) -> tuple[int | None, bytes, bytes]:
    """Run a script on a pipe of its own."""
    receiver = Receiver()
    pipe = await link.open_pipe(receiver)
    pipe.write(script)
    pipe.write_eof()
    status, error = await receiver.closed
    if error is not None:
        raise error
    return status, bytes(receiver.out), bytes(receiver.err)


class Places:
    """Files of a test: a home folder with keys and configuration."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir()

    @property
    def known_hosts(self) -> Path:
        return self.home / ".ssh/known_hosts"

    def know(self, text: str) -> None:
        self.known_hosts.parent.mkdir(exist_ok=True, mode=0o700)
        self.known_hosts.write_text(text)

    def config(self, text: str) -> str:
        path = self.folder / "ssh_config"
        path.write_text(text)
        return str(path)

    def key_file(self, name: str = "user", passphrase: str | None = None) -> str:
        path = self.folder / f"id_{name}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # few rounds are not secure, but quick
            path.write_bytes(key(name).export_private_key(passphrase=passphrase, rounds=2))
        path.chmod(0o600)
        return str(path)


def link_to(server: Server, shared: SSHShared | None = None, **options: Any) -> SSHLink:
    """Return a link to a server."""
    options.setdefault("hostname", "127.0.0.1")
    options.setdefault("port", server.port)
    options.setdefault("user", USER)
    return SSHLink("web1", SSHOptions(**options), shared or SSHShared(warn=lambda text: None))


def public(name: str) -> str:
    """Return the public half of a key as it stands in known_hosts."""
    return " ".join(key(name).export_public_key().decode().split()[:2])
