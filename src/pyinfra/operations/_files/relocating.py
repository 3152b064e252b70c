"""What ``files.copy`` and ``files.move`` share: something on the host that shall be in another directory of it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pyinfra import host
from pyinfra.api import FactBase, OperationError, OperationValueError, StringCommand
from pyinfra.api.planning import Resource, affects, prefetch, promise, tree
from pyinfra.facts._shell import path_word, script, tree_resources
from pyinfra.facts.files import Directory, File, Link

from .entries import promise_entry, promise_gone
from .paths import host_path, removable

Kind = type[File]


_DIGEST = """for p in sha1sum sha1 shasum 'openssl dgst -sha1' cksum; do
if command -v "${p%% *}" >/dev/null 2>&1; then break; fi; done
digest() { $p "$@"; }
"""
# Everything below a directory, with what it holds: diff(1) would look through links.
_LISTING = """listing() {
cd "$1" && { find . -type d; echo; find . ! -type d ! -type f ! -type l; echo; find . -type f -exec $p {} +; echo
find . -type l -exec sh -c 'for l do printf "%s " "$l"; readlink "$l"; done' sh {} +; } 2>&1 | LC_ALL=C sort
}
"""


class SameContent(FactBase[bool]):
    """Whether two entries are of one kind and hold the same: files, links, or directories with all that is below."""

    default = staticmethod(lambda: False)
    in_plans = False

    def command(self, path: str, other: str) -> StringCommand:
        return script(
            _DIGEST, _LISTING, "a=", path_word(path), " b=", path_word(other), "\n",
            'if [ -L "$a" ] || [ -L "$b" ]; then [ -L "$a" ] && [ -L "$b" ] && '
            '[ "$(readlink -- "$a" && echo .)" = "$(readlink -- "$b" && echo .)" ]\n'
            'elif [ -f "$a" ] && [ -f "$b" ]; then cmp -s -- "$a" "$b"\n'
            'elif [ -d "$a" ] && [ -d "$b" ]; then '
            'one=$(listing "$a" | digest) && two=$(listing "$b" | digest) && [ -n "$one" ] && [ "$one" = "$two" ]\n'
            "else false; fi && echo same || :",
        )  # fmt: skip

    def resources(self, path: str, other: str) -> Iterable[Resource] | None:
        one, two = tree_resources(path), tree_resources(other)
        return None if one is None or two is None else (*one, *two)

    def process(self, output: list[str]) -> bool:
        return output == ["same"]


@dataclass(frozen=True, slots=True)
class Entry:
    """Something at a path of the host.

    Attributes:
        path: where.
        exists: whether there is anything.
        kind: the fact that tells of it: ``File``, ``Directory`` or ``Link``; None for anything else.
        attributes: the value of that fact.
    """

    path: str
    exists: bool
    kind: Kind | None = None
    attributes: Mapping[str, Any] | None = None

    @staticmethod
    def prefetch(path: str) -> None:
        """Start finding out what is there; all of it is one process."""
        for kind in (File, Directory, Link):
            prefetch(kind, path=path)

    @classmethod
    def read(cls, path: str) -> Entry:
        """Find out what is there."""
        cls.prefetch(path)
        if host.get_fact(File, path=path) is None:
            return cls(path, False)
        for kind in (File, Directory, Link):
            attributes = host.get_fact(kind, path=path)
            if attributes:
                return cls(path, True, kind, attributes)
        return cls(path, True)


@dataclass(frozen=True, slots=True)
class Relocation:
    """From one place to another.

    Attributes:
        source: what is copied or moved.
        target: what is there in the directory under the same name.
        same: whether both hold the same.
    """

    source: Entry
    target: Entry
    same: bool

    @classmethod
    def read(cls, src: Any, dest: Any) -> Relocation:
        """Look at both places.

        Args:
            src: path on the host.
            dest: directory on the host.

        Raises:
            OperationError: ``dest`` is no directory.
            OperationValueError: ``src`` names no entry of a directory, or ``dest`` is inside of it.
        """
        src, dest = removable(host_path(src, "src"), "src"), host_path(dest, "dest")
        source = src.rstrip("/")
        target = posixpath.join(dest, posixpath.basename(source))
        if posixpath.normpath(dest).startswith(f"{posixpath.normpath(source)}/"):
            raise OperationValueError(f"{source} cannot be put into {dest}, which is a part of it", argument="dest")
        for path in (source, target, dest):
            Entry.prefetch(path)
        prefetch(SameContent, path=source, other=target)
        _check_directory(dest)
        there = Entry.read(target)
        same = there.exists and host.get_fact(SameContent, path=source, other=target)
        return cls(Entry.read(source), there, same)

    @property
    def is_same_path(self) -> bool:
        """Whether it is in that directory already."""
        return posixpath.normpath(self.source.path) == posixpath.normpath(self.target.path)

    def promise_target(self, attributes: Mapping[str, Any] | None) -> None:
        """Say what will be in the directory; of something that is not there yet only where."""
        affects(tree(self.target.path))
        if self.source.kind is not None and attributes is not None:
            promise_entry(self.target.path, self.source.kind, attributes)

    def promise_source_gone(self) -> None:
        """Say that it will not be where it was."""
        affects(tree(self.source.path))
        promise_gone(self.source.path)

    def promise_same(self) -> None:
        """Say that both will hold the same."""
        promise(SameContent, True, path=self.source.path, other=self.target.path)


def _check_directory(dest: str) -> None:
    """A directory that is not there may be made before this runs; then that says so."""
    if host.get_fact(File, path=dest) is None or host.get_fact(Directory, path=dest):
        return
    if not host.get_fact(Link, path=dest):
        raise OperationError(f"{dest} is not a directory", argument="dest")
