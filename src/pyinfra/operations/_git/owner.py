"""Giving a repository to its owner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pyinfra.api import StringCommand
from pyinfra.api.planning import affects, tree
from pyinfra.facts.files import Directory
from pyinfra.operations._files.attributes import Attributes
from pyinfra.operations._files.entries import NEW_DIRECTORY, promise_entry
from pyinfra.operations.util.files import chown


def owner_commands(path: str, owner: Attributes, found: Mapping[str, Any] | None) -> Iterator[StringCommand]:
    """Yield what gives everything below a path to a user and group.

    Args:
        path: of a repository or checkout.
        owner: who shall have it; nobody in particular, to do nothing.
        found: the ``Directory`` fact; None for something new.
    """
    if owner.user is None and owner.group is None:
        return
    yield chown(path, owner.user, owner.group, recursive=True)
    affects(tree(path))
    promise_entry(path, Directory, {**owner.after(found or NEW_DIRECTORY, directory=True), "size": None, "mtime": None})
