"""The client's side of a login: which keys and passwords are offered, in which order."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import asyncssh
from asyncssh import SSHKeyPair

from pyinfra._core.errors import AuthenticationError
from pyinfra._core.secrets import HiddenValue, reveal

from ..config.settings import DEFAULT_KEYS, Settings
from ..unreachable import printable
from ..wire import without_padding_messages
from .ahead import LoginAhead
from .key_paths import find_key
from .keys import KeyFile, KeyPair, KeyStore
from .known_hosts import fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from ..options import Prompts, SSHOptions
    from .hostkeys import HostKeyCheck

_METHODS = ("publickey", "keyboard-interactive", "password")


@dataclass(slots=True)
class Credentials:
    """What one host may be offered, found before the connection is opened."""

    user: str
    files: list[KeyFile] = field(default_factory=list)
    agent: str | None = None  # its socket
    only_listed: bool = False  # of the agent's keys only those that are in ``files``
    explicit_key: str | None = None
    key_password: HiddenValue | None = None
    password: HiddenValue | None = None

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods in the order in which they make sense; a password that was given beats keys that were found."""
        if self.password and self.explicit_key is None:
            return ("password", "keyboard-interactive", "publickey")
        return _METHODS

    @property
    def only_keys(self) -> bool:
        """Whether there are keys, and no password that a server with few tries to give might want instead."""
        return self.password is None and bool(self.files or self.agent)


def agent_socket(settings: Settings, options: SSHOptions) -> str | None:
    """Return where the agent listens, if one is to be used."""
    if not options.allow_agent:
        return None
    socket = settings.identity_agent or os.environ.get("SSH_AUTH_SOCK")
    return None if socket in (None, "", "none") else socket


def find_credentials(settings: Settings, options: SSHOptions, keys: KeyStore) -> Credentials:
    """Collect what may be offered to a host.

    Raises:
        ConnectError: when the key that was asked for cannot be used.
    """
    credentials = Credentials(settings.user, key_password=options.key_password, password=options.password)
    if not settings.use_keys:
        return credentials
    credentials.agent = agent_socket(settings, options)
    if options.key is not None:
        path = find_key(options.key, options.key_folders)
        credentials.explicit_key = path
        credentials.files = [keys.file(path)]
        credentials.only_listed = True
        # the agent is only of use when it can stand in for the passphrase of this very key
        if not credentials.files[0].encrypted or options.key_password:
            credentials.agent = None
        return credentials
    credentials.only_listed = settings.identities_only
    configured = [path for path in settings.identity_files if path != "none"]
    if settings.identity_files:
        credentials.files = keys.existing(configured, settings.certificate_files)
    elif options.look_for_keys:
        defaults = [os.path.expanduser(path) for path in DEFAULT_KEYS]  # noqa: PTH111 - text
        credentials.files = keys.existing(defaults, settings.certificate_files)
    return credentials


class Login(asyncssh.SSHClient):
    """Answers what asyncssh asks while it connects.

    Args:
        credentials: what may be offered.
        check: judges the host key.
        keys: unlocks encrypted keys.
        prompts: asks the user; None where nobody may be asked.
        paused: stops the clock of the connection while a user thinks.
        on_lost: told when the connection has ended.
        ahead: offer the first key before the server has said what it allows.
    """

    def __init__(
        self,
        credentials: Credentials,
        check: HostKeyCheck,
        keys: KeyStore,
        prompts: Prompts | None,
        paused: Callable[[], AbstractContextManager[None]],
        on_lost: Callable[[Exception | None], None],
        *,
        ahead: bool = False,
    ) -> None:
        self._credentials = credentials
        self._check = check
        self._keys = keys
        self._prompts = prompts
        self._paused = paused
        self._on_lost = on_lost
        self._wants_ahead = ahead
        self._ahead: LoginAhead | None = None
        self._agent: asyncssh.SSHAgentClient | None = None
        self._offered = False  # what is ready
        self._asked_for = 0  # of the keys that need a passphrase
        self._held: set[bytes] = set()  # the public keys that the agent holds
        self._password_tries: set[str] = set()
        self._conn: asyncssh.SSHClientConnection | None = None
        self.allowed: list[str] = []
        self.tried: list[str] = []
        self.begun = False

    # -- the connection ------------------------------------------------------------------

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        """Remember the connection."""
        self._conn = conn
        without_padding_messages(conn)
        if self._wants_ahead:
            self._ahead = LoginAhead(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass the news on."""
        self._close_agent()
        self._on_lost(exc)

    def auth_completed(self) -> None:
        """The login is complete: the agent is not needed any more."""
        self._close_agent()

    def _close_agent(self) -> None:
        if self._agent is not None:
            self._agent.close()
            self._agent = None

    # -- the host key --------------------------------------------------------------------

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        """Judge a host key."""
        return self._check.accepts(key, loopback=addr.startswith("127.") or addr == "::1")

    def validate_host_ca_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        """Judge the authority that signed a host certificate."""
        return self._check.accepts_authority(key)

    def begin_auth(self, username: str) -> None:
        """The key exchange is complete: the host owns the key that it showed."""
        self._check.proved()
        self.begun = True

    # -- keys ----------------------------------------------------------------------------

    async def public_key_auth_requested(self) -> Sequence[KeyPair | SSHKeyPair] | None:
        """Offer everything that is ready, then, one by one, the keys that need a passphrase."""
        self._note_allowed()
        if not self._offered:
            self._offered = True
            ready = [*await self._agent_keys(), *await self._ready_files()]
            if ready:
                return ready
        return None if self._guessing else await self._unlocked_key()

    async def _unlocked_key(self) -> Sequence[KeyPair] | None:
        """Ask for the passphrase of the next key that needs one."""
        locked = [file for file in self._credentials.files if file.encrypted and not self._in_agent(file)]
        while self._prompts is not None and self._asked_for < len(locked):
            file = locked[self._asked_for]
            self._asked_for += 1
            with self._paused():
                key = await self._keys.unlock(file, None, ask=True)
            if key is not None:
                self.tried.append(f"key {file.path}")
                return file.pairs(key)
        return None

    async def _agent_keys(self) -> list[KeyPair | SSHKeyPair]:
        if self._credentials.agent is None:
            return []
        try:
            self._agent = await asyncssh.connect_agent(self._credentials.agent)
            held = list(await self._agent.get_keys())
        except (OSError, ValueError, asyncssh.Error):
            return []  # as ssh does: no agent, no keys from it
        self._held = {pair.public_data for pair in held}
        listed = [file.public for file in self._credentials.files]
        chosen = [pair for pair in held if _bare(pair) in listed]
        if not self._credentials.only_listed:
            chosen += [pair for pair in held if _bare(pair) not in listed]
        # keys in hardware may wait for a touch: software keys first
        chosen.sort(key=lambda pair: pair.algorithm.startswith(b"sk-"))
        self.tried += [
            f"agent key {fingerprint(pair.public_data)} {printable(_comment(pair))}".strip() for pair in chosen
        ]
        return list(chosen)

    def _in_agent(self, file: KeyFile) -> bool:
        return file.public in self._held

    async def _ready_files(self) -> list[KeyPair]:
        pairs: list[KeyPair] = []
        for file in self._credentials.files:
            if self._in_agent(file):
                continue
            key = await self._keys.unlock(file, self._credentials.key_password, ask=False)
            if key is not None:
                self.tried.append(f"key {file.path}")
                pairs += file.pairs(key)
        return pairs

    # -- passwords -----------------------------------------------------------------------

    def _password(self, method: str) -> str | None:
        self._note_allowed()
        # a host whose changed key was let through must not be given the password
        if self._credentials.password is None or method in self._password_tries or self._check.tampered:
            return None
        self._password_tries.add(method)
        self.tried.append(method)
        return reveal(self._credentials.password)

    def password_auth_requested(self) -> str | None:
        """Offer the password, once."""
        return self._password("password")

    def kbdint_auth_requested(self) -> str | None:
        """Agree to be asked questions when there is an answer to give."""
        self._note_allowed()
        answerable = self._credentials.password is not None and "keyboard-interactive" not in self._password_tries
        return "" if answerable else None

    async def kbdint_challenge_received(
        self,
        name: str,
        instructions: str,
        lang: str,
        prompts: Sequence[tuple[str, bool]],
    ) -> list[str] | None:
        """Answer the first hidden question with the password and the others from the terminal."""
        answers: list[str] = []
        for text, shown in prompts:
            answer = None if shown else self._password("keyboard-interactive")
            if answer is None and self._prompts is not None:
                with self._paused():
                    answer = await self._prompts.secret(printable(text).rstrip(": "))
            if answer is None:
                return None
            answers.append(answer)
        return answers

    # -- what to say when it failed ------------------------------------------------------

    @property
    def _guessing(self) -> bool:
        return self._ahead is not None and self._ahead.guessing

    def _note_allowed(self) -> None:
        if self._conn is not None and not self._guessing:
            self.allowed += [m for m in self._conn.get_server_auth_methods() if m not in self.allowed]

    def refused(self) -> AuthenticationError:
        """Return the error that says what was tried."""
        credentials = self._credentials
        tried = ", ".join(dict.fromkeys(self.tried)) or "nothing: there is no key and no password to offer"
        locked = [file.path for file in credentials.files if file.encrypted and f"key {file.path}" not in self.tried]
        if locked:
            tried += f"; encrypted, without a passphrase: {', '.join(locked)}"
        allowed = ", ".join(self.allowed) or "none of ours"
        key = credentials.explicit_key or next((file.path for file in credentials.files), None)
        return AuthenticationError(
            f"Authentication error (username={credentials.user}, key={key}): "
            f"tried {tried}; the server allows {allowed}",
            hint="is the user name right, and does the host know the key?",
        )


def _bare(pair: SSHKeyPair) -> bytes:
    """Return the public key of an agent's key, also when it is held as a certificate."""
    if not pair.has_cert:
        return bytes(pair.public_data)
    try:
        return bytes(asyncssh.import_certificate(_certificate_line(pair)).key.public_data)
    except asyncssh.KeyImportError:
        return bytes(pair.public_data)


def _certificate_line(pair: SSHKeyPair) -> bytes:
    return bytes(pair.algorithm) + b" " + base64.b64encode(pair.public_data)


def _comment(pair: SSHKeyPair) -> str:
    return bytes(pair.get_comment_bytes() or b"").decode("utf-8", "replace")
