"""What can be chosen about the view for people."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Literal, TextIO

from pyinfra._core.records import Record

Output = Literal["normal", "quiet", "live", "ci"]
Color = Literal["auto", "always", "never"]


class ConsoleOptions(Record):
    """How much is shown, and where.

    Attributes:
        output: ``normal``; ``quiet``, failures and one last line; ``live``, also what commands print, as it comes;
            ``ci``, as normal without anything that moves.
        verbosity: 0; 1, also facts, notes and hosts; 2, also commands; 3, also what they print.
        color: ``auto`` asks ``NO_COLOR``, ``FORCE_COLOR`` and the terminal.
        diff: show the text of changes of files.
        progress: whether there is a part that moves; None: on a terminal, unless ``PYINFRA_PROGRESS`` is ``off``.
        width: columns; None: those of the terminal, 80 without one.
        stdout: for results; None for that of the process.
        stderr: for commentary; None for that of the process.
        environ: environment variables; None for those of the process.
        clock: seconds that only go forward.
    """

    output: Output = "normal"
    verbosity: int = 0
    color: Color = "auto"
    diff: bool = False
    progress: bool | None = None
    width: int | None = None
    stdout: TextIO | None = None
    stderr: TextIO | None = None
    environ: Mapping[str, str] | None = None
    clock: Callable[[], float] = time.monotonic

    @property
    def quiet(self) -> bool:
        """Whether only failures are shown."""
        return self.output == "quiet"

    @property
    def shows_output(self) -> bool:
        """Whether what commands print is shown as it comes."""
        return self.output == "live" or (self.verbosity >= 3 and not self.quiet)

    def level(self, verbosity: int) -> bool:
        """Whether something of this verbosity is shown."""
        return self.verbosity >= verbosity and not self.quiet
