"""Where in the user's program an operation is called, as a path that is the same on every host, and that sorts.

A path holds, for each frame of user code from the outermost to the innermost, the loops around the present
instruction with their iterations, and the instruction. Compared as tuples, the paths of one host only ever grow:
they are the order of the program. So the same call on several hosts is the same operation, and sorting all paths
gives an order that holds on every host, whatever branches each of them takes.

The loops of a function are read from its bytecode. An iteration is counted when a later call does not lie further on;
``host.loop`` counts exactly, also for iterations in which a host calls nothing.
"""

from __future__ import annotations

import dis
from collections.abc import Sequence
from functools import lru_cache
from types import CodeType, FrameType
from typing import NamedTuple

from pyinfra._engine.prepare.loops import exact_iterations


class Loop(NamedTuple):
    """A loop in bytecode: from the offset that it jumps back to, to its last jump."""

    start: int
    end: int


@lru_cache(maxsize=4096)
def loops_of(code: CodeType) -> tuple[Loop, ...]:
    """Return the loops of a code object, outer ones before those inside."""
    instructions = list(dis.get_instructions(code))
    prefixes = {instruction.offset for instruction in instructions if instruction.opname == "EXTENDED_ARG"}
    ends: dict[int, int] = {}
    for instruction in instructions:
        start = instruction.argval
        if "JUMP" in instruction.opname and isinstance(start, int) and start <= instruction.offset:
            while start in prefixes:  # a frame stands at the instruction itself, not at its prefix
                start += 2
            ends[start] = max(instruction.offset, ends.get(start, 0))
    return tuple(Loop(start, end) for start, end in sorted(ends.items(), key=lambda item: (item[0], -item[1])))


class _Level:
    """How far one frame has come."""

    __slots__ = ("frame", "iterations", "offset")

    def __init__(self, frame: FrameType) -> None:
        self.frame = frame  # kept, so that no other frame can take its identity
        self.offset = -1
        self.iterations: dict[int, int] = {}

    def move(self, offset: int) -> None:
        """The frame is at this instruction now."""
        around = [loop for loop in loops_of(self.frame.f_code) if loop.start <= offset <= loop.end]
        if offset <= self.offset:
            self._count(around)
        starts = {loop.start for loop in around}
        self.iterations = {start: n for start, n in self.iterations.items() if start in starts}
        for start, position in exact_iterations(self.frame):
            if start in starts:
                self.iterations[start] = position
        self.offset = offset

    def _count(self, around: Sequence[Loop]) -> None:
        """It went back: by the innermost loop that holds both the last call and this one."""
        for loop in reversed(around):
            if loop.start <= self.offset <= loop.end:
                self.iterations[loop.start] = self.iterations.get(loop.start, 0) + 1
                for inner in around[around.index(loop) + 1 :]:
                    self.iterations.pop(inner.start, None)
                return

    def key(self) -> tuple[int, ...]:
        """The part of the path that this frame gives."""
        parts: list[int] = []
        for loop in loops_of(self.frame.f_code):
            if loop.start <= self.offset <= loop.end:
                parts += (loop.start, self.iterations.get(loop.start, 0))
        return (*parts, self.offset)


class CallPath:
    """Follows the calls of one host."""

    def __init__(self) -> None:
        self._levels: list[_Level] = []

    def forget(self) -> None:
        """The program is over: let go of its frames."""
        self._levels.clear()

    def advance(self, frames: Sequence[FrameType]) -> tuple[int, ...]:
        """An operation is called here; return the path.

        Args:
            frames: of user code, outermost first.
        """
        shared = 0
        for level, frame in zip(self._levels, frames, strict=False):
            if level.frame is not frame:
                break
            shared += 1
        # Only the innermost frame that is still the same has moved: what is outside of it waits for it.
        del self._levels[shared:]
        if shared:
            self._levels[-1].move(frames[shared - 1].f_lasti)
        for frame in frames[shared:]:
            level = _Level(frame)
            level.move(frame.f_lasti)
            self._levels.append(level)
        return tuple(part for level in self._levels for part in level.key())
