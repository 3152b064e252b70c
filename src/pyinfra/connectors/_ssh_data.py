"""From the ``ssh_*`` keys of host data to the options of a connection."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyinfra._core.secrets import HiddenValue
from pyinfra._transport.ssh.options import SSHOptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyinfra.api.host import Host
    from pyinfra.api.state import State

logger = logging.getLogger("pyinfra")

# What paramiko's connect() calls the things that we know by other names.
_OPTIONS_OF_PARAMIKO = {
    "hostname": "hostname",
    "port": "port",
    "username": "user",
    "password": "password",
    "key_filename": "key",
    "passphrase": "key_password",
    "timeout": "connect_timeout",
    "allow_agent": "allow_agent",
    "look_for_keys": "look_for_keys",
    "disabled_algorithms": "disabled_algorithms",
}
# Time limits of single steps: ours is for all of them together. Compression never pays here.
_COVERED = frozenset({"banner_timeout", "auth_timeout", "channel_timeout", "compress"})
_SECRETS = ("password", "key_password")
_told: set[str] = set()


def options_for(host: Host, state: State, data: Mapping[str, Any]) -> SSHOptions:
    """Return the options of a connection.

    Args:
        host: whose data it is; what is missing there is left to the configuration of ssh.
        state: of the run.
        data: the checked values, defaults included.
    """

    def given(key: str) -> Any:
        return data[key] if host.data.get(key) is not None else None

    values: dict[str, Any] = {
        "hostname": data["ssh_hostname"] or host.name,
        "port": data["ssh_port"],
        "user": data["ssh_user"],
        "password": data["ssh_password"],
        "key": data["ssh_key"],
        "key_password": data["ssh_key_password"],
        "allow_agent": data["ssh_allow_agent"],
        "look_for_keys": data["ssh_look_for_keys"],
        "forward_agent": given("ssh_forward_agent"),
        "config_file": _path(data["ssh_config_file"], state),
        "known_hosts_file": _path(data["ssh_known_hosts_file"], state),
        "strict_host_key_checking": given("ssh_strict_host_key_checking"),
        "default_timeout": float(state.config.CONNECT_TIMEOUT),
        "connect_retries": data["ssh_connect_retries"] or 0,
        "retry_min_delay": data["ssh_connect_retry_min_delay"],
        "retry_max_delay": data["ssh_connect_retry_max_delay"],
        "sftp": data["ssh_file_transfer_protocol"] != "scp",
        "key_folders": (Path(state.cwd),) if state.cwd else (),
    }
    values.update(_from_paramiko(data["ssh_paramiko_connect_kwargs"] or {}))
    for key in _SECRETS:
        values[key] = _hidden(values[key])
    return SSHOptions(**values)


def _hidden(value: Any) -> HiddenValue | None:
    return value if value is None or isinstance(value, HiddenValue) else HiddenValue(str(value))


def _path(text: str | None, state: State) -> str | None:
    if text is None:
        return None
    path = Path(text).expanduser()
    if not path.is_absolute() and not path.exists() and state.cwd:
        path = Path(state.cwd) / path
    return str(path)


def _from_paramiko(arguments: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in arguments.items():
        if name in _OPTIONS_OF_PARAMIKO:
            values[_OPTIONS_OF_PARAMIKO[name]] = value
        elif name not in _COVERED and name not in _told:
            _told.add(name)
            logger.warning("ssh_paramiko_connect_kwargs: %s has no meaning here and is ignored", name)
    if isinstance(values.get("key"), list | tuple):
        values["key"] = next(iter(values["key"]), None)
    if values.get("disabled_algorithms") is not None:
        values["disabled_algorithms"] = {kind: tuple(names) for kind, names in values["disabled_algorithms"].items()}
    else:
        values.pop("disabled_algorithms", None)
    return values
