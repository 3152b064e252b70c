"""Paths on the host: what may be one, and which directories are missing on the way to it."""

from __future__ import annotations

import os
import posixpath
from typing import Any

from pyinfra import host
from pyinfra.api import OperationTypeError, OperationValueError
from pyinfra.api.planning import prefetch
from pyinfra.facts.files import Directory
from pyinfra.facts.server import Home


def checked_path(value: Any, argument: str = "path") -> str:
    """Return a path given as text or as a path object.

    Raises:
        OperationTypeError: it is something else.
        OperationValueError: it is empty or holds a NUL.
    """
    if not isinstance(value, (str, os.PathLike)):
        kind = type(value).__name__
        raise OperationTypeError(f"{argument} must be a text or a path, not {kind}: {value!r}", argument=argument)
    path = os.fspath(value)
    if not isinstance(path, str):
        raise OperationTypeError(f"{argument} must be a text, not bytes: {value!r}", argument=argument)
    if not path or "\0" in path:
        raise OperationValueError(f"{argument} cannot be {path!r}: it names no file", argument=argument)
    return path


def host_path(value: Any, argument: str = "path") -> str:
    """Return a path on the host, checked; a leading ``~`` is the home directory of the user that commands run as.

    Raises:
        OperationTypeError: it is neither a text nor a path.
        OperationValueError: it is empty or holds a NUL.
    """
    path = checked_path(value, argument)
    if path != "~" and not path.startswith("~/"):
        return path
    home = host.get_fact(Home)
    return f"{home.rstrip('/')}{path[1:]}" if home else path


def removable(path: str, argument: str = "path") -> str:
    """Return a path that may be removed with everything below.

    Raises:
        OperationValueError: it is the root of the file system, or relative and leads out of the working directory.
    """
    normal = posixpath.normpath(path)
    if normal.strip("/") == "" or normal in (".", "..") or normal.startswith("../"):
        raise OperationValueError(f"{argument} {path!r} is not going to be removed", argument=argument)
    return path


def missing_parents(path: str) -> list[str]:
    """Return those directories above a path that are not there, the outermost first. Reads them in one go."""
    above = _parents(path)
    for parent in above:
        prefetch(Directory, path=parent)
    missing: list[str] = []
    for parent in above:
        # False: there is something else, such as a link to a directory. It is never touched.
        if host.get_fact(Directory, path=parent) is not None:
            break
        missing.insert(0, parent)
    return missing


def _parents(path: str) -> list[str]:
    """The directories above a path, the innermost first, without those that are there for sure."""
    found: list[str] = []
    parent = posixpath.dirname(path.rstrip("/"))
    while parent.strip("/") not in ("", ".", "~"):
        found.append(parent)
        parent = posixpath.dirname(parent)
    return found
