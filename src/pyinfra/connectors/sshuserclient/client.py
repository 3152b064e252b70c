"""The old SSH client. Connections are made by ``pyinfra.connectors.ssh`` now; this keeps its names."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from pyinfra._core.secrets import HiddenValue
from pyinfra._engine import bridge
from pyinfra._transport.ssh.link import SSHLink
from pyinfra._transport.ssh.login.known_hosts import KnownHosts, KnownKey
from pyinfra._transport.ssh.options import SSHOptions
from pyinfra._transport.ssh.shared import SSHShared
from pyinfra.api.exceptions import PyinfraError
from pyinfra.api.util import memoize
from pyinfra.connectors.ssh_util import load_key_with_certificate

from .config import SSHConfig

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "AcceptNewPolicy",
    "AskPolicy",
    "PyinfraError",
    "SSHClient",
    "SSHConfig",
    "StrictPolicy",
    "WarningPolicy",
    "append_hostkey",
    "get_host_keys",
    "get_missing_host_key_policy",
    "get_ssh_config",
    "load_key_with_certificate",
    "logger",
    "memoize",
]

logger = logging.getLogger("pyinfra")


class MissingHostKeyPolicy:
    """What to do about a host whose key is not known."""

    name = "accept-new"

    def missing_host_key(self, client: SSHClient, hostname: str, key: KnownKey) -> None:
        """Judge a key: add it, or refuse the host."""
        raise PyinfraError(f"the host key of {hostname} is not known")


class AcceptNewPolicy(MissingHostKeyPolicy):
    """Adds the key."""

    def missing_host_key(self, client: SSHClient, hostname: str, key: KnownKey) -> None:
        """Add a key."""
        append_hostkey(client, hostname, key)


class AskPolicy(MissingHostKeyPolicy):
    """Asks; nobody answers here, so the host is refused."""

    name = "ask"


class StrictPolicy(MissingHostKeyPolicy):
    """Refuses the host."""

    name = "yes"


class WarningPolicy(MissingHostKeyPolicy):
    """Warns and goes on."""

    name = "no"

    def missing_host_key(self, client: SSHClient, hostname: str, key: KnownKey) -> None:
        """Warn about a key."""
        logger.warning("the host key of %s is not known", hostname)


def append_hostkey(client: SSHClient, hostname: str, key: KnownKey) -> None:
    """Add a host key to the client's known_hosts file."""
    client.known_hosts.accept(client.known_hosts_file, hostname, key.kind, key.blob, hashed=False)


def get_host_keys(filenames: Iterable[str]) -> KnownHosts:
    """Return known host keys; files are read when a host is looked up."""
    return KnownHosts()


def get_missing_host_key_policy(policy: str | None) -> MissingHostKeyPolicy:
    """Return the policy of a name.

    Raises:
        PyinfraError: when there is none of that name.
    """
    policies = {None: AskPolicy, "ask": AskPolicy, "no": WarningPolicy, "off": WarningPolicy, "yes": StrictPolicy}
    if policy == "accept-new":
        return AcceptNewPolicy()
    if policy not in policies:
        raise PyinfraError(f"there is no host key policy {policy!r}")
    return policies[policy]()


def get_ssh_config(user_config_file: str | None = None) -> SSHConfig:
    """Return a configuration that hosts can be looked up in."""
    return SSHConfig(user_config_file)


class SSHClient:
    """One connection, opened and closed by hand."""

    known_hosts_file: str | None = None

    def __init__(self) -> None:
        self.known_hosts = KnownHosts()
        self.link: SSHLink | None = None

    def connect(
        self,
        hostname: str,
        _pyinfra_ssh_forward_agent: bool | None = None,
        _pyinfra_ssh_config_file: str | None = None,
        _pyinfra_ssh_known_hosts_file: str | None = None,
        _pyinfra_ssh_strict_host_key_checking: str | None = None,
        _pyinfra_ssh_paramiko_connect_kwargs: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """Open the connection.

        Raises:
            ConnectError: when it cannot be opened.
        """
        values = {**kwargs, **(_pyinfra_ssh_paramiko_connect_kwargs or {})}
        password, passphrase = values.get("password"), values.get("passphrase")
        options = SSHOptions(
            hostname,
            port=values.get("port"),
            user=values.get("username"),
            password=HiddenValue(password) if password else None,
            key=values.get("key_filename"),
            key_password=HiddenValue(passphrase) if passphrase else None,
            allow_agent=values.get("allow_agent", True),
            look_for_keys=values.get("look_for_keys", True),
            forward_agent=_pyinfra_ssh_forward_agent,
            config_file=_pyinfra_ssh_config_file,
            known_hosts_file=_pyinfra_ssh_known_hosts_file,
            strict_host_key_checking=_pyinfra_ssh_strict_host_key_checking,
            connect_timeout=values.get("timeout"),
        )
        self.link = SSHLink(hostname, options, SSHShared())
        bridge.wait_call(self.link.connect)

    def gateway(
        self, hostname: str, host_port: int, target: str, target_port: int, timeout: float | None = None
    ) -> None:
        """Jump hosts come from the configuration: there is nothing to open by hand.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError("set ProxyJump in the SSH config instead")

    def parse_config(
        self,
        hostname: str,
        initial_cfg: dict[str, Any] | None = None,
        ssh_config_file: str | None = None,
        strict_host_key_checking: str | None = None,
    ) -> tuple[str, dict[str, Any], bool, str | None, list[str], Any]:
        """Return what the configuration says about a host.

        Raises:
            ConnectError: when it cannot be understood.
        """
        found = get_ssh_config(ssh_config_file).lookup(hostname)
        config = {**(initial_cfg or {}), "port": int(found["port"]), "username": found["user"]}
        return found["hostname"], config, False, strict_host_key_checking, found.get("identityfile", []), None

    @staticmethod
    def derive_shorthand(ssh_config: SSHConfig, host_string: str) -> dict[str, Any]:
        """Split ``user@host:port``; the configuration fills in what is missing.

        Raises:
            ConnectError: when the configuration cannot be understood.
        """
        user, _, host = host_string.rpartition("@")
        host, _, port = host.partition(":")
        found = ssh_config.lookup(host)
        return {"host": found["hostname"], "user": user or found["user"], "port": int(port or found["port"])}

    def close(self) -> None:
        """Close the connection."""
        if self.link is not None:
            bridge.wait_call(self.link.close)
