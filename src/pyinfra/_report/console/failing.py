"""Collects failures until those that are the same can be told together, but keeps nobody waiting for long."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pyinfra._core.events import Event, Failure, HostFailed, OperationHostEnded
from pyinfra._core.locations import TraceLine

from .failures import Rerun, failure_lines, ignored_lines, repeated_lines, same, without_host
from .lines import Line

_PATIENCE = 3.0  # seconds that a failure may wait for others like it

Handlers = dict[type[Event], Callable[[float, Any], None]]


class FailureTeller:
    """Tells failures.

    Args:
        say: writes commentary.
        width: columns of the terminal, asked for when they are needed.
        ignored: whether errors that are ignored are told, too.
    """

    def __init__(self, say: Callable[[list[Line]], None], width: Callable[[], int], ignored: bool) -> None:
        self._say = say
        self._width = width
        self._with_ignored = ignored
        self._waiting: list[Failure] = []
        self._ignored: list[Failure] = []
        self._since = 0.0
        self._seen: set[tuple[str, str | None]] = set()
        self._told: set[Failure] = set()
        self.rerun: Rerun | None = None
        self.total: int | None = None
        self.output = True
        self.order: Mapping[str, int] = {}  # places of hosts in the inventory

    def handlers(self) -> Handlers:
        """What is listened to."""
        return {OperationHostEnded: self._operation_ended, HostFailed: self._host_failed}

    def _operation_ended(self, when: float, event: OperationHostEnded) -> None:
        if event.error is None:
            return
        if event.ignored:
            self._ignored.append(event.error)
        else:
            self._add(when, event.error)

    def _host_failed(self, when: float, event: HostFailed) -> None:
        """Most failures of operations are known already when their host fails of them."""
        failure = event.failure or Failure(event.host, event.reason)
        if (failure.host, failure.operation) not in self._seen:
            self._add(when, failure)

    def _add(self, when: float, failure: Failure) -> None:
        self._seen.add((failure.host, failure.operation))
        if not self._waiting:
            self._since = when
        self._waiting.append(failure)

    @property
    def has_told(self) -> bool:
        """Whether any failure was told."""
        return bool(self._told)

    def has_told_of(self, trace: tuple[TraceLine, ...]) -> bool:
        """Whether a failure was told that came this way."""
        told = (failure.trace for failure in self._told if failure.trace)
        return any(trace[-len(found) :] == found for found in told)

    def tick(self, now: float) -> None:
        """Tell what has waited long enough."""
        if self._waiting and now - self._since >= _PATIENCE:
            self.flush()

    def flush(self) -> None:
        """Tell everything."""
        waiting, self._waiting = self._waiting, []
        ignored, self._ignored = self._ignored, []
        width = self._width()
        if self._with_ignored:
            for hosts, failure in same(self._sorted(ignored)):
                self._say(ignored_lines(hosts, failure, width))
        for hosts, failure in same(self._sorted(waiting)):
            key = without_host(failure)
            if key in self._told:
                self._say(repeated_lines(hosts, failure, self.total, width))
                continue
            self._told.add(key)
            self._say(failure_lines(hosts, failure, width, self.rerun, self.total, self.output))

    def _sorted(self, failures: list[Failure]) -> list[Failure]:
        """Chance decides in which order hosts fail."""
        return sorted(failures, key=lambda failure: self.order.get(failure.host, 0))
