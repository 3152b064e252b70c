"""Hosts over SSH, the usual kind: ``web1``, or ``@ssh/web1``.

``~/.ssh/config``, keys, agent, jump hosts and known_hosts work as they do for ``ssh``; the data keys below override
them for a host.

Example:
    hosts = ["web1", ("db1", {"ssh_user": "deploy", "ssh_port": 2222})]
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from typing import TYPE_CHECKING, Any, Protocol, cast
from weakref import WeakKeyDictionary

import pyinfra
from pyinfra import logger
from pyinfra._core.display import visible
from pyinfra._core.errors import TransferError
from pyinfra._core.output import STDERR, STDOUT
from pyinfra._engine import bridge
from pyinfra._transport.ssh.link import SSHLink
from pyinfra._transport.ssh.login.prompts import TerminalPrompts
from pyinfra._transport.ssh.shared import SSHShared
from pyinfra.api.command import QuoteString, StringCommand
from pyinfra.api.exceptions import ConnectError, InventoryError
from pyinfra.api.output import echo
from pyinfra.api.util import get_file_io, memoize

from ._passwords import password_prompts
from ._rsync import rsync_command
from ._session_face import LinePrinter, SessionFace
from ._ssh_data import options_for
from .base import BaseConnector, DataMeta
from .base import ConnectorData as _ConnectorData
from .scp import SCPClient
from .ssh_util import get_private_key, raise_connect_error
from .sshuserclient import SSHClient
from .util import (
    CommandOutput,
    execute_command_with_sudo_retry,
    make_unix_command_for_host,
    read_output_buffers,
    run_local_process,
    write_stdin,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import IOBase
    from typing import IO, Unpack

    from pyinfra._transport.base import Session
    from pyinfra._transport.ssh.options import SSHOptions
    from pyinfra.api.arguments import ConnectorArguments
    from pyinfra.api.host import Host
    from pyinfra.api.state import State

__all__ = [
    "BaseConnector",
    "CommandOutput",
    "ConnectError",
    "ConnectorData",
    "DataMeta",
    "FileTransferClient",
    "QuoteString",
    "SCPClient",
    "SSHClient",
    "SSHConnector",
    "StringCommand",
    "connector_data_meta",
    "echo",
    "execute_command_with_sudo_retry",
    "get_file_io",
    "get_private_key",
    "logger",
    "make_unix_command_for_host",
    "memoize",
    "raise_connect_error",
    "read_output_buffers",
    "run_local_process",
    "write_stdin",
]


class ConnectorData(_ConnectorData):
    """Host data that an SSH connection reads."""

    ssh_hostname: str
    ssh_port: int
    ssh_user: str
    ssh_password: str
    ssh_key: str
    ssh_key_password: str
    ssh_allow_agent: bool
    ssh_look_for_keys: bool
    ssh_forward_agent: bool
    ssh_config_file: str
    ssh_known_hosts_file: str
    ssh_strict_host_key_checking: str
    ssh_paramiko_connect_kwargs: dict  # type: ignore[type-arg]
    ssh_connect_retries: int
    ssh_connect_retry_min_delay: float
    ssh_connect_retry_max_delay: float
    ssh_file_transfer_protocol: str


connector_data_meta: dict[str, DataMeta] = {
    "ssh_hostname": DataMeta("Name or address to connect to, when it is not the name of the host"),
    "ssh_port": DataMeta("Port"),
    "ssh_user": DataMeta("User to log in as"),
    "ssh_password": DataMeta("Password to log in with"),
    "ssh_key": DataMeta("Private key file to log in with; no other key is tried then"),
    "ssh_key_password": DataMeta("Passphrase of the key"),
    "ssh_allow_agent": DataMeta("Whether keys of the SSH agent may be used", True),
    "ssh_look_for_keys": DataMeta("Whether the usual key files in ~/.ssh may be used", True),
    "ssh_forward_agent": DataMeta("Whether the host may use the SSH agent; left to the SSH config when not set", False),
    "ssh_config_file": DataMeta("SSH config file to read instead of the usual ones"),
    "ssh_known_hosts_file": DataMeta("File with known host keys to use instead of the usual one"),
    "ssh_strict_host_key_checking": DataMeta(
        "What to do about unknown host keys: yes, accept-new, ask or no. The SSH config decides when not set",
        "accept-new",
    ),
    "ssh_paramiko_connect_kwargs": DataMeta("Arguments of paramiko's connect, as far as they have a meaning here"),
    "ssh_connect_retries": DataMeta("How often to try again when the host cannot be reached", 0),
    "ssh_connect_retry_min_delay": DataMeta("Shortest pause between two tries, in seconds", 0.1),
    "ssh_connect_retry_max_delay": DataMeta("Longest pause between two tries, in seconds", 0.5),
    "ssh_file_transfer_protocol": DataMeta("sftp, or scp to send files through the shell", "sftp"),
}


class FileTransferClient(Protocol):
    """Sends and fetches files as the login user."""

    def getfo(self, remote_filename: str, fl: IO[Any]) -> Any | None:
        """Copy a file of the host into an open file."""

    def putfo(self, fl: IO[Any], remote_filename: str) -> Any | None:
        """Copy an open file to the host."""


_shared: WeakKeyDictionary[Any, SSHShared] = WeakKeyDictionary()


def shared_of(state: State) -> SSHShared:
    """Return what the SSH connections of a run have in common."""
    if state not in _shared:
        # only a program that owns the terminal may ask questions on it
        _shared[state] = SSHShared(TerminalPrompts() if pyinfra.is_cli else None)
    return _shared[state]


class SSHConnector(SessionFace):
    """A host over SSH.

    Args:
        state: the run.
        host: the host.

    Example:
        >>> connector = SSHConnector(state, host)
        >>> connector.connect()
        >>> connector.run_shell_command(StringCommand("uptime"))
    """

    handles_execution = True
    data_cls = ConnectorData
    data_meta = connector_data_meta
    data: ConnectorData
    client: SSHClient | None = None

    def __init__(self, state: State, host: Host) -> None:
        super().__init__(state, host)
        self._link: SSHLink | None = None

    @staticmethod
    def make_names_data(name: str | None) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
        """Yield the one host that ``@ssh/name`` stands for.

        Raises:
            InventoryError: when there is no name.
        """
        if not name:
            raise InventoryError("no name given: write @ssh/hostname")
        yield f"@ssh/{name}", {"ssh_hostname": name}, []

    def _options(self) -> SSHOptions:
        return options_for(self.host, self.state, self.data)

    def make_link(self) -> SSHLink:
        """Return a new connection to the host; nothing is opened yet."""
        self._link = SSHLink(self.host.name, self._options(), shared_of(self.state))
        return self._link

    def make_session(self) -> Session:
        """Return a new session; nothing is opened yet."""
        from pyinfra._transport.session import ShellSession

        prompts = password_prompts(self.state)
        return ShellSession(self.make_link(), ask_password=prompts.ask if prompts is not None else None)

    def make_paramiko_kwargs(self) -> dict[str, Any]:
        """Return how the host is connected to, in the words of paramiko's ``connect``; secrets are hidden values."""
        options = self._options()
        values: dict[str, Any] = {
            "hostname": options.hostname,
            "port": options.port,
            "username": options.user,
            "password": options.password,
            "key_filename": options.key,
            "passphrase": options.key_password,
            "timeout": options.connect_timeout or options.default_timeout,
            "allow_agent": options.allow_agent and options.key is None,
            "look_for_keys": options.look_for_keys and options.key is None,
        }
        return {name: value for name, value in values.items() if value is not None}

    # -- files -----------------------------------------------------------------------------

    def get_file_transfer_connection(self) -> FileTransferClient | None:
        """Return something that sends and fetches files as the login user."""
        return _Transfers(self)

    def check_can_rsync(self) -> None:
        """Raise ``NotImplementedError`` where rsync cannot be used: with passwords, or when there is no rsync here."""
        if self.data["ssh_password"] or self.data["ssh_key_password"]:
            raise NotImplementedError(
                "rsync runs ssh by itself, which cannot be given ssh_password or ssh_key_password"
            )
        if shutil.which("rsync") is None:
            raise NotImplementedError("rsync is not installed on this machine")

    def rsync(
        self,
        src: str,
        dest: str,
        flags: Iterable[str],
        print_output: bool = False,
        print_input: bool = False,
        **arguments: Unpack[ConnectorArguments],
    ) -> bool:
        """Copy a directory with rsync, which logs in by itself.

        Args:
            src: directory here.
            dest: directory on the host.
            flags: options of rsync.
            print_output: print what rsync prints.
            print_input: print the command.
            arguments: of these, ``_sudo`` and ``_sudo_user``.

        Raises:
            NotImplementedError: for other ways to become another user.
            TransferError: when rsync fails.
        """
        return bridge.wait_call(self._rsync, src, dest, list(flags), print_output, print_input, dict(arguments))

    async def _rsync(
        self, src: str, dest: str, flags: list[str], print_output: bool, print_input: bool, arguments: dict[str, Any]
    ) -> bool:
        link = self._link or self.make_link()
        command = rsync_command(await link.settings(), self._options(), src, dest, flags, arguments)
        prefix = self.host.print_prefix
        if print_input:
            echo(f"{prefix}>>> {visible(' '.join(command))}", err=True)
        status, complaints = await _run(command, LinePrinter(prefix) if print_output else None)
        if status != 0:
            raise TransferError(f"rsync failed with status {status}: {visible(complaints.strip())}")
        return True


class _Transfers:
    def __init__(self, connector: SSHConnector) -> None:
        self._connector = connector

    def getfo(self, remote_filename: str, fl: IO[Any]) -> None:
        self._connector.get_file(remote_filename, cast("IOBase", fl))

    def putfo(self, fl: IO[Any], remote_filename: str) -> None:
        self._connector.put_file(cast("IOBase", fl), remote_filename)


async def _run(command: list[str], printer: LinePrinter | None) -> tuple[int, str]:
    """Run a program here; return its status and what it wrote to standard error."""
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    complaints = bytearray()

    async def follow(stream: int, pipe: asyncio.StreamReader | None) -> None:
        while pipe is not None and (data := await pipe.read(65536)):
            if stream == STDERR:
                complaints.extend(data)
            if printer is not None:
                printer.feed(stream, data)

    try:
        await asyncio.gather(follow(STDOUT, process.stdout), follow(STDERR, process.stderr))
        status = await process.wait()
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise
    if printer is not None:
        printer.end()
    return status, complaints.decode("utf-8", "replace")
