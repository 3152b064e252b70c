"""Keeps the terminal free while somebody is asked a question.

Whoever draws on the terminal says how to leave it alone (``leave_terminal_with``); whoever asks does so within
``terminal_to_ask``.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

_leave: Callable[[], AbstractContextManager[None]] = nullcontext


def leave_terminal_with(leave: Callable[[], AbstractContextManager[None]]) -> None:
    """Set what leaves the terminal alone for a block."""
    global _leave
    _leave = leave


def terminal_to_ask() -> AbstractContextManager[None]:
    """Return a block within which nobody else writes to the terminal."""
    return _leave()
