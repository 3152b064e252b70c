"""A session over a connector with blocking methods: the way of connectors that other packages bring.

Its methods run in threads, one at a time for each host, as they were made for.
"""

from __future__ import annotations

import asyncio
import logging
import shlex
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from pyinfra._core.commands import StringCommand
from pyinfra._core.errors import ConnectError, PyinfraError
from pyinfra._core.output import STDERR, STDOUT, CapturedOutput, decode, encode
from pyinfra._core.secrets import HiddenValue

from .base import (
    Command,
    Download,
    ExecOptions,
    Failure,
    FailureKind,
    Identity,
    Method,
    PrivilegeStep,
    Request,
    Result,
    Upload,
)
from .replacing import UNCHANGED

logger = logging.getLogger("pyinfra")


class Connector(Protocol):
    """What is needed of a connector."""

    def connect(self) -> None:
        """Open the connection."""

    def disconnect(self) -> None:
        """Close the connection."""

    def run_shell_command(self, command: Any, print_output: bool, print_input: bool, **arguments: Any) -> Any:
        """Run a command; return success and output."""

    def put_file(self, filename_or_io: Any, remote_filename: str, **arguments: Any) -> bool:
        """Upload a file."""

    def get_file(self, remote_filename: str, filename_or_io: Any, **arguments: Any) -> bool:
        """Download a file."""


RunInThread = Callable[..., Awaitable[Any]]


class BlockingSession:
    """Runs requests through a blocking connector.

    Args:
        connector: the connector.
        run_in_thread: runs a function in a thread; returns an awaitable of what it returns.
    """

    def __init__(self, connector: Any, run_in_thread: RunInThread) -> None:
        self.identity: Identity | None = None
        self.round_trips = 0
        self._connector: Connector = connector
        self._run_in_thread = run_in_thread
        self._turn = asyncio.Lock()
        self._stop: asyncio.Future[None] | None = None  # done when everything is to stop

    async def open(self) -> None:
        """Connect.

        Raises:
            ConnectError: or a subclass.
        """
        self.round_trips = 0
        try:
            await self._run_in_thread(self._connector.connect)
        except PyinfraError:
            raise
        except Exception as error:
            raise ConnectError(f"{type(error).__name__}: {error}") from error

    async def submit(self, batch: Sequence[Request]) -> list[Result]:
        """Run requests one after the other, stopping after the first that is not ok."""
        results: list[Result] = []
        async with self._turn:
            for request in batch:
                results.append(await self._run(request))
                if not results[-1].ok:
                    break
        return results

    async def _run(self, request: Request) -> Result:
        """Run one request; an interruption answers it while the thread is still at it."""
        began = time.monotonic()
        self.round_trips += 1
        if self._stop is None or self._stop.done():
            self._stop = asyncio.get_running_loop().create_future()
        thread = asyncio.ensure_future(self._run_in_thread(self._perform, request))
        await asyncio.wait([thread, self._stop], return_when=asyncio.FIRST_COMPLETED)
        if not thread.done():
            thread.cancel()
            return _failed(FailureKind.INTERRUPTED, "interrupted", "what was begun on the host may still go on")
        result: Result = thread.result()
        result.seconds = time.monotonic() - began
        return result

    def _perform(self, request: Request) -> Result:
        """Do it, in a thread."""
        try:
            if isinstance(request, Command):
                return self._command(request)
            return self._upload(request) if isinstance(request, Upload) else self._download(request)
        except ConnectError as error:
            return _failed(FailureKind.LOST, str(error), error.details.hint)
        except TimeoutError as error:
            return _failed(FailureKind.TIMEOUT, str(error) or "timed out")
        except Exception as error:  # noqa: BLE001 - a connector of others may raise anything
            kind = FailureKind.LOST if isinstance(request, Command) else FailureKind.TRANSFER
            return _failed(kind, f"{type(error).__name__}: {error}")

    def _command(self, request: Command) -> Result:
        text: Any = request.text
        if request.masked is not None and request.masked != request.text:
            text = HiddenValue(request.text, request.masked)
        ok, captured = self._shell(StringCommand(text), request.options)
        if request.on_output is not None:
            for stream, data in captured.chunks():
                request.on_output(stream, data)
        codes = request.options.success_exit_codes  # which one it was is not told
        return Result((codes[0] if codes else 0) if ok else 1, ok, captured)

    def _shell(self, command: StringCommand, options: ExecOptions) -> tuple[bool, CapturedOutput]:
        ok, output = self._connector.run_shell_command(
            command, print_output=False, print_input=False, **arguments_from(options)
        )
        captured = CapturedOutput()
        for line in output:
            captured.append(STDERR if line.buffer_name == "stderr" else STDOUT, encode(line.line) + b"\n")
        return bool(ok), captured

    def _upload(self, request: Upload) -> Result:
        arguments = arguments_from(request.options)
        path = request.path
        before, after = _around_upload(request)
        if before:
            ok, captured = self._shell(StringCommand(before), request.options)
            if not ok:
                return _transfer_failed(f"cannot replace {path}", captured)
        done = self._connector.put_file(request.source, path, print_output=False, print_input=False, **arguments)
        if not done:
            return _transfer_failed(f"cannot write {path}", CapturedOutput())
        if after:
            ok, captured = self._shell(StringCommand(after), request.options)
            if not ok:
                return _transfer_failed(f"cannot set owner and mode of {path}", captured)
        return Result(0, True)

    def _download(self, request: Download) -> Result:
        arguments = arguments_from(request.options)
        done = self._connector.get_file(request.path, request.sink, print_output=False, print_input=False, **arguments)
        return Result(0, True) if done else _transfer_failed(f"cannot read {request.path}", CapturedOutput())

    async def refresh(self) -> None:
        """Every command becomes another user anew: there is nothing to be done."""

    async def interrupt(self) -> None:
        """Stop waiting. A thread cannot be ended, nor what it does on the host."""
        if self._stop is not None and not self._stop.done():
            self._stop.set_result(None)

    async def close(self) -> None:
        """Disconnect. Never raises."""
        try:
            await self._run_in_thread(self._connector.disconnect)
        except Exception as error:  # noqa: BLE001 - a connector of others may raise anything
            logger.debug("disconnecting failed: %s", error)


def _failed(kind: FailureKind, message: str, hint: str | None = None) -> Result:
    return Result(None, False, failure=Failure(kind, message, hint))


def _transfer_failed(what: str, captured: CapturedOutput) -> Result:
    said = decode(captured.bytes_of(STDERR)).strip()
    message = f"{what}: {said.splitlines()[-1]}" if said else what
    return Result(1, False, captured, Failure(FailureKind.TRANSFER, message))


def _around_upload(request: Upload) -> tuple[str, str]:
    """Return the shell text to run before an upload, and the one for after it; empty when there is nothing to do."""
    path = shlex.quote(request.path if request.path.startswith("/") else f"./{request.path}")
    before = ""
    if request.replaces:
        before = f"h={shlex.quote(request.replaces)}{UNCHANGED}unchanged {path}\n"
    if request.backup_suffix:
        backup = shlex.quote(request.path + request.backup_suffix)
        before += f"if [ -f {path} ]; then cp -p {path} {backup}; fi"
    steps = []
    if request.user or request.group:
        owner = (request.user or "") + (f":{request.group}" if request.group else "")
        steps.append(f"chown {shlex.quote(owner)} {path}")
    if request.mode:
        steps.append(f"chmod {shlex.quote(request.mode)} {path}")
    return before, " && ".join(steps)


# -- options as the arguments of blocking connectors ----------------------------------------


def arguments_from(options: ExecOptions) -> dict[str, Any]:
    """Return the connector arguments (``_sudo`` and the like) that mean the same as these options."""
    arguments: dict[str, Any] = {"_shell_executable": options.shell}
    for step in options.privilege:
        arguments.update(_step_arguments(step))
    if options.chdir:
        arguments["_chdir"] = options.chdir
    if options.env:
        arguments["_env"] = dict(options.env)
    if options.success_exit_codes != (0,):
        arguments["_success_exit_codes"] = list(options.success_exit_codes)
    if options.timeout is not None:
        arguments["_timeout"] = options.timeout
    if options.pty:
        arguments["_get_pty"] = True
    if options.stdin is not None:
        arguments["_stdin"] = decode(options.stdin).splitlines()
    if options.temp_dir:
        arguments["_temp_dir"] = options.temp_dir
    return arguments


def _step_arguments(step: PrivilegeStep) -> dict[str, Any]:
    """Connectors of others put passwords into texts, so these leave as plain text here."""
    password = step.password.unmask() if step.password is not None else None
    match step.method:
        case Method.DOAS:
            return {"_doas": True, "_doas_user": step.user}
        case Method.DZDO:
            return {"_dzdo": True, "_dzdo_user": step.user}
        case Method.SUDO:
            return {
                "_sudo": True,
                "_sudo_user": step.user,
                "_use_sudo_login": step.login,
                "_preserve_sudo_env": step.preserve_env,
                "_sudo_password": password,
            }
    return {
        "_su_user": step.user or "root",
        "_use_su_login": step.login,
        "_preserve_su_env": step.preserve_env,
        "_su_shell": step.shell,
        "_su_password": password,
    }
