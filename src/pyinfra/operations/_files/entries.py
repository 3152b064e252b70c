"""What is at a path: making way for something else, parent directories, and what the facts will say afterwards."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pyinfra._core.records import Record
from pyinfra.api import OperationError, StringCommand
from pyinfra.api.planning import affects, promise, tree
from pyinfra.api.planning import path as path_resource
from pyinfra.facts._files.contents import FileText
from pyinfra.facts._shell import path_word
from pyinfra.facts.files import Directory, File, Link, Sha1File
from pyinfra.operations.util.files import get_timestamp

from .paths import host_path, removable


class Force(Record):
    """What to do with something of another kind that is in the way.

    Attributes:
        wanted: whether it may go at all.
        backup: move it away instead of removing it.
        backup_dir: where to; None for the directory that it is in.
    """

    wanted: bool
    backup: bool
    backup_dir: str | None

    @classmethod
    def checked(cls, force: bool, force_backup: bool, force_backup_dir: Any) -> Force:
        """Make it of the arguments of an operation."""
        directory = host_path(force_backup_dir, "force_backup_dir") if force_backup_dir else None
        return cls(force, force_backup, directory)

    def refuse_unless_wanted(self, path: str, noun: str) -> None:
        """Raise ``OperationError`` when what is in the way has to stay."""
        if not self.wanted:
            raise OperationError(
                f"{path} exists and is not a {noun}",
                hint="force=True moves it away first, and with force_backup=False removes it",
            )

    def commands(self, path: str) -> Iterator[StringCommand]:
        """Yield what gets it out of the way."""
        affects(tree(removable(path)))
        if not self.backup:
            yield StringCommand("rm", "-rf", path_word(path))
            return
        kept = f"{path.rstrip('/')}.{get_timestamp()}"
        if self.backup_dir is not None:
            yield StringCommand("mkdir", "-p", path_word(self.backup_dir))
            kept = posixpath.join(self.backup_dir, posixpath.basename(kept))
            affects(tree(self.backup_dir))
        affects(path_resource(kept))
        yield StringCommand("mv", path_word(path), path_word(kept))


def make_parents(missing: Sequence[str]) -> Iterator[StringCommand]:
    """Yield the command that makes directories which are missing.

    Args:
        missing: what ``missing_parents`` returned.
    """
    if missing:
        yield StringCommand("mkdir", "-p", path_word(missing[-1]))
    for directory in missing:
        promise_entry(directory, Directory, NEW_DIRECTORY)


# -- promises ------------------------------------------------------------------------------

NEW_DIRECTORY: Mapping[str, Any] = dict.fromkeys(("user", "group", "mode", "size", "atime", "mtime", "ctime"))


def promise_entry(path: str, kind: type[File], attributes: Mapping[str, Any]) -> None:
    """Say what will be at a path.

    Args:
        path: on the host.
        kind: the fact that has it: ``File``, ``Directory`` or ``Link``.
        attributes: the value of that fact, with None for what cannot be known beforehand.
    """
    for name in _names(path):
        for fact in (File, Directory, Link):
            if fact is kind:
                promise(fact, dict(attributes), exact=False, path=name)
            else:
                promise(fact, False, path=name)


def promise_gone(path: str) -> None:
    """Say that nothing will be at a path."""
    for name in _names(path):
        for fact in (File, Directory, Link, Sha1File, FileText):
            promise(fact, None, path=name)


def _names(path: str) -> tuple[str, ...]:
    """A directory is asked for with and without a slash at its end."""
    bare = path.rstrip("/")
    return (path,) if bare in ("", path) else (path, bare)
