"""Hostile texts in every text argument of what edits, fetches and moves: planned and run for real, and never obeyed."""

from __future__ import annotations

import contextlib
import inspect
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest

from pyinfra.api import PyinfraError
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.operations import files, git

from .machine import Machine
from .test_injection import HOSTILE

PATHS = {"path", "src", "dest", "temp_dir", "creates", "repo", "worktree"}


def valid(operation: Any, top: Path) -> dict[str, Any]:
    """Arguments with which an operation has something to do, inside of a directory of the test."""
    url = "http://127.0.0.1:1/x"
    texts: dict[Any, dict[str, Any]] = {
        files.block: {"path": f"{top}/exists", "content": "y", "line": "x", "after": True, "marker": "# {mark}",
                      "begin": "a", "end": "b"},
        files.copy: {"src": f"{top}/exists", "dest": f"{top}/d", "overwrite": True},
        files.download: {"src": url, "dest": f"{top}/got", "user": "root", "group": "root", "mode": "644",
                         "sha384sum": "a" * 96, "sha256sum": "a" * 64, "sha1sum": "a" * 40, "md5sum": "a" * 32,
                         "headers": {"A": "b"}, "proxy": url, "limit_rate": "1k", "temp_dir": f"{top}/d",
                         "extra_curl_args": {"--user-agent": "x"}, "extra_wget_args": {"--user-agent": "x"},
                         "cache_time": 5},
        files.flags: {"path": f"{top}/exists", "flags": ["uchg"]},
        files.move: {"src": f"{top}/exists", "dest": f"{top}/d", "overwrite": True},
        files.replace: {"path": f"{top}/exists", "text": "x", "replace": "y", "flags": ["g"], "match": "x"},
        files.rsync: {"src": f"{top}/d", "dest": f"{top}/e", "flags": ["-a"]},
        files.sync: {"src": f"{top}/d", "dest": f"{top}/e", "user": "root", "group": "root", "mode": "644",
                     "dir_mode": "755", "exclude": "x", "exclude_dir": "x", "delete": True},
        files.unarchive: {"src": f"{top}/a.tar", "dest": f"{top}/d", "user": "root", "group": "root",
                          "creates": f"{top}/made", "extra_opts": ["-v"]},
        git.repo: {"src": f"{top}/r", "dest": f"{top}/c", "branch": "main", "user": "root", "group": "root"},
        git.bare_repo: {"path": f"{top}/b", "user": "root", "group": "root"},
        git.config: {"key": "a.b", "value": "x", "repo": f"{top}/r"},
        git.worktree: {"worktree": f"{top}/w", "repo": f"{top}/r", "new_branch": "x", "commitish": "main",
                       "from_remote_branch": ("origin", "main"), "user": "root", "group": "root"},
    }  # fmt: skip
    return texts[operation]


OPERATIONS = [files.block, files.copy, files.download, files.flags, files.move, files.replace, files.rsync, files.sync,
              files.unarchive, git.repo, git.bare_repo, git.config, git.worktree]  # fmt: skip
SWITCHES = {"present", "before", "after", "backup", "escape_regex_characters", "try_prevent_shell_expansion",
            "overwrite", "force", "insecure", "interpolate_variables", "extended_regex", "delete", "add_deploy_dir",
            "remote_src", "pull", "rebase", "ssh_keyscan", "update_submodules", "recursive_submodules", "depth",
            "fetch_tags", "multi_value", "system", "detached", "assume_repo_exists", "cache_time"}  # fmt: skip
# These are options of a program, for it to obey.
RAW = {("rsync", "flags"), ("unarchive", "extra_opts")}


def targets() -> list[tuple[Any, str]]:
    return [
        (operation, argument)
        for operation in OPERATIONS
        for argument in inspect.signature(operation._inner).parameters
        if argument not in SWITCHES and (operation.__name__, argument) not in RAW
    ]


def shaped(like: Any, text: str) -> Any:
    """A value of the same shape with the text in it."""
    if isinstance(like, dict):
        return {next(iter(like)): text}
    if isinstance(like, (list, tuple)):
        return type(like)([text, *like[1:]])
    return text


@pytest.mark.parametrize(("operation", "argument"), targets(), ids=lambda value: getattr(value, "__name__", value))
def test_nothing_is_obeyed(
    operation: Any, argument: str, machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if operation.__module__.endswith("git") and shutil.which("git") is None:
        pytest.skip("git is not installed")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    mark = tmp_path / "mark"
    with machine.run(FAIL_PERCENT=100) as state:
        for number, text in enumerate(HOSTILE):
            top = tmp_path / str(number)
            (top / "d").mkdir(parents=True)
            (top / "exists").write_text("x\n")
            (top / "d" / "f").write_text("x\n")
            with tarfile.open(top / "a.tar", "w") as archive:
                archive.add(top / "exists", "f")
            hostile = text.format(mark=mark)
            usual = valid(operation, top)
            given = f"{top}/{hostile.replace('/', '_')}" if argument in PATHS else hostile
            arguments = {**usual, argument: shaped(usual[argument], given)}
            extras = [{"interpolate_variables": True}] if operation is files.replace else []
            for extra in ({}, *extras):
                with contextlib.suppress(PyinfraError):
                    add_op(state, operation, **arguments, **extra, _ignore_errors=True, _chdir=str(top))
        with contextlib.suppress(PyinfraError):
            run_ops(state)
    assert not mark.exists()
    assert not [*tmp_path.rglob("mark")]
