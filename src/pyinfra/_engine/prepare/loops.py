"""``host.loop``: an iteration is the same one on every host, also when some hosts call nothing in it."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from types import FrameType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from pyinfra._engine.model.host import Host

T = TypeVar("T")

# Weak, so that a loop which is left by break or by an exception is gone as soon as nothing iterates over it.
_loops: ContextVar[tuple[weakref.ref[HostLoop[Any]], ...]] = ContextVar("pyinfra_loops", default=())


class HostLoop(Generic[T]):
    """An iterator that knows at which item it is, and which loop of which frame it drives."""

    def __init__(self, host: Host, items: Iterable[T]) -> None:
        self.host = host
        self.position = -1
        self.frame_id = 0
        self.start = -1
        self._items = iter(items)

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        if self.position < 0:
            frame = sys._getframe(1)
            self.frame_id, self.start = id(frame), frame.f_lasti
            _loops.set((*_alive(), weakref.ref(self)))
        try:
            item = next(self._items)
        except StopIteration:
            _loops.set(tuple(ref for ref in _loops.get() if ref() not in (None, self)))
            raise
        self.position += 1
        return item


def _alive() -> tuple[weakref.ref[HostLoop[Any]], ...]:
    return tuple(ref for ref in _loops.get() if ref() is not None)


def loop_position(host: Host) -> list[int]:
    """Where this host is in the loops around the present code, outermost first."""
    loops = (ref() for ref in _loops.get())
    return [loop.position for loop in loops if loop is not None and loop.host is host]


def exact_iterations(frame: FrameType) -> list[tuple[int, int]]:
    """The loops of a frame that ``host.loop`` drives: offset of the loop, and position in it."""
    found = _loops.get()
    if not found:
        return []
    loops = (ref() for ref in found)
    return [(loop.start, loop.position) for loop in loops if loop is not None and loop.frame_id == id(frame)]
