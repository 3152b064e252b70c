"""Signals that end programs, as exceptions: so that remote processes are ended and reports are written first."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType


class Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP arrived."""


@contextmanager
def signals_as_exceptions() -> Iterator[None]:
    """Raise ``Terminated`` for SIGTERM and SIGHUP within a block. A second one ends the process at once."""
    before = {}
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:  # nohup
            continue
        with suppress(ValueError):  # not in the main thread
            before[number] = signal.signal(number, _terminate)
    try:
        yield
    finally:
        for number, handler in before.items():
            with suppress(ValueError):
                signal.signal(number, handler)


def _terminate(number: int, frame: FrameType | None) -> None:
    signal.signal(number, lambda *_: os._exit(128 + number))
    raise Terminated(f"ended by {signal.Signals(number).name}")
