"""The part that moves, on a real terminal: what a person sees is drawn by a terminal emulator."""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pyte

import pyinfra

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

SCRIPT = Path(__file__).parent / "live_run.py"
SOURCES = Path(pyinfra.__file__).parents[1]
TIME = re.compile(r" \(\d+(?:\.\d)? s\)")


class Session:
    """A process on a terminal, and every screen that it has shown."""

    def __init__(self, *words: str, rows: int = 30, columns: int = 80, **environ: str) -> None:
        self.screen = pyte.HistoryScreen(columns, rows, history=1000)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.shots: list[str] = []
        master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        clean = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
        env = clean | {"TERM": "xterm-256color", "PYTHONPATH": str(SOURCES)} | environ
        command = [sys.executable, str(SCRIPT), *words]
        self._process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=env, close_fds=True)
        os.close(slave)
        self._terminal = master

    def run(self, answer: tuple[str, str] | None = None) -> Session:
        """Let it run to its end; answer a question."""
        ends = time.monotonic() + 30
        try:
            while time.monotonic() < ends and self._read():
                self._look()
                if answer is not None and answer[0] in self.shown:
                    self._watch_nothing_move(0.4)
                    os.write(self._terminal, f"{answer[1]}\n".encode())
                    answer = None
        finally:
            os.close(self._terminal)
            self.status = self._process.wait(10)
        return self

    def _look(self) -> None:
        if not self.shots or self.shots[-1] != self.shown:
            self.shots.append(self.shown)

    def _read(self) -> bool:
        if not select.select([self._terminal], [], [], 0.5)[0]:
            return self._process.poll() is None
        try:
            data = os.read(self._terminal, 65536)
        except OSError:  # the other end is closed
            return False
        self.raw += data
        self._stream.feed(data)
        return bool(data)

    def _watch_nothing_move(self, seconds: float) -> None:
        before = self.shown
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            if select.select([self._terminal], [], [], 0.05)[0]:
                self._read()
        assert self.shown == before

    @property
    def shown(self) -> str:
        """The screen as text."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    @property
    def final(self) -> str:
        """The last screen, without times."""
        return TIME.sub("", self.shots[-1])

    def ever(self, is_it: Callable[[str], object]) -> bool:
        """Whether there was a screen like that."""
        return any(is_it(shot) for shot in self.shots)


def test_what_goes_on_is_seen_and_goes_away(snapshot: SnapshotAssertion) -> None:
    session = Session().run()
    assert session.status == 0
    assert session.ever(re.compile(r"[-|/\\] Connecting to 8 hosts  7/8 connected, 1 running  0:\d\d").search)
    assert session.ever(re.compile(r"[-|/\\] \[2/4\] Take a nap  6/8 done, 6 changed, 2 running  0:\d\d").search)
    assert session.ever(re.compile(r"\n    waiting for web7, web8\Z").search)
    assert session.final == snapshot
    assert not session.screen.cursor.hidden
    assert b"\x1b[31m" in session.raw


def test_what_other_code_prints_is_not_torn(snapshot: SnapshotAssertion) -> None:
    session = Session("print").run()
    assert session.ever(re.compile(r"^printed by the user\n(?:.*\n)*.*6/8 done", re.MULTILINE).search)
    lines = session.final.split("\n")
    assert {"printed by the user", "to standard error", "and without an end"} <= set(lines)
    assert session.final == snapshot


def test_nothing_moves_while_somebody_is_asked() -> None:
    session = Session("ask").run(answer=("Password:", "nothing"))
    assert session.status == 0
    assert "Password: nothing\nthank you for nothing\n" in session.final
    assert "    [2/4] Take a nap: changed on all 8 hosts" in session.final


def test_the_terminal_is_left_in_order_by_an_error() -> None:
    session = Session("raise").run()
    assert session.status == 1
    assert "RuntimeError: on purpose" in session.final
    assert not session.screen.cursor.hidden


def test_a_terminal_that_cannot_move() -> None:
    dumb, off = Session(TERM="dumb").run(), Session(PYINFRA_PROGRESS="off").run()
    assert b"\x1b" not in dumb.raw
    assert b"\x1b[?25l" not in off.raw  # the cursor is never hidden
    assert TIME.sub("", dumb.shown) == TIME.sub("", off.shown)


def test_a_narrow_and_low_terminal() -> None:
    session = Session(rows=8, columns=50).run()
    assert session.status == 0
    assert session.ever(re.compile(r"Take a nap.*\d/8 done").search)
    history = ["".join(char.data for _, char in sorted(line.items())).rstrip() for line in session.screen.history.top]
    assert sum("[1/4] Install nginx: changed" in line for line in [*history, *session.final.split("\n")]) == 1


def test_without_colours_it_still_moves() -> None:
    session = Session(NO_COLOR="1").run()
    assert session.ever(re.compile(r"waiting for web7, web8").search)
    assert not re.search(rb"\x1b\[[0-9;]*m", session.raw.replace(b"\x1b[0m", b""))
