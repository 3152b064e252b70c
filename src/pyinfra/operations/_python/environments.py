"""Virtual environments of Python."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from pyinfra import host
from pyinfra.api import OperationTypeError, QuoteString, StringCommand
from pyinfra.api.planning import affects, change, tree
from pyinfra.api.planning import path as path_resource
from pyinfra.facts._shell import path_word
from pyinfra.facts.files import File
from pyinfra.operations._files.entries import promise_entry
from pyinfra.operations._files.paths import host_path, removable

# Debian has no program "python".
PYTHON = '"$(command -v python3 || command -v python || echo python3)"'


def checked_environment(path: Any, python: Any) -> str:
    """Return the path of an environment, or raise an error for what cannot be one."""
    if python is not None and (not isinstance(python, str) or not python or "\0" in python):
        raise OperationTypeError(f"python must be a program or a version, not {python!r}", argument="python")
    return host_path(path, "path").rstrip("/") or "/"


def environment(path: str, make: StringCommand, present: bool) -> Iterator[StringCommand]:
    """Yield what makes a virtual environment, or removes it.

    Args:
        path: of it.
        make: command that makes it.
        present: whether it shall be there.
    """
    marker = posixpath.join(path, "bin/activate")
    there = bool(host.get_fact(File, path=marker))
    if there == present:
        host.noop(f"virtual environment {path} {'exists' if present else 'does not exist'}")
        return
    if present:
        yield make
        change(f"virtual environment {path}", "exists", None, "yes")
    else:
        yield StringCommand("rm", "-rf", path_word(removable(path)))
        change(f"virtual environment {path}", "exists", "yes", None)
    affects(tree(path), path_resource(path))
    if present:
        unknown = dict.fromkeys(("user", "group", "mode", "size", "atime", "mtime", "ctime"))
        promise_entry(marker, File, unknown)


def words_of_python(python: str | None) -> StringCommand:
    """Return the shell word of an interpreter: the one that was told, or the usual one."""
    return StringCommand(PYTHON if python is None else QuoteString(python))
