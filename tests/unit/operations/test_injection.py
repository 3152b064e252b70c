"""Hostile texts in every text argument: whatever is planned is run for real, and nothing of it may be obeyed."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import pytest

from pyinfra.api import PyinfraError
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.operations import files, server

from .machine import Machine

HOSTILE = [
    "$(touch {mark})",
    "`touch {mark}`",
    "';touch {mark};'",
    '";touch {mark};"',
    "a\ntouch {mark}\n",
    "--help;touch {mark}",
    "-rf",
    "a|touch {mark}",
    "a&touch {mark}&",
    "${{IFS}}touch{mark}",
    "\\$(touch {mark})",
    "a'$(touch {mark})'",
]


def valid(operation: Any, top: Path) -> dict[str, Any]:
    """Arguments with which an operation has something to do, inside of a directory of the test."""
    texts: dict[Any, dict[str, Any]] = {
        files.file: {"path": f"{top}/f", "mode": "644", "user": "x", "group": "x", "force_backup_dir": f"{top}/b"},
        files.directory: {"path": f"{top}/d", "mode": "755", "user": "x", "group": "x", "force_backup_dir": f"{top}/b"},
        files.link: {"path": f"{top}/l", "target": "t", "user": "x", "group": "x", "force_backup_dir": f"{top}/b"},
        files.put: {"src": io.StringIO("x"), "dest": f"{top}/p", "mode": "644", "user": "x", "group": "x",
                    "mtime": f"{top}/r"},
        files.template: {"src": io.StringIO("{{ v }}"), "dest": f"{top}/t", "mode": "644", "user": "x", "group": "x",
                         "v": "x"},
        files.get: {"src": f"{top}/exists", "dest": f"{top}/got"},
        files.line: {"path": f"{top}/exists", "line": "x", "replace": "y"},
        server.script: {"src": f"{top}/script", "args": ["x"]},
    }  # fmt: skip
    return texts[operation]


# Accounts and host names are checked as words, which is tested with the operations themselves.
TARGETS = [
    (files.file, "path"), (files.file, "mode"), (files.file, "user"), (files.file, "group"),
    (files.file, "force_backup_dir"), (files.directory, "path"), (files.directory, "mode"), (files.directory, "user"),
    (files.directory, "group"), (files.directory, "force_backup_dir"), (files.link, "path"), (files.link, "target"),
    (files.link, "user"), (files.link, "group"), (files.link, "force_backup_dir"), (files.put, "dest"),
    (files.put, "mode"), (files.put, "user"), (files.put, "group"), (files.put, "mtime"), (files.template, "dest"),
    (files.template, "mode"), (files.template, "user"), (files.template, "v"), (files.get, "src"), (files.get, "dest"),
    (files.line, "path"), (files.line, "line"), (files.line, "replace"), (server.script, "args"),
]  # fmt: skip
PATHS = {"path", "dest", "src", "force_backup_dir"}


@pytest.mark.parametrize(("operation", "argument"), TARGETS, ids=lambda value: getattr(value, "__name__", value))
def test_nothing_is_obeyed(
    operation: Any, argument: str, machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    mark = tmp_path / "mark"
    for number, text in enumerate(HOSTILE):
        top = tmp_path / str(number)
        top.mkdir()
        (top / "exists").write_text("x\n")
        (top / "script").write_text("true\n")
        hostile = text.format(mark=mark)
        given: Any = f"{top}/{hostile.replace('/', '_')}" if argument in PATHS else hostile
        arguments = {**valid(operation, top), argument: [given] if argument == "args" else given}
        if argument not in ("user", "group"):
            arguments = {name: value for name, value in arguments.items() if name not in ("user", "group")}
        if argument == "force_backup_dir":
            arguments["force"] = True
            wrong = Path(arguments["path"])
            wrong.mkdir() if operation is not files.directory else wrong.touch()
        with machine.run(FAIL_PERCENT=100) as state, contextlib.suppress(PyinfraError):
            for extra in ({}, {"interpolate_variables": True}) if operation is files.line else ({},):
                add_op(state, operation, **arguments, **extra, _ignore_errors=True, _chdir=str(top))
            run_ops(state)
        assert not mark.exists(), hostile
        assert not (top / "mark").exists(), hostile
