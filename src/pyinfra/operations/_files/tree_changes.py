"""Commands that bring many entries of a tree to where they should be, a few entries each."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pyinfra.api import QuoteString, StringCommand, WriteFileCommand
from pyinfra.facts._shell import path_word
from pyinfra.operations.util.files import chown

from .attributes import Attributes

_LONGEST = 64 * 1024  # characters; what every system takes as the arguments of a program
_OWNER_CAN_WORK = 0o300


@dataclass(slots=True)
class TreeChanges:
    """What is to be done, in the order of the fields.

    Attributes:
        gone: paths that go, with everything below.
        directories: new ones with their attributes, the outer ones first.
        links: paths of links, with their targets.
        files: files that are written.
        owners: paths by the owner and group that they get; of links the links themselves.
        link_owners: the same for links.
        modes: paths by the permissions that they get.
    """

    gone: list[str] = field(default_factory=list)
    directories: list[tuple[str, Attributes]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    files: list[StringCommand | WriteFileCommand] = field(default_factory=list)
    owners: dict[tuple[str | None, str | None], list[str]] = field(default_factory=lambda: defaultdict(list))
    link_owners: dict[tuple[str | None, str | None], list[str]] = field(default_factory=lambda: defaultdict(list))
    modes: dict[int | str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def set_attributes(self, path: str, wanted: Attributes, *, owner: bool = True, mode: bool = True) -> None:
        """Give something that is there an owner or permissions."""
        if owner and (wanted.user is not None or wanted.group is not None):
            self.owners[wanted.user, wanted.group].append(path)
        if mode and wanted.mode is not None:
            self.modes[wanted.mode].append(path)

    def commands(self) -> Iterator[StringCommand | WriteFileCommand]:
        """Yield what does it."""
        yield from _on_many(["rm", "-rf", "--"], self.gone)
        yield from self._make_directories()
        for path, target in self.links:
            yield StringCommand("ln", "-s", "--", QuoteString(target), path_word(path))
        yield from self.files
        for owners, options in ((self.owners, {}), (self.link_owners, {"dereference": False})):
            for (user, group), paths in owners.items():
                yield from _on_many(chown("x", user, group, **options).bits[:-1], paths)
        for mode, paths in self.modes.items():
            yield from _on_many(["chmod", QuoteString(str(mode)), "--"], paths)

    def _make_directories(self) -> Iterator[StringCommand]:
        """A directory that nobody may look into is made so before there is something in it."""
        yield from _on_many(["mkdir", "-p", "--"], [path for path, _ in self.directories])
        now: dict[int | str, list[str]] = defaultdict(list)
        for path, wanted in self.directories:
            self.set_attributes(path, wanted, mode=False)
            if wanted.mode is None:
                continue
            works = not isinstance(wanted.mode, int) or int(str(wanted.mode), 8) & _OWNER_CAN_WORK == _OWNER_CAN_WORK
            (now if works else self.modes)[wanted.mode].append(path)
        for mode, paths in now.items():
            yield from _on_many(["chmod", QuoteString(str(mode)), "--"], paths)


def _on_many(start: Sequence[object], paths: Iterable[str]) -> Iterator[StringCommand]:
    """The same command on as many paths at once as its arguments may be long."""
    words: list[object] = []
    length = 0
    for path in paths:
        if words and length + len(path) > _LONGEST:
            yield StringCommand(*start, *words)
            words, length = [], 0
        words.append(path_word(path))
        length += len(path) + 3
    if words:
        yield StringCommand(*start, *words)


def joined(top: str, name: str) -> str:
    """Return the path of an entry of a tree on the host."""
    return top if name == "." else posixpath.join(top, name)
