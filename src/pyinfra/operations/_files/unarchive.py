"""``files.unarchive``: what an archive holds, in a directory of the host."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from pyinfra import host
from pyinfra.api import OperationError, OperationTypeError, StringCommand, WriteFileCommand, operation
from pyinfra.api.planning import affects, change, prefetch, tree
from pyinfra.facts._shell import path_word, script
from pyinfra.facts.files import Directory, File, Link, Sha1File
from pyinfra.operations._public import public_in
from pyinfra.operations.util.files import chown

from .archives import ArchiveKind, Member, members_of
from .attributes import Attributes
from .paths import host_path, removable
from .sources import Source
from .uploading import Commands

_FACTS = {"file": File, "directory": Directory, "link": Link}


@operation()
@public_in("files")
def unarchive(
    src: str,
    dest: str,
    remote_src: bool = False,
    creates: str | None = None,
    extra_opts: list[str] | None = None,
    user: str | None = None,
    group: str | None = None,
) -> Commands:
    """Ensure that what an archive holds is in a directory of the host.

    An archive of this machine is compared with what is there first (by content, if it has no more than 2000 entries),
    and only brought when something differs. One of the host is unpacked every time, unless ``creates`` is given.

    Args:
        src: path of the archive on this machine: ``.tar``, ``.tar.gz``, ``.tar.bz2``, ``.tar.xz``, ``.tar.zst`` or
            ``.zip``.
        dest: directory on the host.
        remote_src: the archive is on the host already.
        creates: path on the host; when there is something, nothing is done.
        extra_opts: options of ``tar`` or ``unzip``: ``["--strip-components=1"]``. With them nothing is compared.
        user: who shall own the directory and everything in it.
        group: which group they shall belong to.

    Raises:
        OperationError: ``dest`` is not a directory.
        OperationValueError: there is no archive ``src``, it is of no known kind, or leads out of ``dest``.

    Example:
        files.unarchive(src="/tmp/app-1.2.tar.gz", dest="/srv", remote_src=True, creates="/srv/app-1.2/bin/app")
    """
    kind = ArchiveKind.of(host_path(src, "src") if remote_src else str(src))
    options = _options(extra_opts)
    dest = host_path(dest, "dest")
    owner = Attributes.checked(user, group)
    if owner.user is not None or owner.group is not None:
        removable(dest, "dest")  # all of it changes its owner
    source = None if remote_src else Source.checked(src, add_deploy_dir=True, assume_exists=False)
    members = members_of(str(source.src)) if source is not None and not options else None
    made = host_path(creates, "creates") if creates is not None else None
    _prefetch(dest, made, members)
    _check_directory(dest)
    if made is not None and host.get_fact(File, path=made) is not None:
        host.noop(f"{made} is there already")
        return
    if members is not None and all(_is_there(dest, name, member, owner) for name, member in members.items()):
        host.noop(f"what {src} holds is in {dest} already")
        return
    yield from _unpack(kind, source, src, dest, options)
    if owner.user is not None or owner.group is not None:
        yield chown(dest, owner.user, owner.group, recursive=True)
    change(f"directory {dest}", "content", "whatever it is", f"what {src} holds")
    affects(tree(dest))


def _unpack(kind: ArchiveKind, source: Source | None, src: str, dest: str, options: list[str]) -> Commands:
    if source is None:
        yield _command(host_path(src, "src"), dest, "", *kind.unpack(options))
        return
    archive = host.get_temp_filename()
    yield WriteFileCommand(source.src, archive, mode="600")
    yield _command(
        archive, dest, "trap 'rm -f \"$a\"' EXIT; trap 'exit 143' HUP INT PIPE TERM\n", *kind.unpack(options)
    )
    affects(tree(archive))


def _command(archive: str, dest: str, *body: Any) -> StringCommand:
    return script("a=", path_word(archive), " d=", path_word(dest), "\n", *body)


def _options(extra: Any) -> list[str]:
    if extra is None:
        return []
    if isinstance(extra, str) or not all(isinstance(option, str) for option in extra):
        raise OperationTypeError(f"extra_opts must be a list of texts, not {extra!r}", argument="extra_opts")
    return list(extra)


def _prefetch(dest: str, made: str | None, members: Mapping[str, Member] | None) -> None:
    for fact in _FACTS.values():
        prefetch(fact, path=dest)
    if made is not None:
        prefetch(File, path=made)
    for name, fact in _facts_of(members or {}):
        prefetch(fact, path=posixpath.join(dest, name))


def _facts_of(members: Mapping[str, Member]) -> Iterator[tuple[str, Any]]:
    for name, member in members.items():
        yield name, _FACTS[member.kind]
        if member.sha1 is not None:
            yield name, Sha1File


def _check_directory(dest: str) -> None:
    """A directory that is not there may be made before this runs; then that says so."""
    if host.get_fact(Directory, path=dest) is False and not host.get_fact(Link, path=dest):
        raise OperationError(f"{dest} is not a directory", argument="dest")


def _is_there(dest: str, name: str, member: Member, owner: Attributes) -> bool:
    path = posixpath.join(dest, name)
    found = host.get_fact(_FACTS[member.kind], path=path)
    if not found or owner.owner_differs(found):
        return False
    if member.kind == "link":
        return bool(found["link_target"] == member.target)
    if member.sha1 is None:
        return True
    return bool(found["size"] == member.size and host.get_fact(Sha1File, path=path) == member.sha1)
