"""Giving a repository to its owner."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfra.api import StringCommand
from pyinfra.operations.util.files import chown


def owner_commands(path: str, user: str | None, group: str | None) -> Iterator[StringCommand]:
    """Yield what gives everything below a path to a user and group."""
    if user or group:
        yield chown(path, user, group, recursive=True)
