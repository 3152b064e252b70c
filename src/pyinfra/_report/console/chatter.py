"""What only those see who ask for more: facts, notes, hosts one by one, commands, and what they print."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pyinfra._core.events import (
    CommandEnded,
    CommandPrinted,
    CommandStarted,
    FactRead,
    Note,
    OperationHostEnded,
    OperationHostRetry,
    RunEnded,
)

from .failing import Handlers
from .lines import Line, seconds_text, text_lines
from .options import ConsoleOptions
from .outputs import LineBuffer


class Chatter:
    """Tells details.

    Args:
        options: how many.
        say: writes commentary.
        print_output: writes lines that hosts print.
        name: the name of an operation, by its hash.
    """

    def __init__(
        self,
        options: ConsoleOptions,
        say: Callable[[Sequence[Line]], None],
        print_output: Callable[[Sequence[Line]], None],
        name: Callable[[str], str],
    ) -> None:
        self._options = options
        self._say = say
        self._print_output = print_output
        self._name = name
        self._buffer = LineBuffer()
        self.heard: set[str] = set()  # hosts whose output was shown as it came

    def handlers(self, output: bool) -> Handlers:
        """What is listened to.

        Args:
            output: whether what commands print is shown as it comes.
        """
        found: Handlers = {}
        if self._options.level(1):
            found |= {FactRead: self._fact, Note: self._note}
            found |= {OperationHostEnded: self._host, OperationHostRetry: self._retry}

        if self._options.level(2):
            found[CommandStarted] = self._command
        if output:
            found |= {CommandPrinted: self._printed, CommandEnded: self._command_ended, RunEnded: self._run_ended}
        return found

    def finish(self) -> None:
        """Print lines that never got an end."""
        rest = self._buffer.finish()
        if rest:
            self._print_output(rest)

    def _tell(self, host: str, text: str, style: str = "") -> None:
        self._say([Line("    [").add(host, "bold").add("] ").add(text, style)])

    def _fact(self, when: float, event: FactRead) -> None:
        arguments = f" ({event.arguments})" if event.arguments else ""
        outcome = "" if event.ok else ": could not be read"
        self._tell(event.host, f"fact {event.fact}{arguments}{outcome}", "dim" if event.ok else "yellow")

    def _note(self, when: float, event: Note) -> None:
        self._tell(event.host, f"note: {event.text}", "dim")

    def _host(self, when: float, event: OperationHostEnded) -> None:
        outcome, style = _outcome(event)
        nested = "nested " if event.nested else ""
        retries = f", on try {event.retries + 1}" if event.retries else ""
        time = f" ({seconds_text(event.seconds)})" if event.seconds >= 0.05 else ""
        self._tell(event.host, f"{nested}{self._name(event.operation)}: {outcome}{retries}{time}", style)

    def _retry(self, when: float, event: OperationHostRetry) -> None:
        self._tell(
            event.host,
            f"{self._name(event.operation)}: trying again ({event.attempt} of {event.attempts})",
            "yellow",
        )

    def _command(self, when: float, event: CommandStarted) -> None:
        first, *more = text_lines(event.command)
        lines = [Line("    [").add(event.host, "bold").add("] >>> ", "cyan").add(first)]
        lines += [Line("    [").add(event.host, "bold").add("]     ", "cyan").add(line) for line in more]
        self._say(lines)

    def _printed(self, when: float, event: CommandPrinted) -> None:
        if event.operation is None and not self._options.level(3):
            return
        self.heard.add(event.host)
        lines = self._buffer.feed(event.host, event.stream, event.data)
        if lines:
            self._print_output(lines)

    def _command_ended(self, when: float, event: CommandEnded) -> None:
        rest = self._buffer.finish(event.host)
        if rest:
            self._print_output(rest)

    def _run_ended(self, when: float, event: RunEnded) -> None:
        self.finish()


def _outcome(event: OperationHostEnded) -> tuple[str, str]:
    if event.error is not None:
        return ("error ignored", "yellow") if event.ignored else ("failed", "red")
    if event.skipped:
        return "skipped", "dim"
    return ("changed", "green") if event.changed else ("no change", "dim")
