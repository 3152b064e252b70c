"""Opening one SSH connection: reach the host, exchange keys, log in, all within one time limit."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any

import asyncssh

from pyinfra._core.errors import ConnectError, HostKeyError

from . import algorithms, failures
from .channels import Slots
from .login.client import Login, agent_socket, find_credentials
from .login.hostkeys import HostKeyCheck
from .route import Clock, Route
from .unreachable import UnreachableError, printable, timed_out
from .wire import Dialled

if TYPE_CHECKING:
    from .config.settings import Settings
    from .login.client import Credentials
    from .options import SSHOptions
    from .route import Dialling, TakeJump
    from .shared import SSHShared

# Without ServerAliveInterval in the configuration: a silent connection is given up after 45 seconds.
ALIVE_INTERVAL = 15.0
ALIVE_COUNT = 3

# What asyncssh logs is for debugging; failures reach the user as errors.
logging.getLogger("asyncssh").setLevel(logging.CRITICAL + 1)


class Connection:
    """An SSH connection that is logged in."""

    def __init__(
        self, ssh: asyncssh.SSHClientConnection, route: Route, silence: float, environment: dict[str, str]
    ) -> None:
        self.ssh = ssh
        self.slots = Slots()
        self.cause: Exception | None = None
        self.silence = silence
        self.environment = environment
        self._route = route
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def closed(self) -> bool:
        """Whether it has ended."""
        return bool(self.ssh.is_closed()) or self.cause is not None

    def give_back_after(self, client: asyncssh.SFTPClient) -> None:
        """Free a slot when an SFTP client has ended."""

        async def watch() -> None:
            await client.wait_closed()
            self.slots.give_back()

        task = asyncio.ensure_future(watch())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self, patience: float) -> None:
        """Say goodbye; give up waiting for an answer after ``patience`` seconds."""
        self.ssh.close()
        with contextlib.suppress(TimeoutError, OSError, asyncssh.Error):
            await asyncio.wait_for(self.ssh.wait_closed(), patience)
        self.ssh.abort()
        for task in self._tasks:
            task.cancel()
        await self._route.release()


async def dial(
    settings: Settings, options: SSHOptions, shared: SSHShared, take_jump: TakeJump, dialling: Dialling | None = None
) -> Connection:
    """Open a connection and log in.

    Args:
        settings: the effective configuration of the host.
        options: what was said outside of it.
        shared: of the run.
        take_jump: returns a connected link to the last of ``settings.jumps``, and what gives it back.
        dialling: a connection that has been begun.

    Raises:
        ConnectError: or a subclass.
    """
    credentials = find_credentials(settings, options, shared.keys)
    if credentials.explicit_key is not None:
        await _unlock_explicit(credentials, shared, ask=not settings.batch_mode)
    check = HostKeyCheck(shared.known_hosts, settings, shared.warn)
    while True:
        attempt = _Attempt(settings, options, shared, credentials, check)
        try:
            connection = await attempt.run(take_jump, dialling)
        except HostKeyError:
            if not await _try_again(check, shared):
                raise
            continue
        if not (check.tampered and attempt.forwards_agent):
            return connection
        await connection.close(0)  # a host whose changed key was let through gets no agent: connect without


async def _unlock_explicit(credentials: Credentials, shared: SSHShared, *, ask: bool) -> None:
    """Decrypt the key that was asked for before the host is bothered."""
    file = credentials.files[0]
    key = await shared.keys.unlock(file, credentials.key_password, ask=ask and credentials.agent is None)
    if key is None and credentials.agent is None:
        raise ConnectError(
            f"SSH error (the private key {file.path} is encrypted)",
            hint="set ssh_key_password, or load it into ssh-agent",
        )


async def _try_again(check: HostKeyCheck, shared: SSHShared) -> bool:
    """Return whether a host key that was refused may be looked at once more."""
    question = check.question
    if question is not None:
        async with shared.asking:  # one question at a time, however many hosts there are
            agreed = await shared.prompts.confirm(question.text)
        if agreed:
            check.approve(question.blob)
        return bool(agreed)
    if check.offers_certificates and check.failure is None:
        check.certificates = False  # as ssh: a certificate that nobody vouches for is still a key
        return True
    return False


class _Attempt:
    """One try."""

    def __init__(
        self,
        settings: Settings,
        options: SSHOptions,
        shared: SSHShared,
        credentials: Credentials,
        check: HostKeyCheck,
    ) -> None:
        self._settings = settings
        self._options = options
        self._shared = shared
        self._credentials = credentials
        self._check = check
        self._clock = Clock(settings.connect_timeout or options.default_timeout)
        self._phase = "connecting"
        self._forwards = self._forwarded_agent()
        self._connection: Connection | None = None
        prompts = None if settings.batch_mode else shared.prompts
        ahead = settings.use_keys and credentials.only_keys and self._methods()[0] == "publickey"
        self._login = Login(credentials, check, shared.keys, prompts, self._clock.paused, self._lost, ahead=ahead)

    def _lost(self, error: Exception | None) -> None:
        if self._connection is not None:
            self._connection.cause = error or asyncssh.ConnectionLost("Connection lost")

    async def run(self, take_jump: TakeJump, dialling: Dialling | None) -> Connection:
        route = Route()
        settings = self._settings
        try:
            async with self._clock.timeout:
                await route.find(settings, self._clock, take_jump, dialling)
                self._phase = "exchanging keys"
                with self._clock.paused():
                    await self._shared.logins.acquire()
                try:
                    ssh = await self._handshake(route)
                finally:
                    self._shared.logins.release()
        except TimeoutError as error:
            await route.release()
            raise timed_out(settings.hostname, settings.port, self._where(), self._clock.seconds) from error
        except BaseException as error:
            complaint = await route.proxy.explain() if route.proxy is not None else ""
            await route.release()
            if complaint and isinstance(error, ConnectError):
                error.args = (f"{error.args[0]}: {complaint}",)
            raise
        route.hand_over()
        self._connection = Connection(ssh, route, self._silence(), dict(settings.environment))
        return self._connection

    def _where(self) -> str:
        return "logging in" if self._login.begun else self._phase

    async def _handshake(self, route: Route) -> asyncssh.SSHClientConnection:
        self._check.refresh()
        try:
            return await asyncssh.connect(**self._arguments(route))
        except asyncssh.PermissionDenied as error:
            raise self._login.refused() from error
        except asyncssh.HostKeyNotVerifiable as error:
            raise self._check.explain(error.reason) from error
        except asyncssh.ChannelOpenError as error:
            target = f"{self._settings.hostname} port {self._settings.port}"
            reason = printable(error.reason)
            raise UnreachableError(f"Could not connect ({target} through the jump host: {reason})") from error
        except (asyncssh.Error, OSError, ValueError) as error:
            if isinstance(error, TimeoutError):
                raise
            raise failures.handshake_failed(error, self._where()) from error

    def _arguments(self, route: Route) -> dict[str, Any]:
        settings, check = self._settings, self._check
        written, without = settings.algorithms, self._options.disabled_algorithms
        interval, count = self._alive()
        return {
            "host": settings.hostname,
            "port": settings.port,
            "tunnel": route.tunnel if route.socket is None else Dialled(route.socket),
            "config": None,
            "client_factory": lambda: self._login,
            "username": settings.user,
            "client_keys": None,
            "agent_path": None,
            "agent_forwarding": self._forwards,
            "preferred_auth": self._methods(),
            "gss_kex": False,
            "gss_auth": False,
            "host_based_auth": False,
            "public_key_auth": settings.use_keys,
            "password_auth": settings.use_password,
            "kbdint_auth": settings.use_keyboard,
            "x509_trusted_certs": None,
            "known_hosts": ([], [], check.revoked_keys()),
            "host_key_alias": settings.host_key_alias,
            "server_host_key_algs": algorithms.host_key_algorithms(
                written.get("host_keys"),
                check.known_kinds,
                certificates=check.offers_certificates,
                without=without.get("keys", ()),
            ),
            "kex_algs": algorithms.kex_algorithms(written.get("kex"), without.get("kex", ())),
            "encryption_algs": algorithms.ciphers(written.get("ciphers"), without.get("ciphers", ())),
            "mac_algs": algorithms.macs(written.get("macs"), without.get("macs", ())),
            "compression_algs": None,
            "connect_timeout": None,
            "login_timeout": 0,
            "keepalive_interval": interval,
            "keepalive_count_max": count,
            "tcp_keepalive": settings.tcp_keepalive,
            "utf8_decode_errors": "replace",
        }

    def _methods(self) -> tuple[str, ...]:
        written = self._settings.preferred_authentications
        ours = self._credentials.methods
        return tuple(method for method in written if method in ours) or ours

    @property
    def forwards_agent(self) -> bool:
        """Whether the agent can be used from the host."""
        return bool(self._forwards)

    def _forwarded_agent(self) -> str | bool:
        wanted = self._settings.forward_agent
        if not wanted or wanted == "none" or self._check.tampered:
            return False
        return wanted if isinstance(wanted, str) else agent_socket(self._settings, self._options) or False

    def _alive(self) -> tuple[float, int]:
        settings = self._settings
        interval = ALIVE_INTERVAL if settings.alive_interval is None else settings.alive_interval
        count = ALIVE_COUNT if settings.alive_count is None else settings.alive_count
        if count <= 0:
            return 0, 1
        # asyncssh waits for one interval more than the number says
        return interval, max(1, count - 1)

    def _silence(self) -> float:
        interval, count = self._alive()
        return interval * (count + 1)
