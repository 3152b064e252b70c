"""Threads that import at the same time: only one of them works at a time, so the one that others wait for goes first.

Example:
    >>> with urgently():
    ...     import this_is_waited_for  # doctest: +SKIP
    >>> when_nothing_is_urgent()  # in another thread, before each of its imports
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_urgent = threading.Lock()


@contextmanager
def urgently() -> Iterator[None]:
    """Import inside what others wait for."""
    with _urgent:
        yield


def when_nothing_is_urgent() -> None:
    """Wait until nothing urgent is imported."""
    with _urgent:
        pass
