"""A terminal for a program: what is typed, and what comes out."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|[=>])")


class Terminal:
    """Runs a program in a terminal of its own.

    Args:
        argv: the program.
        env: all of its environment.
        cwd: where it runs.
        rows: height of the terminal.
        columns: its width.
    """

    def __init__(
        self, argv: Sequence[str], env: Mapping[str, str], cwd: Path, *, rows: int = 24, columns: int = 80
    ) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.raw = ""
        self._process = subprocess.Popen(
            argv,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(theirs)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._ours)

    def type(self, text: str) -> None:
        """Type text; a tab is the tab key."""
        os.write(self._ours, text.encode())

    @property
    def text(self) -> str:
        """What came out, without escape sequences."""
        return _ESCAPES.sub("", self.raw).replace("\r\n", "\n")

    def read_until(self, expected: str, seconds: float = 20) -> str:
        """Wait for text and return all that came out."""
        end = time.monotonic() + seconds
        while expected not in self.text:
            left = end - time.monotonic()
            assert left > 0, f"{expected!r} did not come: {self.text!r}"
            assert self._read(left), f"ended without {expected!r}: {self.text!r}"
        return self.text

    def read_all(self, seconds: float = 20) -> str:
        """Wait for the end of the program and return all that came out."""
        end = time.monotonic() + seconds
        while self._read(max(end - time.monotonic(), 0)):
            assert time.monotonic() < end, f"did not end: {self.text!r}"
        return self.text

    def ended(self, seconds: float = 20) -> int:
        """Wait for the end of the program and return its exit status."""
        self.read_all(seconds)
        return self._process.wait(timeout=seconds)

    def send_signal(self, number: int) -> None:
        """Send a signal to the program."""
        self._process.send_signal(number)

    @property
    def echoes(self) -> bool:
        """Whether the terminal shows what is typed."""
        return bool(termios.tcgetattr(self._ours)[3] & termios.ECHO)

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._ours], [], [], seconds)
        try:
            data = os.read(self._ours, 65536) if ready else None
        except OSError:  # how Linux tells that nobody has the other end any more
            return False
        if data:
            self.raw += data.decode(errors="replace")
        return data != b""
