"""Runs the command in this process, in a directory of its own, as a program would that embeds it."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pyinfra import logger
from pyinfra_cli.main import cli


@dataclass(frozen=True)
class Ended:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Directory:
    """A working directory to run the command in."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, **files: str) -> None:
        """Write Python files: ``write(deploy="...")``; a double underscore is a folder."""
        for name, text in files.items():
            path = self.path / (name.replace("__", "/") + ".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def run(self, *words: str, **environ: str) -> Ended:
        """Run the command without a terminal."""
        done = CliRunner(env={"PYINFRA_FAKE_DELAY": "0", "PYINFRA_FAKE_DELAY_JITTER": "0", **environ}).invoke(
            cli, words
        )
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Ended(done.exit_code, done.stdout, done.stderr)


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Directory]:
    """A fresh working directory; what a run leaves behind in the process is put back."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    loggers = (logger, logging.root)
    before = [(found, found.level, list(found.handlers)) for found in loggers]
    yield Directory(tmp_path)
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]
    for found, level, handlers in before:
        found.setLevel(level)
        found.handlers[:] = handlers
