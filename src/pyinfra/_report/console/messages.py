"""What the library, or the user's own code, logs."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pyinfra._report.view import Step

from .lines import Line, text_lines

_SEVERITY = ((logging.ERROR, "error: ", "red"), (logging.WARNING, "warning: ", "yellow"), (logging.INFO, "", ""))


class Message(NamedTuple):
    """A message, and the step in which it was logged."""

    level: int
    text: str
    step: Step | None = None


class MessageTeller:
    """Tells messages, indented, so that they cannot be taken for anything else.

    Deploy code runs once for every host: what it logs again and again while it prepares is told once, with its number.

    Args:
        say: writes commentary.
        least: level below which nothing is told.
    """

    def __init__(self, say: Callable[[Sequence[Line]], None], least: int) -> None:
        self._say = say
        self._least = least
        self._counts: Counter[Message] = Counter()

    def tell(self, message: Message) -> None:
        """Tell a message."""
        if message.level < self._least:
            return
        if message.step is Step.PREPARE:
            self._counts[message] += 1
            if self._counts[message] > 1:
                return
        prefix, style = next(((p, s) for level, p, s in _SEVERITY if message.level >= level), ("debug: ", "dim"))
        first, *more = text_lines(message.text)
        lines = [Line("    ").add(prefix + first, style)]
        self._say(lines + [Line("    ").add(line, style) for line in more])

    def finish(self) -> None:
        """The step is over: tell what was told once only."""
        for message, number in self._counts.items():
            if number > 1:
                self._say([Line(f"    {number} times: ", "dim").add(text_lines(message.text)[0], "dim")])
        self._counts.clear()
