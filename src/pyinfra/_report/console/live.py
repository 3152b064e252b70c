"""The part of the terminal that moves: a few lines below everything else, drawn anew while things go on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.live import Live
from rich.segment import Segment
from rich.text import Text

from .lines import Line

if TYPE_CHECKING:
    from .terminal import Stream


class LiveArea:
    """Lines at the lower end of a terminal, which go away without a trace.

    Args:
        stream: the terminal.
    """

    def __init__(self, stream: Stream) -> None:
        self.lines: Sequence[Line] = ()
        self._stream = stream
        self._console = Console(
            file=_Written(stream),  # type: ignore[arg-type]
            force_terminal=True,
            force_interactive=True,
            color_system="standard" if stream.color else None,
            no_color=not stream.color,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
            _environ={"TERM": "xterm"},
        )
        self._live = Live(
            console=self._console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
        )
        self._fit()
        self._live.start()

    def show(self, lines: Sequence[Line]) -> None:
        """Draw these lines in place of those before."""
        self.lines = lines
        self._fit()
        self._live.update(Group(*map(_text, lines)), refresh=True)

    def write_above(self, text: str) -> None:
        """Write text that stays; it ends with an end of line."""
        self._console.print(_Raw(text), end="", crop=False)

    def close(self) -> None:
        """Take the lines away."""
        self._live.stop()

    def _fit(self) -> None:
        self._console.size = self._stream.size


class _Raw:
    """Text that is written as it is."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Segment(self._text)


class _Written:
    """The stream as a file that never fails."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.encoding = getattr(stream.stream, "encoding", "utf-8")

    def write(self, text: str) -> int:
        self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Everything is written at once."""

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._stream.stream.fileno()


def _text(line: Line) -> Text:
    text = Text(no_wrap=True, overflow="crop")
    for part, style in line.spans:
        text.append(part, style or None)
    return text
