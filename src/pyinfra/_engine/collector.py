"""Has Python's garbage collector look less often while many hosts are worked on.

What the engine makes for operations and hosts lives until the run ends and has hardly any cycles, so looking through
all of it again and again finds nothing: with 5000 hosts that was a third of all the time. Cycles that user code makes
meanwhile are still found, after some 10 MB.
"""

from __future__ import annotations

import gc
from types import TracebackType

_SELDOM = (50_000, 20, 50)


class Seldom:
    """A block in which the collector looks less often. Blocks may be nested, and overlap. On the engine's thread."""

    def __init__(self) -> None:
        self._depth = 0
        self._usual: tuple[int, int, int] = (0, 0, 0)

    def __enter__(self) -> None:
        self._depth += 1
        if self._depth == 1:
            self._usual = gc.get_threshold()
            if 0 < self._usual[0] < _SELDOM[0]:  # whoever has switched it off, or has it look even less often, is right
                gc.set_threshold(*_SELDOM)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._depth -= 1
        if self._depth == 0 and gc.get_threshold() == _SELDOM:
            gc.set_threshold(*self._usual)


seldom_collecting = Seldom()
