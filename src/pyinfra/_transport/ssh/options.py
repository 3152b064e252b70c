"""What was said about a connection outside of the OpenSSH configuration. It wins over the configuration."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from pyinfra._core.records import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyinfra._core.secrets import HiddenValue

DEFAULT_TIMEOUT = 10.0


class SSHOptions(Record):
    """How to reach and log in to one host; ``None`` leaves it to the configuration.

    Args:
        hostname: the name to look up in the configuration, or an address.
        key: a private key file; when given, no other key is used.
        key_folders: where a relative ``key`` is looked for, in this order.
        connect_timeout: seconds for the connection and the login together; the configuration is asked when None.
        default_timeout: the same, when the configuration says nothing either.
        sftp: use SFTP for files where the host has it; else everything goes through the shell.
        disabled_algorithms: names to leave out, by ``kex``, ``ciphers``, ``macs``, ``keys`` and ``pubkeys``.
    """

    hostname: str
    port: int | None = None
    user: str | None = None
    password: HiddenValue | None = None
    key: str | None = None
    key_password: HiddenValue | None = None
    key_folders: tuple[Path, ...] = ()
    allow_agent: bool = True
    look_for_keys: bool = True
    forward_agent: bool | None = None
    config_file: str | None = None
    known_hosts_file: str | None = None
    strict_host_key_checking: str | None = None
    connect_timeout: float | None = None
    default_timeout: float = DEFAULT_TIMEOUT
    connect_retries: int = 0
    retry_min_delay: float = 0.1
    retry_max_delay: float = 0.5
    sftp: bool = True
    disabled_algorithms: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class Prompts(Protocol):
    """Asks the person at the terminal. Only one question is ever asked at a time."""

    async def secret(self, question: str) -> str | None:
        """Ask for a password; None when there is nobody to ask."""

    async def confirm(self, question: str) -> bool | None:
        """Ask a yes/no question; None when there is nobody to ask."""


class NoPrompts:
    """Nobody to ask: an API program, a pipeline."""

    async def secret(self, question: str) -> str | None:
        """Return None."""
        return None

    async def confirm(self, question: str) -> bool | None:
        """Return None."""
        return None
