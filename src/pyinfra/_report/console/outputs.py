"""What commands print on hosts: put together to lines, and told apart from everything that we say ourselves.

Lines of hosts begin in the first column with the name of the host; ours begin with an arrow, or further to the right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pyinfra._core.output import OutputLine

from .folding import first_names, grouped
from .lines import Line, count

STDERR = 2
_MOST_BYTES = 64 * 1024  # of one line; more without an end is shown as it is


def host_line(host: str, text: str, is_error: bool = False) -> Line:
    """One line that a host printed."""
    return Line("[").add(host, "bold").add(" stderr] " if is_error else "] ", "red" if is_error else "").add(text)


class LineBuffer:
    """Puts lines together from bytes that arrive in pieces, for every host and stream."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], bytes] = {}

    def feed(self, host: str, stream: int, data: bytes) -> list[Line]:
        """Take bytes; return the lines that they complete."""
        key = host, stream
        *complete, rest = (self._open.pop(key, b"") + data).split(b"\n")
        if len(rest) > _MOST_BYTES:
            complete.append(rest)
            rest = b""
        if rest:
            self._open[key] = rest
        return [host_line(host, _text(line), stream == STDERR) for line in complete]

    def finish(self, host: str | None = None) -> list[Line]:
        """Return what has no end yet, of one host or of all."""
        keys = list(self._open) if host is None else [(host, 1), (host, STDERR)]
        rests = ((key, self._open.pop(key, b"")) for key in keys)
        return [host_line(key[0], _text(rest), key[1] == STDERR) for key, rest in rests if rest]


def _text(line: bytes) -> str:
    """A line as a terminal would leave it: what was written over is gone."""
    text = line.decode("utf-8", "surrogateescape").rstrip("\r")
    return text.rsplit("\r", 1)[-1]


def folded_output(outputs: Iterable[tuple[str, Sequence[OutputLine]]], total: int, width: int) -> Iterator[Line]:
    """Tell what hosts printed, those with the same output together.

    Args:
        outputs: hosts with what they printed.
        total: number of hosts that take part.
        width: columns of the terminal.
    """
    told: dict[str, Sequence[OutputLine]] = {}
    keys: list[tuple[str, tuple[tuple[str, ...], tuple[str, ...]]]] = []
    for host, lines in outputs:
        told[host] = lines
        keys.append((host, (_of(lines, "stdout"), _of(lines, "stderr"))))
    if not any(told.values()):
        return
    for hosts, _ in grouped(keys):
        lines = told[hosts[0]]
        if len(hosts) == 1 and lines:
            yield from (host_line(hosts[0], line.line, line.buffer_name == "stderr") for line in lines)
            continue
        number = f"{'all ' if 1 < total == len(hosts) else ''}{count(len(hosts), 'host')}: "
        names = first_names(hosts, width - len(number) - 2)
        yield Line("[").add(number + names, "bold").add("]" if lines else "] no output")
        for line in lines:
            yield Line("  ! ", "red").add(line.line) if line.buffer_name == "stderr" else Line("    ").add(line.line)


def _of(lines: Sequence[OutputLine], stream: str) -> tuple[str, ...]:
    """The order between the streams is chance."""
    return tuple(line.line for line in lines if line.buffer_name == stream)
