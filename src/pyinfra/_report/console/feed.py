"""Takes what happens from the engine's thread, which must never wait for a terminal, and shows it on another one."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

logger = logging.getLogger("pyinfra")
INTERVAL = 0.08  # seconds between two looks


class Feed:
    """A queue, and a thread that empties it every now and then.

    Args:
        clock: seconds that only go forward.
        take: shows one thing, given when it happened.
        tick: called after each look, for what changes with time.
    """

    def __init__(
        self, clock: Callable[[], float], take: Callable[[float, Any], None], tick: Callable[[float], None]
    ) -> None:
        self._clock = clock
        self._take = take
        self._tick = tick
        self._queue: deque[tuple[float, Any]] = deque()
        self._lock = threading.RLock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._pauses = 0
        self._complained: set[type] = set()

    def put(self, item: Any) -> None:
        """Take something that happened. From any thread; never waits."""
        self._queue.append((self._clock(), item))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Show everything that has happened so far, and nothing else during the block."""
        with self._lock:
            self._drain()
            yield

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Show nothing during the block, but keep what happens."""
        with self._lock:
            self._pauses += 1
        try:
            yield
        finally:
            with self._lock:
                self._pauses -= 1

    def start(self) -> None:
        """Begin to look by itself."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._loop, name="pyinfra-console", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Show what is left, and end."""
        self._stop.set()
        with self.alone():
            pass
        if self._thread is not None:
            self._thread.join(timeout=2)
            self._thread = None
        self._stop.clear()

    def _loop(self) -> None:
        while not self._stop.wait(INTERVAL):
            with self._lock:
                if not self._pauses:
                    self._drain()
                    self._guarded(self._tick, self._clock())

    def _drain(self) -> None:
        queue = self._queue
        while queue:
            when, item = queue.popleft()
            self._guarded(self._take, when, item)

    def _guarded(self, show: Callable[..., None], *arguments: Any) -> None:
        """What cannot be shown must not end the run, nor the showing of everything else."""
        try:
            show(*arguments)
        except Exception:
            kind = type(arguments[-1])
            if kind not in self._complained:
                self._complained.add(kind)
                logger.exception("the console could not show %r", arguments[-1])
