"""Bringing a file to a host only if it differs, with its owner and permissions in one step."""

from __future__ import annotations

import posixpath
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyinfra import config, host
from pyinfra._lib.modes import others_may_read
from pyinfra._lib.text_diff import summary, unified
from pyinfra.api import OperationError, OperationTypeError, StringCommand, WriteFileCommand
from pyinfra.api.planning import affects, change, prefetch, promise
from pyinfra.api.planning import path as path_resource
from pyinfra.facts._files.contents import FileContent, FileText
from pyinfra.facts.files import Directory, File, Link, Md5File, Sha1File, Sha256File

from .attributes import Attributes
from .entries import make_parents, promise_entry
from .paths import missing_parents
from .sources import SMALL, Source
from .times import WantedTime, time_commands

Commands = Generator[StringCommand | WriteFileCommand, None, None]

_DIGESTS = ((Sha1File, "sha1"), (Md5File, "md5"), (Sha256File, "sha256"))  # some hosts lack the one or the other
_MOST_LINKS = 8


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that shall be on the host.

    Attributes:
        source: what it shall hold.
        dest: where; a directory gets the file under its own name.
        wanted: owner and permissions.
        times: times that it shall have.
        create_remote_dir: make the directory that it is in when that is missing.
        force: write it even if it is there already.
        secrets: texts in it that must not be seen.
        replaces: digest of what the file holds until then; see ``WriteFileCommand``.
    """

    source: Source
    dest: str
    wanted: Attributes
    times: Sequence[WantedTime] = ()
    create_remote_dir: bool = True
    force: bool = False
    secrets: Iterable[str] = field(default=(), repr=False)
    replaces: str | None = None

    def commands(self) -> Commands:
        """Read what is there, and yield what is needed."""
        path, found, passed = find_place(self.dest, self.source.name)
        if found and not self.force and _same_content(path, self.source):
            yield from self._adjust(path, found)
        else:
            yield from self._write(path, found)
        if passed:
            affects(*map(path_resource, passed))

    def _adjust(self, path: str, found: Mapping[str, Any]) -> Commands:
        """The content is right: see to the rest."""
        yield from self.wanted.commands(path, found)
        yield from time_commands(path, found, list(self.times))
        differs = self.wanted.owner_differs(found) or self.wanted.mode_differs(found)
        if not differs and not any(time.differs(found) for time in self.times):
            host.noop(f"file {path} is already up to date")
            return
        self._promise_attributes(path, found, size=found.get("size"))

    def _write(self, path: str, found: Mapping[str, Any] | None) -> Commands:
        missing = missing_parents(path) if found is None and self.create_remote_dir else []
        data = self.source.data()
        tell_content(path, found, data, self.wanted, self.secrets)
        yield from make_parents(missing)
        mode = self.wanted.mode
        yield WriteFileCommand(
            self.source.src,
            path,
            mode=None if mode is None else str(mode),
            user=self.wanted.user,
            group=self.wanted.group,
            replaces=self.replaces,
        )
        for time in self.times:
            yield time.command(path)
        promise_content(path, data, secret=bool(self.secrets))
        if data is None and not self.source.assumed:
            promise(Sha1File, self.source.digest("sha1"), path=path)
        self._promise_attributes(path, found, size=self.source.size, written=True)

    def _promise_attributes(
        self, path: str, found: Mapping[str, Any] | None, size: int | None, written: bool = False
    ) -> None:
        after = self.wanted.after(found)
        if written:
            after.update(atime=None, mtime=None)
        after.update({time.field.value: time.moment for time in self.times}, size=size)
        promise_entry(path, File, after)


def find_place(dest: str, name: str | None) -> tuple[str, Mapping[str, Any] | None, list[str]]:
    """Find out where exactly a file is to be written.

    Args:
        dest: path of the file, of a link to it, or of a directory for it.
        name: what it is called in a directory.

    Returns:
        The path, what the ``File`` fact says of it (None when there is nothing), and the links that lead there.

    Raises:
        OperationError: something else is there.
        OperationTypeError: it is a directory, and the file has no name.
    """
    path = posixpath.join(dest, _named(dest, name)) if dest.endswith("/") else dest
    passed: list[str] = []
    while True:
        inside = posixpath.join(path, name) if name else path
        for looked_at in (path, inside):  # both cost no more than one
            prefetch(Sha1File, path=looked_at)
            prefetch(File, path=looked_at)
        found = host.get_fact(File, path=path)
        if found is not False:
            return path, found, passed
        if host.get_fact(File, path=inside):
            return inside, host.get_fact(File, path=inside), passed
        prefetch(Link, path=path)
        if host.get_fact(Directory, path=path):
            path = posixpath.join(path, _named(path, name))
            continue
        link = host.get_fact(Link, path=path)
        if not link or len(passed) >= _MOST_LINKS:
            raise OperationError(f"{path} exists and is not a file")
        passed.append(path)
        path = posixpath.normpath(posixpath.join(posixpath.dirname(path), link["link_target"]))


def _named(directory: str, name: str | None) -> str:
    if name is None:
        raise OperationTypeError(
            f"dest {directory} is a directory, and src is an open file, which has no name",
            argument="dest",
            hint="give the path of the file itself",
        )
    return name


def _same_content(path: str, source: Source) -> bool:
    """Compare by whatever digest the host can compute."""
    if source.assumed:
        return False
    for fact, algorithm in _DIGESTS:
        remote = host.get_fact(fact, path=path)
        if remote is not None:
            return bool(remote == source.digest(algorithm))
    return False


# -- what changes --------------------------------------------------------------------------


def is_public(found: Mapping[str, Any] | None, wanted: Attributes) -> bool:
    """Whether everybody on the host may read the file, now and then."""
    now = found.get("mode") if found else None
    then = wanted.after(found).get("mode")
    return others_may_read(now) and others_may_read(then)


def tell_content(
    path: str, found: Mapping[str, Any] | None, data: bytes | None, wanted: Attributes, secrets: Iterable[str] = ()
) -> None:
    """Put the change of a content into the plan: as a diff where it is text that everybody may see.

    Reads the present content when it is small enough to be shown.
    """
    may_show = data is not None and (config.DIFF or is_public(found, wanted))
    before: bytes | None = None
    if found and may_show and 0 < found.get("size", 0) <= SMALL:
        content = host.get_fact(FileText, path=path)
        before = content.data if content else None
    shown = unified(before, data, secrets) if may_show else None
    size = found.get("size") if found else None
    was = None if not found else summary(before) or f"{'unknown' if size is None else size} bytes"
    change(f"file {path}", "content", was, shown or ("new content" if data is None or secrets else summary(data)))


def promise_content(path: str, data: bytes | None, *, secret: bool = False) -> None:
    """Say what a file will hold; of something secret its digest only."""
    if data is None:
        return
    import hashlib

    promise(Sha1File, hashlib.sha1(data, usedforsecurity=False).hexdigest(), path=path)
    if not secret:
        promise(FileText, FileContent.of(data), path=path)
