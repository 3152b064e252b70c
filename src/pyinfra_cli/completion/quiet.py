"""Runs code of the user's that must not be noticed: in the middle of a line that is being typed."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
import warnings
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TypeVar

T = TypeVar("T")


class _TooLongError(BaseException):
    """Not an ``Exception``, which the code could catch."""


def quietly(function: Callable[[], T], otherwise: T, seconds: float = 5.0) -> T:
    """Return what a function returns, or something else when it fails, exits or takes too long.

    What it prints, or has other processes print, goes nowhere, and nothing is left for it to read.

    Args:
        function: is called without arguments.
        otherwise: what to return when there is no result.
        seconds: how long it may take. Only watched in the main thread, as signals are.

    Example:
        >>> quietly(lambda: 1 / 0, otherwise=0)
        0
    """
    try:
        with _nothing_to_see(), _time_limit(seconds):
            return function()
    except (Exception, SystemExit, KeyboardInterrupt, _TooLongError):  # noqa: BLE001 - nobody could be told
        return otherwise


@contextlib.contextmanager
def _nothing_to_see() -> Iterator[None]:
    kept = [os.dup(number) for number in range(3)]
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    with (
        open(os.devnull, "r+b", buffering=0) as nothing,  # noqa: PTH123 - it is no file
        open(os.devnull, "w", encoding="utf-8") as text,  # noqa: PTH123
        warnings.catch_warnings(),
        contextlib.redirect_stdout(text),
        contextlib.redirect_stderr(text),
    ):
        warnings.simplefilter("ignore")
        for number in range(3):
            os.dup2(nothing.fileno(), number)
        try:
            yield
        finally:
            for number, original in enumerate(kept):
                os.dup2(original, number)
                os.close(original)
            logging.disable(before)


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise _TooLongError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
