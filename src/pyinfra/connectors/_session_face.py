"""The blocking methods of connectors that have a session, for code that builds a connector by hand."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from pyinfra._core.commands import FileDownloadCommand, FileUploadCommand
from pyinfra._core.display import visible
from pyinfra._core.errors import ConnectionLostError, TransferError
from pyinfra._core.output import STDOUT, CommandOutput, OutputLine, decode
from pyinfra._engine import bridge
from pyinfra._engine.controller.processes import print_line
from pyinfra._engine.controller.styling import echo
from pyinfra._engine.execute.transfers import download_request, upload_request
from pyinfra._engine.prepare.options import options_from
from pyinfra._transport.base import Command, FailureKind, Request, Result, Session

from .base import BaseConnector

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import IOBase
    from typing import Unpack

    from pyinfra.api.arguments import ConnectorArguments
    from pyinfra.api.command import StringCommand


class SessionFace(BaseConnector):
    """Implements what third-party code calls on a connector in terms of ``make_session()``."""

    _own_session: Session | None = None

    def make_session(self) -> Session:
        """Return a new session; nothing is opened yet."""
        raise NotImplementedError

    @property
    def session(self) -> Session:
        """The session of this connector, which the engine uses too; nothing is opened by asking for it."""
        if self._own_session is None:
            self._own_session = self.make_session()
        return self._own_session

    def connect(self) -> None:
        """Open the connection.

        Raises:
            ConnectError: when it cannot be opened.
        """
        bridge.wait_call(self.session.open)

    def disconnect(self) -> None:
        """Close the connection."""
        session, self._own_session = self._own_session, None
        if session is not None:
            bridge.wait_call(session.close)

    def _submit(self, request: Request) -> Result:
        return bridge.wait_call(self.session.submit, [request])[0]

    def run_shell_command(
        self,
        command: StringCommand,
        print_output: bool = False,
        print_input: bool = False,
        **arguments: Unpack[ConnectorArguments],
    ) -> tuple[bool, CommandOutput]:
        """Run a command; return success and output.

        Args:
            command: the command, before ``sudo`` and the like are added.
            print_output: print what it prints.
            print_input: print the command.
            arguments: how to run it.
        """
        prefix = self.host.print_prefix
        if print_input:
            echo(f"{prefix}>>> {visible(str(command))}", err=True)
        printer = LinePrinter(prefix) if print_output else None
        request = Command(
            command.get_raw_value(),
            options_from(arguments),
            masked=str(command),
            on_output=None if printer is None else printer.feed,
        )
        result = self._submit(request)
        output = CommandOutput.of(result.output)
        if printer is not None:
            printer.end()
        if result.failure is not None:
            output = CommandOutput([*output.combined_lines, OutputLine("stderr", result.failure.message)])
        return result.ok, output

    def put_file(
        self,
        filename_or_io: str | IOBase,
        remote_filename: str,
        remote_temp_filename: str | None = None,
        print_output: bool = False,
        print_input: bool = False,
        **arguments: Unpack[ConnectorArguments],
    ) -> bool:
        """Upload a file.

        Args:
            filename_or_io: path here, or an open file.
            remote_filename: path on the host.
            remote_temp_filename: not needed: the file is written beside its destination.
            print_output: print that it was done.
            print_input: the same.
            arguments: how to run commands.

        Raises:
            TransferError: when it cannot be written.
        """
        command = FileUploadCommand(filename_or_io, str(remote_filename))
        with ExitStack() as opened:
            result = self._submit(upload_request(command, options_from(arguments), opened))
        _check(result, f"cannot upload {remote_filename}")
        if print_output or print_input:
            echo(f"{self.host.print_prefix}file uploaded: {visible(str(remote_filename))}", err=True)
        return True

    def get_file(
        self,
        remote_filename: str,
        filename_or_io: str | IOBase,
        remote_temp_filename: str | None = None,
        print_output: bool = False,
        print_input: bool = False,
        **arguments: Unpack[ConnectorArguments],
    ) -> bool:
        """Download a file.

        Args:
            remote_filename: path on the host.
            filename_or_io: path here, or an open file.
            remote_temp_filename: not needed: nothing is copied on the host.
            print_output: print that it was done.
            print_input: the same.
            arguments: how to run commands.

        Raises:
            TransferError: when it cannot be read.
        """
        command = FileDownloadCommand(str(remote_filename), filename_or_io)
        with ExitStack() as opened:
            request, finish = download_request(command, options_from(arguments), opened)
            result = self._submit(request)
            _check(result, f"cannot download {remote_filename}")
            finish(result)
        if print_output or print_input:
            echo(f"{self.host.print_prefix}file downloaded: {visible(str(remote_filename))}", err=True)
        return True


def _check(result: Result, what: str) -> None:
    if result.ok:
        return
    failure = result.failure
    if failure is not None and failure.kind in (FailureKind.LOST, FailureKind.NOT_STARTED):
        raise ConnectionLostError(f"{what}: {failure.message}", hint=failure.hint)
    reason = failure.message if failure is not None else CommandOutput.of(result.output).stderr
    raise TransferError(f"{what}: {reason}", hint=None if failure is None else failure.hint)


class LinePrinter:
    """Prints whole lines of output that arrives in pieces.

    Args:
        prefix: before each line.
    """

    def __init__(self, prefix: str, print_line: Callable[[str, OutputLine], Any] = print_line) -> None:
        self._prefix = prefix
        self._print = print_line
        self._rest: dict[int, bytes] = {}

    def feed(self, stream: int, data: bytes) -> None:
        """More output came."""
        *lines, self._rest[stream] = (self._rest.get(stream, b"") + data).split(b"\n")
        for line in lines:
            self._print(self._prefix, OutputLine("stdout" if stream == STDOUT else "stderr", decode(line)))

    def end(self) -> None:
        """Nothing more will come."""
        for stream, rest in list(self._rest.items()):
            if rest:
                self.feed(stream, b"\n")
