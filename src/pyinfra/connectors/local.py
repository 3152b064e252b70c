"""The machine that runs this, as a host: ``@local``.

Example:
    hosts = ["@local"]
"""

from __future__ import annotations

import logging
import shlex
import shutil
from typing import TYPE_CHECKING, Any

from pyinfra._core.errors import TransferError
from pyinfra.api.command import QuoteString, StringCommand
from pyinfra.api.exceptions import InventoryError
from pyinfra.api.output import echo
from pyinfra.api.util import get_file_io

from ._passwords import password_prompts
from ._session_face import SessionFace
from .base import BaseConnector
from .util import (
    CommandOutput,
    execute_command_with_sudo_retry,
    make_unix_command_for_host,
    run_local_process,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Unpack

    from pyinfra._transport.base import Session
    from pyinfra.api.arguments import ConnectorArguments

__all__ = [
    "BaseConnector",
    "CommandOutput",
    "InventoryError",
    "LocalConnector",
    "QuoteString",
    "StringCommand",
    "echo",
    "execute_command_with_sudo_retry",
    "get_file_io",
    "logger",
    "make_unix_command_for_host",
    "run_local_process",
]

logger = logging.getLogger("pyinfra")


class LocalConnector(SessionFace):
    """This machine as a host.

    Args:
        state: the run.
        host: the host.

    Example:
        >>> connector = LocalConnector(state, host)
        >>> connector.connect()
        >>> connector.run_shell_command(StringCommand("uptime"))
    """

    handles_execution = True

    @staticmethod
    def make_names_data(name: str | None = None) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
        """Yield the one host that ``@local`` stands for.

        Raises:
            InventoryError: when a name is given.
        """
        if name is not None:
            raise InventoryError(f"@local takes no name, there is only this machine: @local/{name}")
        yield "@local", {}, ["@local"]

    def make_session(self) -> Session:
        """Return a new session; nothing is opened yet."""
        from pyinfra._transport.local import LocalLink
        from pyinfra._transport.session import ShellSession

        prompts = password_prompts(self.state)
        return ShellSession(LocalLink(self.host.name), ask_password=prompts.ask if prompts is not None else None)

    def check_can_rsync(self) -> None:
        """Raise ``NotImplementedError`` when rsync is not installed."""
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
        """Copy a directory with rsync.

        Args:
            src: directory.
            dest: directory.
            flags: options of rsync; one that holds blanks is split as a shell would.
            print_output: print what rsync prints.
            print_input: print the command.
            arguments: how to run it.

        Raises:
            TransferError: when rsync fails.
        """
        words = [QuoteString(word) for flag in flags for word in shlex.split(flag)]
        paths = [QuoteString(path if path.startswith("/") else f"./{path}") for path in (src, dest)]
        command = StringCommand("rsync", *words, "--", *paths)
        ok, output = self.run_shell_command(command, print_output, print_input, **arguments)
        if not ok:
            raise TransferError(f"rsync failed: {output.stderr}")
        return True
