"""Leaves the terminal as it was found, also when a question for a password was cut short."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def terminal_restored() -> Iterator[None]:
    """Restore the settings of the terminal after a block."""
    import termios

    saved = None
    with suppress(termios.error, OSError, ValueError, AttributeError):
        saved = termios.tcgetattr(sys.stdin.fileno())
    try:
        yield
    finally:
        if saved is not None:
            with suppress(termios.error, OSError, ValueError):
                termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, saved)
