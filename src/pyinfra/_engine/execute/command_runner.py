"""Runs the commands of one operation on one host: batched as far as possible, up to the first failure."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, cast

from pyinfra._core.arguments import CONNECTOR_ARGUMENT_NAMES
from pyinfra._core.commands import (
    FileDownloadCommand,
    FileUploadCommand,
    FunctionCommand,
    PyinfraCommand,
    RsyncCommand,
    StringCommand,
)
from pyinfra._core.effects import EVERYTHING
from pyinfra._core.errors import OperationError
from pyinfra._core.events import CommandEnded, CommandPrinted, CommandStarted, Failure
from pyinfra._core.output import CapturedOutput, split_lines
from pyinfra._engine.execute.functions import call_function
from pyinfra._engine.execute.transfers import download_request, upload_request
from pyinfra._engine.facts.keys import FactKey
from pyinfra._engine.facts.store import Dispatch
from pyinfra._engine.prepare.options import options_from
from pyinfra._engine.prepare.plans import Plan
from pyinfra._transport.base import Command, ExecOptions, Request, Result

if TYPE_CHECKING:
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.state import State, StateOperationHostData

_BATCHED = (StringCommand, FileUploadCommand, FileDownloadCommand)
LAST_LINES = 10


def _is_plain_text(command: PyinfraCommand) -> bool:
    return type(command) is StringCommand and not command.connector_arguments


class Stopped(BaseException):
    """Unwinds an operation body whose command failed: it must not go on, nor catch this by accident."""


class CommandRunner:
    """One try of one operation on one host."""

    __slots__ = (
        "_behind",
        "_data",
        "_host",
        "_ignore",
        "_pending",
        "_state",
        "captures",
        "failure",
        "ran",
        "read_behind",
        "statuses",
    )

    def __init__(self, state: State, host: Host, data: StateOperationHostData) -> None:
        self._state = state
        self._host = host
        self._data = data
        self._ignore = bool(data.global_arguments["_continue_on_error"])
        self._pending: list[PyinfraCommand] = []
        self.ran: list[PyinfraCommand] = []
        self.statuses: list[int | None] = []
        self.captures: list[CapturedOutput] = []
        self.failure: Failure | None = None
        self._behind: Sequence[Dispatch] = ()
        self.read_behind: Sequence[tuple[Dispatch, Result]] = ()  # what was read after the commands

    # -- what to run -----------------------------------------------------------------------

    def run(self, plan: Plan, then_read: Sequence[FactKey]) -> None:
        """Run the commands of a plan.

        Args:
            plan: the plan.
            then_read: facts to be read behind them in the same round trip, as far as they are read as the same user.

        Raises:
            Stopped: when a command failed and the rest is not to be run.
        """
        if then_read and not self._ignore:
            privilege = self._data.options.privilege
            self._behind = self._host.facts.dispatches([key for key in then_read if key.options.privilege == privilege])
        if self._ignore or not all(map(_is_plain_text, plan.commands)):
            for command in plan.commands:
                self.add(command)
            self.flush()
            return
        options, live = self._data.options, self._live_output()
        if live is not None:
            self._run_batch(plan.commands)
            return
        if plan.requests is None or plan.requests[0] is not options:
            plan.requests = options, [self._command(cast("StringCommand", command), None) for command in plan.commands]
        self._submit(plan.commands, plan.requests[1])

    def add(self, command: PyinfraCommand) -> None:
        """Run a command, now or with those that follow."""
        self._pending.append(command)
        if not isinstance(command, _BATCHED):
            self.flush()

    def before_read(self) -> None:
        """A fact is about to be read: what was yielded so far must have happened."""
        if self._pending:
            self.flush()
            self._host.facts.touch(EVERYTHING)

    def flush(self) -> None:
        """Run everything that was added.

        Raises:
            Stopped: when a command failed and the rest is not to be run.
        """
        pending, self._pending = self._pending, []
        batch: list[PyinfraCommand] = []
        for command in pending:
            if isinstance(command, _BATCHED) and not self._ignore:
                batch.append(command)
                continue
            self._run_batch(batch)
            batch = []
            self._run_one(command)
        self._run_batch(batch)

    # -- running ---------------------------------------------------------------------------

    def _options(self, command: PyinfraCommand) -> ExecOptions:
        if not command.connector_arguments:
            return self._data.options
        return options_from({**self._data.global_arguments, **command.connector_arguments})

    def _connector_arguments(self, command: PyinfraCommand) -> dict[str, Any]:
        given = self._data.global_arguments
        return {name: given[name] for name in CONNECTOR_ARGUMENT_NAMES if name in given} | command.connector_arguments

    def _run_one(self, command: PyinfraCommand) -> None:
        if isinstance(command, _BATCHED):
            self._run_batch([command])
            return
        self.ran.append(command)
        self.statuses.append(None)
        self._started(command)
        began = time.monotonic()
        try:
            if isinstance(command, FunctionCommand):
                call_function(self._state, self._host, self._data, command, self._options(command).timeout)
            elif isinstance(command, RsyncCommand):
                self._host.rsync(command.src, command.dest, command.flags, **self._connector_arguments(command))
            elif command.execute(self._state, self._host, self._data.global_arguments) is False:
                raise OperationError(f"{command!r} failed")
        except (Stopped, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 - a user's function: it fails this host only
            message = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            self._failed(command, Failure(self._host.name, message, command=str(command)), error)
        finally:
            self._host.facts.touch(EVERYTHING)
            self._ended(command, None, time.monotonic() - began)

    def _run_batch(self, commands: Sequence[PyinfraCommand]) -> None:
        if not commands:
            return
        if all(isinstance(command, StringCommand) for command in commands):
            live = self._live_output()
            self._submit(commands, [self._command(cast("StringCommand", command), live) for command in commands])
        else:
            self._run_with_files(commands)

    def _submit(self, commands: Sequence[PyinfraCommand], requests: list[Request]) -> None:
        self._all_started(commands)
        for command, result in zip(commands, self._send(requests), strict=False):
            self._take(command, result)

    def _send(self, requests: list[Request]) -> list[Result]:
        """Send commands, with the reads behind them; a batch ends at its first failure, so they read what was done."""
        behind, self._behind = self._behind, ()
        if not behind:
            return self._host.submit(requests)
        results = self._host.submit([*requests, *(dispatch.request for dispatch in behind)])
        self.read_behind = tuple(zip(behind, results[len(requests) :], strict=False))
        return results

    def _run_with_files(self, commands: Sequence[PyinfraCommand]) -> None:
        """The same with files of this machine, which are open for as long as the batch runs."""
        self._all_started(commands)
        with ExitStack() as opened:
            pairs = [self._request(command, opened) for command in commands]
            results = self._send([request for request, _ in pairs])
            for command, result, (_, finish) in zip(commands, results, pairs, strict=False):
                if result.ok and finish is not None:
                    finish(result)
                self._take(command, result)

    def _request(self, command: PyinfraCommand, opened: ExitStack) -> tuple[Request, Callable[[Result], None] | None]:
        options = self._options(command)
        if isinstance(command, FileUploadCommand):
            return upload_request(command, options, opened), None
        if isinstance(command, FileDownloadCommand):
            return download_request(command, options, opened)
        return self._command(cast("StringCommand", command), self._live_output()), None

    def _command(self, command: StringCommand, live: Callable[[int, bytes], None] | None) -> Command:
        return Command(command.get_raw_value(), self._options(command), str(command), live)

    def _live_output(self) -> Callable[[int, bytes], None] | None:
        events = self._state.events
        if not events.wants(CommandPrinted):
            return None
        name, op_hash = self._host.name, self._data.operation_meta.hash
        return lambda stream, data: events.emit(CommandPrinted(name, op_hash, stream, data))

    # -- what came of it -------------------------------------------------------------------

    def _take(self, command: PyinfraCommand, result: Result) -> None:
        self.ran.append(command)
        self.statuses.append(result.status)
        if result.output and (isinstance(command, StringCommand) or not result.ok):
            self.captures.append(result.output)
        self._ended(command, result.status, result.seconds)
        if not result.ok:
            self._failed(command, self._failure_of(command, result), None)

    def _failure_of(self, command: PyinfraCommand, result: Result) -> Failure:
        lines = tuple(line.line for line in split_lines(result.output)[-LAST_LINES:])
        shown = str(command) if isinstance(command, StringCommand) else repr(command)
        if result.failure is not None:
            return Failure(self._host.name, result.failure.message, command=shown, last_lines=lines,
                           hint=result.failure.hint)  # fmt: skip
        message = f"the command failed with exit status {result.status}"
        return Failure(self._host.name, message, command=shown, exit_status=result.status, last_lines=lines)

    def _failed(self, command: PyinfraCommand, failure: Failure, error: BaseException | None) -> None:
        if self.failure is None:
            self.failure = failure
        if not self._ignore:
            raise Stopped from error

    def _all_started(self, commands: Sequence[PyinfraCommand]) -> None:
        if self._state.events.wants(CommandStarted):
            for command in commands:
                self._started(command)

    def _started(self, command: PyinfraCommand) -> None:
        if self._state.events.wants(CommandStarted):
            self._state.events.emit(CommandStarted(self._host.name, self._data.operation_meta.hash, str(command)))

    def _ended(self, command: PyinfraCommand, status: int | None, seconds: float) -> None:
        if self._state.events.wants(CommandEnded):
            event = CommandEnded(self._host.name, self._data.operation_meta.hash, str(command), status, seconds)
            self._state.events.emit(event)
