"""Shells to run the commands of facts in, as a host would, and reading facts as the engine does."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyinfra._core.commands import StringCommand
from pyinfra._engine.facts.base import FactBase
from pyinfra._engine.facts.keys import signature_of

PLAIN_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Remote:
    """One shell with its programs."""

    name: str
    argv: tuple[str, ...]
    path: str = PLAIN_PATH

    def run(
        self, command: str | StringCommand, cwd: Path | None = None, **env: str
    ) -> subprocess.CompletedProcess[bytes]:
        raw = command if isinstance(command, str) else command.get_raw_value()
        environment = {"PATH": self.path, "HOME": os.environ.get("HOME", "/"), **env}
        argv = [*self.argv, "-c", os.fsencode(f"( eval {_quoted(raw)} ) </dev/null")]
        return subprocess.run(argv, capture_output=True, cwd=cwd, env=environment, timeout=30, check=False)

    def lines(self, command: str | StringCommand, cwd: Path | None = None, **env: str) -> list[str]:
        done = self.run(command, cwd, **env)
        assert done.returncode == 0, done.stderr.decode()
        return split(done.stdout)

    def read(self, cls: type[FactBase[Any]], *args: Any, **kwargs: Any) -> Any:
        """The value of one fact, by its plain command."""
        fact = cls()
        lines = self.lines(fact.command(*args, **kwargs))
        return fact.process(lines) if lines else fact.default()

    def read_all(self, cls: type[FactBase[Any]], *calls: dict[str, Any], cwd: Path | None = None) -> list[Any]:
        """The values of several calls, by one command."""
        fact = cls()
        bound = [signature_of(cls).bind((), call) for call in calls]
        command = fact.batch_command(bound)
        assert command is not None
        return fact.batch_process(bound, self.lines(command, cwd))


def split(output: bytes) -> list[str]:
    lines = output.decode("utf-8", "surrogateescape").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\"'\"'") + "'"


@functools.cache
def busybox_directory() -> str | None:
    """A directory with the applets of BusyBox and nothing else."""
    busybox = shutil.which("busybox")
    if busybox is None:
        return None
    directory = tempfile.mkdtemp(prefix="busybox-")
    subprocess.run([busybox, "--install", "-s", directory], check=True)
    return directory


@functools.cache
def remotes() -> tuple[Remote, ...]:
    """What this machine has of: dash, bash, mksh, zsh, and BusyBox with its own programs only."""
    candidates = {"dash": ("dash",), "bash": ("bash",), "mksh": ("mksh",), "zsh": ("zsh", "--emulate", "sh")}
    found: list[Remote] = []
    for name, (program, *options) in candidates.items():
        executable = shutil.which(program)
        if executable is not None:
            found.append(Remote(name, (executable, *options)))
    applets = busybox_directory()
    if applets is not None:
        found.append(Remote("busybox", (f"{applets}/sh",), applets))
    return tuple(found)


def only(directory: Path, *programs: str) -> Remote:
    """A shell that has just these programs."""
    for program in programs:
        real = shutil.which(program, path=PLAIN_PATH)
        assert real is not None, program
        (directory / program).symlink_to(real)
    return Remote("few", ("/bin/sh",), str(directory))


def counting(directory: Path, log: Path) -> Remote:
    """A shell whose programs note that they were run, one line each."""
    directory.mkdir()
    for folder in ("/usr/bin", "/bin", "/usr/sbin"):
        for name in ("awk", "cat", "grep", "id", "lastlog", "ls", "ps", "readlink", "sha1sum", "stat", "uname", "wc"):
            real, wrapper = Path(folder, name), directory / name
            if real.exists() and not wrapper.exists():
                wrapper.write_text(f'#!/bin/sh\necho {name} >>{log}\nexec {real} "$@"\n')
                wrapper.chmod(0o755)
    return Remote("counting", ("/bin/sh",), str(directory))
