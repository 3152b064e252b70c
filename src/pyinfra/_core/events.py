"""What the engine tells the world: typed, frozen events on one bus. Only subscribers print, count or record.

Events carry plain values (names, hashes, numbers, masked texts), so that any of them can be written as JSON.

Example:
    >>> bus = EventBus()
    >>> unsubscribe = bus.subscribe(lambda event: print(event.host), HostConnected)
    >>> bus.emit(HostConnected(host="web1", seconds=0.2))
    web1
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

from .locations import TraceLine
from .records import Record

logger = logging.getLogger("pyinfra")


class Event(Record):
    """Base of all events."""


class RunStarted(Event):
    """``run_ops`` begins."""

    operations: int
    hosts: int


class RunEnded(Event):
    """``run_ops`` is over."""

    failed_hosts: tuple[str, ...]
    seconds: float


class HostConnecting(Event):
    """A connection is about to be opened."""

    host: str


class HostConnected(Event):
    """A host is ready for requests."""

    host: str
    seconds: float


class HostConnectFailed(Event):
    """A host could not be connected to."""

    host: str
    error: str
    hint: str | None = None


class HostDisconnected(Event):
    """A connection was closed."""

    host: str


class HostFailed(Event):
    """A host takes no further part in the run."""

    host: str
    reason: str
    failure: Failure | None = None


class HostPrepared(Event):
    """Deploy code has run for a host, and everything that it asked for is planned."""

    host: str
    operations: int


class FactRead(Event):
    """A fact was read from a host (not from the store)."""

    host: str
    fact: str
    arguments: str
    ok: bool


class Change(Record):
    """One attribute of one resource, before and after. ``None`` means that it is not there."""

    resource: str
    attribute: str
    before: Any
    after: Any


class OperationPlanned(Event):
    """An operation was planned for a host."""

    host: str
    operation: str
    name: str
    will_change: bool
    certainty: str  # "certain" | "inferred" | "unknown"
    changes: tuple[Change, ...]


class OperationStarted(Event):
    """An operation begins on its hosts."""

    operation: str
    name: str


class OperationEnded(Event):
    """An operation is over on all of its hosts."""

    operation: str
    name: str


class OperationHostStarted(Event):
    """An operation begins on one host."""

    host: str
    operation: str
    nested: bool = False


class OperationHostEnded(Event):
    """An operation is over on one host."""

    host: str
    operation: str
    ok: bool
    changed: bool
    commands: int
    seconds: float
    retries: int = 0
    error: Failure | None = None
    ignored: bool = False  # the error does not make the host fail
    skipped: bool = False  # its conditions (``_if``) did not hold
    nested: bool = False


class OperationHostRetry(Event):
    """An operation is about to be tried again on one host."""

    host: str
    operation: str
    attempt: int
    attempts: int


class CommandStarted(Event):
    """A command is sent. The text is masked."""

    host: str
    operation: str | None
    command: str


class CommandPrinted(Event):
    """Bytes arrived while a command runs. ``stream`` is 1 for standard output, 2 for standard error."""

    host: str
    operation: str | None
    stream: int
    data: bytes


class CommandEnded(Event):
    """A command is over."""

    host: str
    operation: str | None
    command: str
    status: int | None
    seconds: float


class Note(Event):
    """Something worth knowing that is neither a change nor a failure ("already present")."""

    host: str
    text: str


class Phase(Enum):
    """What was being done when something failed."""

    CONNECT = "connect"
    DEPLOY = "deploy"  # the user's own code raised
    FACT = "fact"
    PLAN = "plan"
    EXECUTE = "execute"


class Failure(Record):
    """Everything that is known of a failure. Views turn it into text."""

    host: str
    message: str
    operation: str | None = None
    name: str | None = None
    place: str | None = None
    command: str | None = None  # masked
    exit_status: int | None = None
    last_lines: tuple[str, ...] = ()
    hint: str | None = None
    phase: Phase = Phase.EXECUTE
    trace: tuple[TraceLine, ...] = ()  # the user's own frames, the innermost last


E = TypeVar("E", bound=Event)


class EventBus:
    """Delivers events to subscribers. One that raises is logged and dropped: it cannot harm a run."""

    def __init__(self) -> None:
        self._subscribers: dict[type[Event], list[Callable[[Any], object]]] = {}

    def subscribe(self, handler: Callable[[Any], object], *types: type[Event]) -> Callable[[], None]:
        """Have a handler called for each event of the given types; return a function that ends it."""
        for kind in types:
            self._subscribers.setdefault(kind, []).append(handler)
        return lambda: self._drop(handler)

    def wants(self, kind: type[Event]) -> bool:
        """Whether anybody listens: spares making events for nobody."""
        return kind in self._subscribers

    def emit(self, event: Event) -> None:
        """Deliver an event."""
        for handler in tuple(self._subscribers.get(type(event), ())):
            try:
                handler(event)
            except Exception:
                logger.exception("an event subscriber raised and is dropped: %r", handler)
                self._drop(handler)

    def _drop(self, handler: Callable[[Any], object]) -> None:
        for kind in list(self._subscribers):
            left = [h for h in self._subscribers[kind] if h is not handler]
            if left:
                self._subscribers[kind] = left
            else:
                del self._subscribers[kind]
