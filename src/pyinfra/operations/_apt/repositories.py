"""``apt.repo``, ``apt.sources_file`` and ``apt.ppa``: where packages come from."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Generator
from io import BytesIO
from typing import Any

from pyinfra import host
from pyinfra._core.output import encode
from pyinfra._lib.packages.managers import AVAILABLE
from pyinfra.api import (
    OperationError,
    OperationTypeError,
    OperationValueError,
    QuoteString,
    StringCommand,
    WriteFileCommand,
    operation,
)
from pyinfra.api.planning import affects, change, path, prefetch, promise, tree
from pyinfra.facts._apt.repositories import AptRepo, AptSourcesFile, malformed, parse_apt_repo
from pyinfra.facts._apt.sources import SourceLines, repos_of
from pyinfra.facts._apt.updates import SOURCE_PARTS, SOURCES
from pyinfra.facts._files.contents import FileContent, FileText
from pyinfra.facts.apt import AptSources
from pyinfra.facts.files import Directory, File, Sha1File
from pyinfra.operations._files.attributes import Attributes
from pyinfra.operations._files.file import file
from pyinfra.operations._files.line import digest
from pyinfra.operations._files.sources import Source
from pyinfra.operations._files.uploading import Upload
from pyinfra.operations._public import public_in

Commands = Generator[StringCommand | WriteFileCommand, None, None]

_FILE_NAME = re.compile(r"[A-Za-z0-9_.-]+\Z")  # apt ignores others
_PPA = re.compile(r"ppa:([A-Za-z0-9.+-]+)(?:/(?:ubuntu/)?([A-Za-z0-9.+-]+))?\Z")
_LAUNCHPAD = r"https?://(?:private-)?ppa\.launchpad(?:content)?\.net"


@operation()
@public_in("apt")
def repo(src: str, present: bool = True, filename: str | None = None) -> Commands:
    """Ensure that apt gets packages from a repository, or that it does not.

    Args:
        src: the repository, as a line of ``sources.list``.
        present: whether it shall be there. Lines that name it are removed from all ``.list`` files, or from one.
        filename: name of a file below ``/etc/apt/sources.list.d`` for it, without ``.list``; ``sources.list`` when it
            is not given.

    Raises:
        OperationValueError: ``src`` is no such line, or ``filename`` is no name that apt reads.
        OperationError: a ``.sources`` file names the repository that shall not be there.

    Example:
        apt.repo(src="deb https://deb.example.org/debian bookworm main", filename="example")
    """
    wanted = _checked_line(src, present)
    target = _part(filename, ".list") if filename is not None else SOURCES
    _prefetch(target)
    repos = _repos()
    holders = [name for name, named in repos.items() if wanted in named]
    if present and not holders:
        yield from _add(src.strip(), target)
        after = {**repos, target: [*repos.get(target, []), wanted]}
    elif not present and (holders := [name for name in holders if filename is None or name == target]):
        yield from _remove(wanted, holders)
        after = {name: [one for one in named if one != wanted or name not in holders] for name, named in repos.items()}
    else:
        host.noop(f"{wanted.url} is {f'in {holders[0]}' if holders else 'no source of packages'}")
        return
    _tell(wanted, present)
    _promise_sources(after)


def _checked_line(src: Any, present: bool) -> AptRepo:
    """A line that apt does not understand has it do nothing any more; it may be taken out."""
    if not isinstance(src, str):
        raise OperationTypeError(f"src must be a text, not {src!r}", argument="src")
    wanted = parse_apt_repo(src) if "\0" not in src and len(src.splitlines()) == 1 else None
    why = malformed(wanted) if wanted and present else None
    if wanted is None or why:
        raise OperationValueError(f"{src!r} is no line of sources.list{f': {why[1]}' if why else ''}", argument="src",
                                  hint="deb https://deb.example.org/debian bookworm main")  # fmt: skip
    return wanted


def _repos() -> dict[str, list[AptRepo]]:
    """The repositories that there are, by file."""
    return {name: repos_of(name, lines) for name, lines in host.get_fact(SourceLines).items()}


def _prefetch(target: str) -> None:
    prefetch(SourceLines)
    for fact in (File, FileText, Sha1File):
        prefetch(fact, path=target)
    prefetch(Directory, path=SOURCE_PARTS)


def _add(line: str, target: str) -> Commands:
    content = host.get_fact(FileText, path=target)
    text = (content.text if content else None) or ""
    apart = "\n" if text and not text.endswith("\n") else ""
    yield from _replace(target, content, f"{text}{apart}{line}\n")


def _remove(wanted: AptRepo, holders: list[str]) -> Commands:
    for name in holders:
        if name.endswith(".sources"):
            short = posixpath.basename(name).removesuffix(".sources")
            raise OperationError(f"{name} names {wanted.url}, which cannot be taken out of it line by line",
                                 hint=f"apt.sources_file(filename={short!r}, present=False) removes it")  # fmt: skip
    for name in holders:
        content = host.get_fact(FileText, path=name)
        lines = ((content.text if content else None) or "").split("\n")
        yield from _replace(name, content, "\n".join(line for line in lines if parse_apt_repo(line) != wanted))


def _replace(target: str, content: FileContent | None, text: str) -> Commands:
    """Write a file anew, unless somebody else has changed it meanwhile."""
    yield from _upload(target, text, digest(content.data or b"") if content else None)


def _upload(target: str, text: str, replaces: str | None = None) -> Commands:
    mode = None if host.get_fact(File, path=target) else "644"
    source = Source(BytesIO(encode(text)), None)
    yield from Upload(source, target, Attributes.checked(None, None, mode), replaces=replaces).commands()


def _tell(repo: AptRepo, present: bool) -> None:
    shown = " ".join([repo.type, repo.url, repo.distribution, *repo.components])
    change(f"repository {shown}", "present", None if present else True, True if present else None)


def _promise_sources(repos: dict[str, list[AptRepo]]) -> None:
    promise(AptSources, [repo for named in repos.values() for repo in named], exact=False)


def _part(filename: Any, suffix: str) -> str:
    """The path of a file with sources."""
    if not isinstance(filename, str):
        raise OperationTypeError(f"filename must be a text, not {filename!r}", argument="filename")
    name = filename.removesuffix(suffix)
    if not _FILE_NAME.match(name) or name in (".", ".."):
        raise OperationValueError(f"apt reads no file that is called {filename!r}", argument="filename",
                                  hint="letters, digits, - _ and . only")  # fmt: skip
    return f"{SOURCE_PARTS}/{name}{suffix}"


# -- stanzas -------------------------------------------------------------------------------


@operation()
@public_in("apt")
def sources_file(
    filename: str,
    types: list[str] | str = "deb",
    uris: list[str] | str | None = None,
    suites: list[str] | str | None = None,
    components: list[str] | str | None = None,
    architectures: list[str] | str | None = None,
    signed_by: str | None = None,
    present: bool = True,
) -> Commands:
    """Ensure that a ``.sources`` file names repositories, or that it is not there.

    Nothing is done when there is no such file and other ones name all of them. Texts may hold several words.

    Args:
        filename: name of the file below ``/etc/apt/sources.list.d``, without ``.sources``.
        types: ``deb``, ``deb-src`` for sources.
        uris: where the repositories are.
        suites: their releases; a path that ends in a slash for a flat repository.
        components: such as ``main``.
        architectures: for which; all of the host's when it is not given.
        signed_by: file with the keys that sign them, or one armored key itself.
        present: whether it shall be there.

    Raises:
        OperationError: ``uris`` or ``suites`` are missing.
        OperationValueError: something in them cannot be written to such a file.

    Example:
        apt.sources_file(
            filename="docker",
            uris="https://download.docker.com/linux/debian",
            suites="bookworm",
            components="stable",
            signed_by="/etc/apt/keyrings/docker.asc",
        )
    """
    target = _part(filename, ".sources")
    if not present:
        _prefetch(target)
        yield from _without(target)
        return
    stanza = _stanza(types, uris, suites, components, architectures, signed_by)
    _prefetch(target)
    repos = _repos()
    there = repos[target] if target in repos else [repo for named in repos.values() for repo in named]
    wanted = stanza.repos()
    if all(repo in there for repo in wanted) and (target not in repos or len(there) == len(wanted)):
        host.noop(f"the repositories of {target} are there")
        return
    yield from _upload(target, stanza.text())
    for repo in wanted:
        if repo not in there:
            _tell(repo, present=True)
    _promise_sources({**repos, target: wanted})


def _without(target: str) -> Commands:
    repos = _repos()
    yield from file._inner(path=target, present=False)
    if target in repos:
        for repo in repos.pop(target):
            _tell(repo, present=False)
        _promise_sources(repos)


def _stanza(types: Any, uris: Any, suites: Any, components: Any, architectures: Any, signed_by: Any) -> AptSourcesFile:
    given = {"types": types, "uris": uris, "suites": suites, "components": components, "architectures": architectures}
    parts = {name: _parts(name, value) for name, value in given.items()}
    for name in ("types", "uris", "suites"):
        if not parts[name]:
            raise OperationError(f"{name} of the repositories are missing", argument=name)
    if signed_by is not None and not isinstance(signed_by, str):
        raise OperationTypeError(f"signed_by must be a text, not {signed_by!r}", argument="signed_by")
    key = signed_by.strip() if signed_by else None
    keys = ([key] if "-----BEGIN" in key else re.split(r"[\s,]+", key)) if key else None
    stanza = AptSourcesFile(
        parts["types"], parts["uris"], parts["suites"], parts["components"], parts["architectures"] or None, keys
    )
    _check_stanza(stanza)
    return stanza


def _check_stanza(stanza: AptSourcesFile) -> None:
    wrong = sorted({*stanza.types} - {"deb", "deb-src"})
    if wrong:
        raise OperationValueError(f"types has {wrong[0]!r}, which is neither deb nor deb-src", argument="types")
    paths = [suite for suite in stanza.suites if suite.endswith("/")]
    if paths and stanza.components:
        raise OperationValueError(f"{paths[0]!r} is a path, and such have no components", argument="components")
    for argument, why in filter(None, map(malformed, stanza.repos())):
        raise OperationValueError(why, argument=argument)


def _parts(argument: str, value: Any) -> list[str]:
    """Words, given as a text or as a list."""
    if value is None:
        return []
    texts = [value] if isinstance(value, str) else list(value)
    if not all(isinstance(text, str) for text in texts):
        raise OperationTypeError(f"{argument} must be texts, not {value!r}", argument=argument)
    return [word for text in texts for word in text.split()]


# -- archives of people --------------------------------------------------------------------


@operation(is_idempotent=False)
@public_in("apt")
def ppa(src: str, present: bool = True) -> Commands:
    """Ensure that packages come from somebody's archive on Launchpad, or that they do not.

    Needs ``apt-add-repository`` on the host, of the package ``software-properties-common``. Nothing is done when the
    sources have ``ppa:USER/NAME`` already; whatever else that program takes is given to it every time.

    Args:
        src: the archive: ``ppa:deadsnakes/ppa``.
        present: whether they shall come from there.

    Raises:
        OperationValueError: ``src`` would be taken for an option.

    Example:
        apt.ppa(src="ppa:deadsnakes/ppa")
    """
    if not isinstance(src, str):
        raise OperationTypeError(f"src must be a text, not {src!r}", argument="src")
    if not src or src.startswith("-") or "\0" in src:
        raise OperationValueError(f"src {src!r} is no repository", argument="src")
    archive = _PPA.match(src)
    if archive is not None:
        where = re.compile(rf"{_LAUNCHPAD}/{re.escape(archive[1])}/{re.escape(archive[2] or 'ppa')}/")
        known = any(where.match(repo.url) for repo in host.get_fact(AptSources))
        if known == present:
            host.noop(f"{src} is {'a' if present else 'no'} source of packages")
            return
    yield StringCommand("apt-add-repository", "-y", *([] if present else ["--remove"]), QuoteString(src))
    change(f"repository {src}", "present", None if present else True, True if present else None)
    affects(AVAILABLE, path(SOURCES), tree("/etc/apt"))
