"""What ended a run, made from the exception that did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pyinfra._core.errors import (
    InventoryError,
    NoConnectorError,
    NoGroupError,
    NoHostError,
    PyinfraError,
    RunStoppedError,
)
from pyinfra._core.locations import error_place, user_trace
from pyinfra._report.view import Problem, ProblemKind
from pyinfra_cli.run.exit_codes import ExitCode, exit_code_of
from pyinfra_cli.run.user_code import UserCodeError

if TYPE_CHECKING:
    from pyinfra.api import State

_INVENTORY_ERRORS = (InventoryError, NoConnectorError, NoHostError, NoGroupError)
_KINDS = {
    ExitCode.DEPLOY: ProblemKind.DEPLOY,
    ExitCode.UNREACHABLE: ProblemKind.UNREACHABLE,
}


def problem_of(error: BaseException, state: State | None) -> tuple[Problem, ExitCode]:
    """Say what an exception means, and with which status to end.

    Args:
        error: the exception.
        state: the run, when there was one yet.
    """
    if isinstance(error, KeyboardInterrupt):
        return Problem(ProblemKind.INTERRUPTED, str(error) or "interrupted"), interrupted_by(error)
    if isinstance(error, RunStoppedError) and state is not None:
        code = exit_code_of(state)
        return Problem(_KINDS.get(code, ProblemKind.FAILED), str(error)), code
    if isinstance(error, click.ClickException):
        hint = getattr(error, "hint", None)
        return Problem(ProblemKind.USAGE, error.format_message(), hint=hint), ExitCode.USAGE
    if isinstance(error, UserCodeError):
        return _user_problem(error), ExitCode.DEPLOY
    if isinstance(error, _INVENTORY_ERRORS):
        return _known(error, ProblemKind.INVENTORY), ExitCode.USAGE
    if isinstance(error, PyinfraError):
        deploy = bool(user_trace(error))
        kind = ProblemKind.DEPLOY if deploy else ProblemKind.FAILED
        return _known(error, kind), ExitCode.DEPLOY if deploy else ExitCode.FAILED
    return _internal(error), ExitCode.FAILED


def interrupted_by(error: BaseException) -> ExitCode:
    """Ctrl-C, or a signal that ends programs."""
    from pyinfra_cli.run.signals import Terminated

    return ExitCode.TERMINATED if isinstance(error, Terminated) else ExitCode.INTERRUPTED


def _known(error: PyinfraError, kind: ProblemKind) -> Problem:
    details = error.details
    message = f"{details.host}: {error}" if details.host and details.host not in str(error) else str(error)
    return Problem(kind, message, details.place or error_place(error), details.hint, user_trace(error))


def _user_problem(error: UserCodeError) -> Problem:
    cause = error.__cause__
    if isinstance(cause, SyntaxError):
        text = (cause.text or "").strip()
        message = f"{cause.msg}: {text}" if text else cause.msg
        return Problem(
            ProblemKind.DEPLOY,
            f"{type(cause).__name__}: {message}",
            f"{cause.filename or error.filename}:{cause.lineno}",
        )
    if isinstance(cause, SystemExit):
        return Problem(ProblemKind.DEPLOY, f"the code called exit({cause})", error_place(cause) or error.filename)
    if isinstance(cause, PyinfraError):
        return _known(cause, ProblemKind.DEPLOY)
    if cause is None:
        return Problem(ProblemKind.DEPLOY, str(error), error.filename)
    message = f"{type(cause).__name__}: {cause}" if str(cause) else type(cause).__name__
    return Problem(ProblemKind.DEPLOY, message, error_place(cause) or error.filename, trace=user_trace(cause))


def _internal(error: BaseException) -> Problem:
    message = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    hint = "this is a mistake in pyinfra itself: please report it, with what --debug prints"
    return Problem(ProblemKind.INTERNAL, message, error_place(error), hint, user_trace(error))
