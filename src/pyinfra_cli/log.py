"""What the library and the user's code log, on the terminal."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import ClassVar

import click

from pyinfra import logger
from pyinfra.context import ctx_state, state

__all__ = ["LogFormatter", "LogHandler", "ctx_state", "logger", "setup_logging", "state"]


def _in(color: str) -> Callable[[str], str]:
    return lambda text: click.style(text, color)


class LogFormatter(logging.Formatter):
    """Headings (``-->``) after an empty line, everything else indented; colour by level."""

    previous_was_header: bool = True
    level_to_format: ClassVar[dict[int, Callable[[str], str]]] = {
        logging.DEBUG: _in("green"),
        logging.WARNING: _in("yellow"),
        logging.ERROR: _in("red"),
        logging.CRITICAL: _in("red"),
    }

    def format(self, record: logging.LogRecord) -> str:
        """Make the text of a record."""
        message = super().format(record)
        if record.levelno == logging.DEBUG:
            message = f"[{record.name}.{record.module}] {message}"
        style = self.level_to_format.get(record.levelno)
        styled = style(message) if style is not None else message
        is_header = "-->" in message
        before = "\n" if is_header and not self.previous_was_header else "" if is_header else "    "
        self.previous_was_header = is_header
        return before + styled


class LogHandler(logging.Handler):
    """Prints on standard error, or gives records to whoever shows this run.

    Args:
        show: takes level and text of every record; by default they are printed.
    """

    def __init__(self, show: Callable[[int, str], None] | None = None) -> None:
        super().__init__()
        self._show = show

    def emit(self, record: logging.LogRecord) -> None:
        """Show a record. A terminal that is gone is no reason to fail."""
        try:
            if self._show is not None:
                self._show(record.levelno, self._text(record))
            else:
                click.echo(self.format(record), err=True)
        except Exception:  # noqa: BLE001 - as all handlers of logging do
            self.handleError(record)

    def _text(self, record: logging.LogRecord) -> str:
        text = logging.Formatter().format(record)
        return f"[{record.name}.{record.module}] {text}" if record.levelno == logging.DEBUG else text


def setup_logging(
    log_level: int, other_log_level: int | None = None, show: Callable[[int, str], None] | None = None
) -> None:
    """Have messages of the library printed.

    Args:
        log_level: least level of its messages.
        other_log_level: least level of the messages of all other packages; None for none of them.
        show: takes level and text instead of their being printed.
    """
    handler = LogHandler(show)
    handler.setFormatter(LogFormatter())
    if other_log_level is not None:
        _install(logging.getLogger(), handler, other_log_level)
        _install(logger, None, log_level)
    else:
        _install(logger, handler, log_level)


def _install(target: logging.Logger, handler: logging.Handler | None, level: int) -> None:
    for old in [old for old in target.handlers if isinstance(old, LogHandler)]:
        target.removeHandler(old)
    if handler is not None:
        target.addHandler(handler)
    target.setLevel(level)
