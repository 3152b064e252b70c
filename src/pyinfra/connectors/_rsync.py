"""The command line of rsync over ssh: a list of arguments, never a shell's line."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from pyinfra._transport.ssh.login.key_paths import find_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyinfra._transport.ssh.config.settings import Settings
    from pyinfra._transport.ssh.options import SSHOptions

_OTHER_USERS = ("_su_user", "_doas", "_dzdo")


def rsync_command(
    settings: Settings,
    options: SSHOptions,
    src: str,
    dest: str,
    flags: Iterable[str],
    arguments: Mapping[str, Any],
) -> list[str]:
    """Return what to run.

    Args:
        settings: the effective configuration of the host.
        options: what was said outside of it.
        src: path here.
        dest: path on the host.
        flags: options of rsync; one that holds blanks is split as a shell would.
        arguments: global arguments; ``_sudo`` and ``_sudo_user`` count.

    Raises:
        NotImplementedError: for other ways to become another user, or a sudo password.
    """
    command = ["rsync", *(word for flag in flags for word in shlex.split(flag))]
    # the remote path must reach rsync there as it is, not through a shell
    command += ["--protect-args", "--rsh", " ".join(_quoted(word) for word in _ssh_command(settings, options))]
    remote = _remote_rsync(arguments)
    if remote is not None:
        command += ["--rsync-path", remote]
    host = f"[{options.hostname}]" if ":" in options.hostname else options.hostname
    return [*command, "--", _local(src), f"{host}:{dest}"]


def _quoted(word: str) -> str:
    """Quote for the words of ``--rsh``, which rsync splits by itself: a quote is written twice."""
    return "'" + word.replace("'", "''") + "'"


def _local(path: str) -> str:
    # a colon before the first slash would make it another host's
    return f"./{path}" if ":" in path.split("/", 1)[0] else path


def _ssh_command(settings: Settings, options: SSHOptions) -> list[str]:
    command = ["ssh", "-o", "BatchMode=yes"]
    if options.config_file is not None:
        command += ["-F", options.config_file]
    if options.user is not None:
        command += ["-l", options.user]
    if options.port is not None:
        command += ["-p", str(options.port)]
    if options.key is not None:
        command += ["-i", find_key(options.key, options.key_folders), "-o", "IdentitiesOnly=yes"]
    if options.known_hosts_file is not None:
        command += ["-o", f'UserKnownHostsFile="{options.known_hosts_file}"']
    command += ["-o", f"StrictHostKeyChecking={settings.host_keys or 'accept-new'}"]
    return command


def _remote_rsync(arguments: Mapping[str, Any]) -> str | None:
    for name in _OTHER_USERS:
        if arguments.get(name):
            raise NotImplementedError(f"rsync cannot be used with {name}")
    if not arguments.get("_sudo"):
        return None
    if arguments.get("_sudo_password"):
        raise NotImplementedError("rsync cannot be used with _sudo_password")
    user = arguments.get("_sudo_user")
    # without -n a missing password would end as a question that nobody sees
    return f"sudo -n -u {shlex.quote(user)} rsync" if user else "sudo -n rsync"
