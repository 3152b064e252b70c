"""Errors of the command line itself, as ``click`` shows and exits with them."""

from __future__ import annotations

import sys
import traceback as tracebacks
from abc import ABC
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import click

from pyinfra import logger
from pyinfra._core.errors import ArgumentTypeError, ConnectorDataTypeError, OperationError, PyinfraError
from pyinfra._core.locations import user_trace

__all__ = [
    "PYINFRA_INSTALL_DIR",
    "ArgumentTypeError",
    "CliError",
    "ConnectorDataTypeError",
    "OperationError",
    "PyinfraError",
    "UnexpectedExternalError",
    "UnexpectedInternalError",
    "UnexpectedMixin",
    "WrappedError",
    "get_frame_line_from_tb",
    "logger",
]

PYINFRA_INSTALL_DIR = str(Path(__file__).resolve().parent.parent / "pyinfra")


class CliError(click.ClickException):
    """The words on the command line do not make sense.

    Args:
        message: what is wrong.
        hint: what to do about it.
    """

    exit_code = 2

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the error and what to do about it."""
        _heading(f"Error: {self.format_message()}", file)
        if self.hint:
            click.echo(f"    {self.hint}", err=True, file=file)


class WrappedError(click.ClickException):
    """An error of the library, for ``click``.

    Args:
        e: the error.
    """

    def __init__(self, e: Exception) -> None:
        super().__init__(str(e))
        self.exception = e

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the error, its place and what to do about it."""
        details = self.exception.details if isinstance(self.exception, PyinfraError) else None
        place = f" in {details.place}" if details is not None and details.place else ""
        _heading(f"pyinfra error{place}: {self.format_message()}", file)
        if details is not None and details.hint:
            click.echo(f"    {details.hint}", err=True, file=file)


class UnexpectedMixin(ABC):
    """An exception that nobody expected, and its traceback."""

    exception: Exception
    traceback: TracebackType | None

    def get_traceback_lines(self) -> list[str]:
        """The traceback as lines."""
        return tracebacks.format_tb(self.traceback)

    def get_traceback(self) -> str:
        """The traceback as one text."""
        return "".join(self.get_traceback_lines())

    def get_exception(self) -> str:
        """The exception as text, with its kind."""
        return "".join(tracebacks.format_exception_only(self.exception)).rstrip("\n")


class UnexpectedExternalError(click.ClickException, UnexpectedMixin):
    """The user's code raised.

    Args:
        e: what it raised.
        filename: the file that was run.
    """

    exit_code = 4

    def __init__(self, e: Exception, filename: str) -> None:
        super().__init__(f"An exception occurred in: {filename}")
        self.exception = e
        self.traceback = e.__traceback__
        self.filename = filename

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the exception and the user's own frames."""
        _heading(self.format_message(), file)
        for line in user_trace(self.exception):
            click.echo(f"    {line.place} in {line.function}: {line.source}", err=True, file=file)
        click.echo(f"    {self.get_exception()}", err=True, file=file)


class UnexpectedInternalError(click.ClickException, UnexpectedMixin):
    """Something raised that should not have.

    Args:
        e: what was raised.
    """

    def __init__(self, e: Exception) -> None:
        super().__init__("An internal exception occurred")
        self.exception = e
        self.traceback = e.__traceback__

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the exception with its whole traceback."""
        _heading(f"{self.format_message()}: please report this", file)
        click.echo(self.get_traceback() + self.get_exception(), err=True, file=file)


def _heading(text: str, file: IO[Any] | None) -> None:
    click.echo(f"--> {click.style(text, 'red', bold=True)}", err=True, file=file)


def get_frame_line_from_tb(tb: TracebackType | None) -> int | None:
    """Return the last line of a traceback that is in a file outside this package."""
    found: int | None = None
    while tb is not None:
        filename = tb.tb_frame.f_code.co_filename
        if not filename.startswith(PYINFRA_INSTALL_DIR) and filename not in sys.builtin_module_names:
            found = tb.tb_lineno
        tb = tb.tb_next
    return found
