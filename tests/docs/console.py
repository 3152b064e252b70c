"""Runs what the ``console`` blocks of a page show, in a directory that has the files which the page shows.

Lines that begin with ``$`` are given to a shell in a terminal, which finds our ``pyinfra``; what comes below them is
what they print. Where a question is shown, it is answered with Enter. Durations are all the same.

    python -m tests.docs.console    # write into the pages what their commands print now
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.docs.pages import PAGES, ROOT, Block, blocks_of
from tests.unit.cli.terminals import Terminal

QUESTION = "Press Enter"
_DURATION = re.compile(r"\(\d+(?:\.\d+)? s\)")
_TABLE = re.compile(r"^--> Results\n(?:(?!-->).*\n)+", re.MULTILINE)
_TIME = re.compile(r" +(?:time|\d+\.\d+ s)$", re.MULTILINE)
_BLANKS = re.compile(r" +$", re.MULTILINE)


@dataclass
class Session:
    """A directory in which the commands of a page are run one after the other."""

    directory: Path
    status: int = 0

    def __post_init__(self) -> None:
        self._programs = self.directory.parent / "programs"
        self._programs.mkdir()
        program = self._programs / "pyinfra"
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -m tests.docs.command "$@"\n')
        program.chmod(0o755)

    def write(self, block: Block) -> None:
        """Write a file that the page shows."""
        assert block.filename is not None
        path = self.directory / block.filename
        assert path.resolve().is_relative_to(self.directory.resolve())
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text)

    def run(self, command: str, *, asked: bool = False) -> str:
        """Run a command and return what it prints.

        Args:
            command: for a shell.
            asked: whether it is going to ask whether to go on.
        """
        ended = self.directory.parent / "status"
        line = f"(exit {self.status}); {command}\necho $? >{ended}"
        with Terminal(["sh", "-c", line], self._environment, self.directory) as terminal:
            if asked:
                terminal.read_until(QUESTION, 60)
                terminal.type("\n")
            printed = terminal.read_all(60)
        self.status = int(ended.read_text())
        return levelled(printed)

    @property
    def _environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self._programs}:{os.environ['PATH']}",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}",
            "HOME": str(self.directory.parent),
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm",
            "NO_COLOR": "1",
            "PYINFRA_PROGRESS": "off",
            "PYINFRA_FAKE_DELAY": "0",
            "PYINFRA_FAKE_DELAY_JITTER": "0",
        }


def levelled(text: str) -> str:
    """Return output in which everything took no time."""
    text = _DURATION.sub("(0.0 s)", text)
    text = _TABLE.sub(lambda table: _TIME.sub("", table[0]), text)
    return _BLANKS.sub("", text)


def spaced(text: str) -> str:
    """Return text without what only keeps columns apart: a column of times moves the others."""
    return re.sub(r"(?<=\S) {2,}", " ", text)


def commands_of(block: Block) -> Iterator[tuple[str, str]]:
    """Yield the commands of a block, each with the output that is shown."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        while command.endswith("\\"):
            more, _, output = output.partition("\n")
            command = f"{command[:-1]}{more.strip()}"
        yield command, output


def rewrite(page: Path, directory: Path) -> None:
    """Write into a page what its commands print."""
    session = Session(directory)
    text = page.read_text()
    for block in blocks_of(page):
        if block.filename is not None:
            session.write(block)
        elif block.language == "console":
            made = ""
            for command, output in commands_of(block):
                made += f"$ {command}\n{session.run(command, asked=QUESTION in output)}"
            text = text.replace(f"```console\n{block.text}```", f"```console\n{made}```")
    page.write_text(text)


if __name__ == "__main__":
    for page in [Path(name).resolve() for name in sys.argv[1:]] or PAGES:
        with tempfile.TemporaryDirectory() as scratch:
            directory = Path(scratch) / "work"
            directory.mkdir()
            rewrite(page, directory)
