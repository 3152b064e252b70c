"""A directory of this machine with all that is below it, looked at while planning."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from pyinfra import state
from pyinfra.api import OperationTypeError, OperationValueError
from pyinfra.api.util import get_file_path

from .paths import checked_path


@dataclass(frozen=True, slots=True)
class LocalEntry:
    """Something in the directory.

    Attributes:
        path: on this machine.
        mode: its permissions, as ``chmod`` takes them, without a leading zero.
        size: of a file, in bytes.
        target: of a link.
    """

    path: str
    mode: int
    size: int = 0
    target: str = ""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What is left out.

    Attributes:
        patterns: of the whole paths of files and links, in which ``*`` stands for slashes too.
        directories: of paths of directories relative to the top; with all that is below them.
    """

    patterns: Sequence[str] = ()
    directories: Sequence[str] = ()

    @classmethod
    def checked(cls, exclude: Any, exclude_dir: Any) -> Exclusion:
        """Make one of the arguments of an operation.

        Raises:
            OperationTypeError: one of them is neither a text nor a list of texts.
        """
        return cls(_patterns("exclude", exclude), _patterns("exclude_dir", exclude_dir))

    def covers(self, path: str) -> bool:
        """Whether a file or link of this whole path is left out."""
        return any(fnmatch(path, pattern) for pattern in self.patterns)

    def covers_directory(self, relative: str) -> bool:
        """Whether a directory is left out, or is in one that is."""
        if not self.directories:
            return False
        parts = relative.split("/")
        above = ("/".join(parts[:count]) for count in range(1, len(parts) + 1))
        return any(fnmatch(name, pattern) for name in above for pattern in self.directories)


@dataclass(slots=True)
class LocalTree:
    """What is in a directory of this machine, by path relative to it, itself as ``"."``."""

    directories: dict[str, LocalEntry] = field(default_factory=dict)
    files: dict[str, LocalEntry] = field(default_factory=dict)
    links: dict[str, LocalEntry] = field(default_factory=dict)

    @classmethod
    def read(cls, src: Any, add_deploy_dir: bool, exclusion: Exclusion) -> LocalTree:
        """Look at a directory.

        Args:
            src: path on this machine.
            add_deploy_dir: take it to be relative to the directory of the deploy.
            exclusion: what is left out.

        Raises:
            LocalDirectoryError: it is no directory.
        """
        given = checked_path(src, "src")
        top = get_file_path(state, given) if add_deploy_dir else given
        if not os.path.isdir(top):  # noqa: PTH112 - also false for what Path would raise an error for
            raise LocalDirectoryError(given, top)
        tree = cls()
        tree.directories["."] = _entry(top)
        for name, path in _walk(top.rstrip("/") or "/", "", exclusion):
            tree._add(name, path)
        return tree

    def _add(self, name: str, path: str) -> None:
        entry = _entry(path)
        kind = stat.S_IFMT(os.lstat(path).st_mode)
        if kind == stat.S_IFLNK:
            self.links[name] = entry
        elif kind == stat.S_IFDIR:
            self.directories[name] = entry
        elif kind == stat.S_IFREG:
            self.files[name] = entry

    def names(self) -> set[str]:
        """All there is."""
        return {*self.directories, *self.files, *self.links}


class LocalDirectoryError(OperationValueError, OSError):
    """A directory of this machine is not there. An ``OSError`` too, as it has always been."""

    def __init__(self, given: str, path: str) -> None:
        kind = "is not a directory" if os.path.exists(path) else "does not exist"  # noqa: PTH110
        super().__init__(
            f"src {given!r}: the directory {path} {kind} on this machine",
            argument="src",
            hint="paths are relative to the directory of the deploy",
        )


@dataclass(frozen=True, slots=True)
class LateFile:
    """A file of this machine that is only open while it is read: of thousands not all can be."""

    path: str

    def read(self, size: int = -1) -> bytes:
        """Return its content."""
        with Path(self.path).open("rb") as file:
            return file.read(size)

    def seek(self, position: int) -> int:
        """Do nothing: it is always read from its beginning."""
        return position

    def __repr__(self) -> str:
        return self.path


def _walk(top: str, below: str, exclusion: Exclusion) -> Iterator[tuple[str, str]]:
    with os.scandir(f"{top}/{below}" if below else top) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        name = f"{below}/{entry.name}" if below else entry.name
        path = f"{top.rstrip('/')}/{name}"
        if not entry.is_dir(follow_symlinks=False):
            if not exclusion.covers(path):
                yield name, path
        elif not exclusion.covers_directory(name):
            yield name, path
            yield from _walk(top, name, exclusion)


def _entry(path: str) -> LocalEntry:
    found = os.lstat(path) if os.path.islink(path) else os.stat(path)  # noqa: PTH114, PTH116
    is_link = stat.S_ISLNK(found.st_mode)
    mode = int(f"{stat.S_IMODE(found.st_mode):o}")
    return LocalEntry(path, mode, found.st_size, os.readlink(path) if is_link else "")  # noqa: PTH115


def _patterns(argument: str, value: Any) -> Sequence[str]:
    patterns: Iterable[Any] = [value] if isinstance(value, str) else value or ()
    if isinstance(patterns, Mapping) or not all(isinstance(pattern, str) for pattern in patterns):
        raise OperationTypeError(f"{argument} must be a text or a list of texts, not {value!r}", argument=argument)
    return tuple(patterns)
