"""Directories that programs are found in at the next login."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfra import host
from pyinfra.api import StringCommand
from pyinfra.api.planning import change, prefetch, promise
from pyinfra.facts._python.profiles import InProfiles
from pyinfra.facts.server import Path


def found_at_login(directory: str, add: str) -> Iterator[StringCommand]:
    """Yield what has programs of a directory found, unless they are, or will be.

    Args:
        directory: with programs.
        add: command that adds it to files that are read at login.
    """
    prefetch(Path)
    prefetch(InProfiles, directory=directory)
    if directory in (host.get_fact(Path) or "").split(":") or host.get_fact(InProfiles, directory=directory):
        host.noop(f"programs in {directory} are found")
        return
    yield StringCommand(add)
    change(f"programs in {directory}", "found at login", None, "yes")
    promise(InProfiles, True, directory=directory)
