"""The two streams: results go to standard output, commentary to standard error; and the part that moves, below both."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from operator import itemgetter
from typing import IO, TYPE_CHECKING, Any, TextIO

from .lines import Line
from .options import Color, ConsoleOptions

if TYPE_CHECKING:
    from .live import LiveArea

WIDTH = 80  # where there is no terminal
_MOST_PENDING = 256 * 1024  # characters
_LEAST_WIDTH, _MOST_WIDTH = 40, 120
_OFF = ("off", "0", "no", "false")


class Stream:
    """One of the two streams, with its width and whether it has colours. Somebody who stops reading is no error."""

    def __init__(self, stream: TextIO, options: ConsoleOptions, environ: Mapping[str, str]) -> None:
        self.stream = stream
        self.is_terminal = _is_terminal(stream)
        self.color = _has_color(options.color, self.is_terminal, environ)
        self._fixed_width = options.width
        self._gone = False

    @property
    def width(self) -> int:
        """Columns to use: those of the terminal, within reason, so that tables stay readable."""
        if self._fixed_width is not None:
            return self._fixed_width
        return min(max(self.size[0], _LEAST_WIDTH), _MOST_WIDTH)

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows of the terminal."""
        if self.is_terminal:
            with suppress(OSError, ValueError):
                size = os.get_terminal_size(self.stream.fileno())
                if size.columns > 0 and size.lines > 0:
                    return self._fixed_width or size.columns, size.lines
        return self._fixed_width or WIDTH, 24

    def text(self, lines: Iterable[Line]) -> str:
        """Lines as they are written."""
        return "".join(f"{line.render(self.color)}\n" for line in lines)

    def write(self, text: str) -> None:
        """Write, and see that it arrives."""
        if self._gone or not text:
            return
        try:
            try:
                self.stream.write(text)
            except UnicodeEncodeError:
                encoding = self.stream.encoding or "ascii"
                self.stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
            self.stream.flush()
        except (OSError, ValueError):  # nobody reads any more, or the stream is closed: the run goes on all the same
            self._gone = True


class Terminal:
    """Where everything is written. Used by one thread at a time.

    Args:
        options: what was chosen.
        printed: takes what other code of the process prints while the part that moves is there, by stream.
    """

    def __init__(self, options: ConsoleOptions, printed: Callable[[Stream, str], None]) -> None:
        environ = os.environ if options.environ is None else options.environ
        self.out = Stream(options.stdout or sys.stdout, options, environ)
        self.err = Stream(options.stderr or sys.stderr, options, environ)
        self.moves = _moves(options, self.err.is_terminal, environ)
        self._printed = printed
        self._area: LiveArea | None = None
        self._pending: list[tuple[Stream, str]] = []
        self._pending_size = 0
        self._redirected: list[tuple[str, Any]] = []

    def results(self, lines: Sequence[Line]) -> None:
        """Write results."""
        self.write(self.out, self.out.text(lines))

    def say(self, lines: Sequence[Line]) -> None:
        """Write commentary."""
        self.write(self.err, self.err.text(lines))

    def write(self, stream: Stream, text: str) -> None:
        """Write text with its end of line, once ``flush`` is called: many lines together cost as much as one."""
        if not text:
            return
        self._pending.append((stream, text))
        self._pending_size += len(text)
        if self._pending_size > _MOST_PENDING:
            self.flush()

    def flush(self) -> None:
        """Write what there is to write, above the part that moves."""
        pending, self._pending, self._pending_size = self._pending, [], 0
        for stream, pieces in groupby(pending, itemgetter(0)):
            self._write_now(stream, "".join(text for _, text in pieces))

    def _write_now(self, stream: Stream, text: str) -> None:
        if self._area is None or not stream.is_terminal:
            stream.write(text)
        elif stream is self.err:
            self._area.write_above(text)
        else:
            shown = self._area.lines
            self._close()
            stream.write(text)
            self._open(shown)

    # -- the part that moves ---------------------------------------------------------------

    def move(self, lines: Sequence[Line]) -> None:
        """Show these lines below everything else, in place of those shown so far."""
        if not self.moves or not lines:
            self.still()
        elif self._area is None:
            self._open(lines)
            self._redirect()
        else:
            self._area.show(lines)

    def still(self) -> None:
        """Take away the part that moves."""
        self._restore()
        self._close()
        self.flush()

    def _open(self, lines: Sequence[Line]) -> None:
        from .live import LiveArea

        self._area = LiveArea(self.err)
        self._area.show(lines)

    def _close(self) -> None:
        area, self._area = self._area, None
        if area is not None:
            area.close()

    def _redirect(self) -> None:
        """What other code prints would tear the moving part: have it written above."""
        for name, stream in (("stdout", self.out), ("stderr", self.err)):
            if stream.is_terminal and getattr(sys, name) is stream.stream:
                replaced = _Redirected(stream, self._printed)
                setattr(sys, name, replaced)
                self._redirected.append((name, replaced))

    def _restore(self) -> None:
        while self._redirected:
            name, replaced = self._redirected.pop()
            if getattr(sys, name) is replaced:
                setattr(sys, name, replaced.target.stream)
            rest = replaced.finish()
            if rest:
                self.write(replaced.target, f"{rest}\n")


class _Redirected:
    """Stands for a stream of the process: passes on whole lines."""

    def __init__(self, target: Stream, printed: Callable[[Stream, str], None]) -> None:
        self.target = target
        self._printed = printed
        self._rest = ""

    def write(self, text: str) -> int:
        """Take text."""
        complete, newline, rest = (self._rest + text).rpartition("\n")
        self._rest = rest
        if newline:
            self._printed(self.target, complete + newline)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Take several texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Lines are passed on when they are complete."""

    def finish(self) -> str:
        """Return what has no end."""
        rest, self._rest = self._rest, ""
        return rest

    def __getattr__(self, name: str) -> Any:
        return getattr(self.target.stream, name)


def _is_terminal(stream: IO[str]) -> bool:
    try:
        return stream.isatty()
    except (AttributeError, ValueError):
        return False


def _has_color(color: Color, is_terminal: bool, environ: Mapping[str, str]) -> bool:
    if color != "auto":
        return color == "always"
    if environ.get("NO_COLOR"):
        return False
    forced = environ.get("FORCE_COLOR")
    if forced:
        return forced.lower() not in _OFF
    return is_terminal and environ.get("TERM", "") not in ("", "dumb")


def _moves(options: ConsoleOptions, is_terminal: bool, environ: Mapping[str, str]) -> bool:
    if options.output in ("quiet", "ci") or environ.get("PYINFRA_PROGRESS", "").lower() in _OFF:
        return False
    if options.progress is not None:
        return options.progress
    return is_terminal and environ.get("TERM", "") not in ("", "dumb")
