"""What a command printed: captured as bytes with bounded memory, read as lines.

Example:
    >>> capture = CapturedOutput()
    >>> capture.append(STDOUT, b"one\\ntwo")
    >>> CommandOutput.of(capture).stdout_lines
    ['one', 'two']
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

STDOUT = 1
STDERR = 2
# What is kept of one stream of one command; the middle of anything longer is left out, and said so.
KEPT_HEAD = 16 * 1024 * 1024
KEPT_TAIL = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class OutputLine:
    """One line of output; ``buffer_name`` is ``"stdout"`` or ``"stderr"``."""

    buffer_name: str
    line: str


class CapturedOutput:
    """The bytes of both streams in the order of arrival; keeps the head and the tail of what is too long."""

    __slots__ = ("_chunks", "_dropped", "_kept", "_tail", "_tail_size")

    def __init__(self) -> None:
        self._chunks: list[tuple[int, bytes]] = []
        self._kept = 0
        self._tail: list[tuple[int, bytes]] | None = None  # few are that long
        self._tail_size = 0
        self._dropped = 0

    def append(self, stream: int, data: bytes) -> None:
        """Add what arrived on a stream (``STDOUT`` or ``STDERR``)."""
        if not data:
            return
        if self._kept < KEPT_HEAD:
            self._kept += len(data)
            self._chunks.append((stream, data))
            return
        tail = self._tail = self._tail or []
        tail.append((stream, data))
        self._tail_size += len(data)
        while self._tail_size - len(tail[0][1]) >= KEPT_TAIL:
            _, dropped = tail.pop(0)
            self._tail_size -= len(dropped)
            self._dropped += len(dropped)

    @property
    def truncated(self) -> int:
        """Number of bytes that were left out."""
        return self._dropped

    def bytes_of(self, stream: int) -> bytes:
        """Everything kept of one stream."""
        return b"".join(data for s, data in self.chunks() if s == stream)

    def chunks(self) -> Iterator[tuple[int, bytes]]:
        """The kept pieces in order, with a note in place of what was left out."""
        yield from self._chunks
        if self._dropped:
            yield STDERR, f"\n[{self._dropped} bytes of output left out here]\n".encode()
        yield from self._tail or ()

    def __bool__(self) -> bool:
        return bool(self._chunks)


class CommandOutput:
    """The lines that a command printed on both streams, in the order of arrival.

    Bytes that are not UTF-8 are kept as surrogate escapes, so that nothing is lost;
    ``line.encode("utf-8", "surrogateescape")`` gives the original bytes.

    Args:
        combined_lines: the lines of both streams.
    """

    __slots__ = ("_capture", "_lines")

    def __init__(self, combined_lines: list[OutputLine]) -> None:
        self._lines: list[OutputLine] | None = combined_lines
        self._capture: CapturedOutput | None = None

    @classmethod
    def of(cls, capture: CapturedOutput) -> CommandOutput:
        """Make it from captured bytes; lines are split when they are first asked for."""
        output = cls.__new__(cls)
        output._lines = None
        output._capture = capture
        return output

    @classmethod
    def join(cls, captures: Sequence[CapturedOutput]) -> CommandOutput:
        """Make it from the captures of several commands; lines never run from one into the next."""
        if len(captures) == 1:
            return cls.of(captures[0])
        return cls([line for capture in captures for line in split_lines(capture)])

    @property
    def combined_lines(self) -> list[OutputLine]:
        """All lines of both streams."""
        if self._lines is None:
            self._lines = split_lines(self._capture) if self._capture is not None else []
            self._capture = None
        return self._lines

    def __iter__(self) -> Iterator[OutputLine]:
        return iter(self.combined_lines)

    def __len__(self) -> int:
        return len(self.combined_lines)

    def __repr__(self) -> str:
        return f"CommandOutput({len(self.combined_lines)} lines)"

    @property
    def output_lines(self) -> list[str]:
        """The text of all lines."""
        return [line.line for line in self.combined_lines]

    @property
    def output(self) -> str:
        """All lines joined by newlines."""
        return "\n".join(self.output_lines)

    @property
    def stdout_lines(self) -> list[str]:
        """The lines of standard output."""
        return [line.line for line in self.combined_lines if line.buffer_name == "stdout"]

    @property
    def stdout(self) -> str:
        """Standard output, lines joined by newlines."""
        return "\n".join(self.stdout_lines)

    @property
    def stderr_lines(self) -> list[str]:
        """The lines of standard error."""
        return [line.line for line in self.combined_lines if line.buffer_name == "stderr"]

    @property
    def stderr(self) -> str:
        """Standard error, lines joined by newlines."""
        return "\n".join(self.stderr_lines)


def decode(data: bytes) -> str:
    """Bytes to text without losing any."""
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """The reverse of :func:`decode`."""
    return text.encode("utf-8", "surrogateescape")


def split_lines(capture: CapturedOutput) -> list[OutputLine]:
    """Split captured bytes into lines; a line is placed where it ended."""
    names = {STDOUT: "stdout", STDERR: "stderr"}
    pending: dict[int, list[bytes]] = {STDOUT: [], STDERR: []}
    lines: list[OutputLine] = []
    for stream, data in capture.chunks():
        *complete, rest = data.split(b"\n")
        for piece in complete:
            held = pending[stream]
            if held:
                held.append(piece)
                piece = b"".join(held)
                held.clear()
            lines.append(OutputLine(names[stream], decode(piece)))
        if rest:
            pending[stream].append(rest)
    for stream, held in pending.items():
        if held:
            lines.append(OutputLine(names[stream], decode(b"".join(held))))
    return lines
