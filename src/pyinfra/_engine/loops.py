"""``host.loop``: keeps iterations apart, so that the same line of a deploy is the same operation on every host."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from .host import Host

T = TypeVar("T")

# Weak, so that a loop which is left by break or by an exception is gone as soon as nothing iterates over it.
_loops: ContextVar[tuple[weakref.ref[HostLoop[object]], ...]] = ContextVar("pyinfra_loops", default=())


class HostLoop(Generic[T]):
    """An iterator that knows at which item it is."""

    def __init__(self, host: Host, items: Iterable[T]) -> None:
        self.host = host
        self.position = -1
        self._items = iter(items)

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        if self.position < 0:
            _loops.set((*_alive(), weakref.ref(self)))  # type: ignore[arg-type]
        try:
            item = next(self._items)
        except StopIteration:
            _loops.set(tuple(ref for ref in _loops.get() if ref() not in (None, self)))
            raise
        self.position += 1
        return item


def _alive() -> tuple[weakref.ref[HostLoop[object]], ...]:
    return tuple(ref for ref in _loops.get() if ref() is not None)


def loop_position(host: Host) -> list[int]:
    """Where this host is in the loops around the present code, outermost first."""
    loops = (ref() for ref in _loops.get())
    return [loop.position for loop in loops if loop is not None and loop.host is host]
