"""``apt.deb``: a package from a file."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Generator
from typing import Any

from pyinfra import host
from pyinfra._lib.fetching import fetch, is_url
from pyinfra._lib.packages.apt import apt_get
from pyinfra._lib.packages.deciding import Decision, Item
from pyinfra._lib.packages.ensuring import tell
from pyinfra._lib.packages.managers import TOUCHED
from pyinfra.api import OperationError, OperationTypeError, OperationValueError, QuoteString, StringCommand, operation
from pyinfra.api.planning import affects, prefetch
from pyinfra.facts._apt.archives import RemoteDeb
from pyinfra.facts._apt.installed import InstalledDebs
from pyinfra.facts._shell import path_word
from pyinfra.facts.deb import DebPackage
from pyinfra.operations._apt.locks import ARCHIVES_LOCK, wait_for
from pyinfra.operations._apt.promises import promise_decision
from pyinfra.operations._public import public_in

Commands = Generator[StringCommand, None, None]

_FILE = re.compile(r"([a-z0-9][a-z0-9.+-]+)_([^_/]+)_[a-z0-9-]+\.deb\Z")


@operation()
@public_in("apt")
def deb(src: str, present: bool = True, force: bool = False) -> Commands:
    """Ensure that the package in a ``.deb`` file is installed in that version, or that it is not installed.

    What it depends on is installed, too. Of a file at an address only the beginning is fetched to find out which
    package that is.

    Args:
        src: path of the file on the host, or an address.
        present: whether the package shall be installed.
        force: install what is not authenticated.

    Raises:
        OperationValueError: ``src`` is neither a path nor an address.
        OperationError: it cannot be found out which package shall not be there.

    Example:
        apt.deb(src="https://example.org/app_1.2_amd64.deb")
    """
    _check(src)
    prefetch(InstalledDebs)
    package = _package(src)
    debs = host.get_fact(InstalledDebs)
    versions = debs["versions"]
    name = package.get("name")
    item = Item(name or posixpath.basename(src), package.get("version"), src)
    installed = [found for one, found in versions.items() if one.partition(":")[0] == name]
    if present == bool(installed if not present else [one for one in installed if one == {item.version}]):
        host.noop(f"package {item.name} is {'' if present else 'not '}installed")
        return
    if present:
        yield wait_for(ARCHIVES_LOCK)
        yield from _install(src, force)
    elif name is None:
        raise OperationError(f"nobody knows which package {src} is", hint="apt.packages(packages=NAME, present=False)")
    else:
        yield apt_get("remove", QuoteString(name), force=force)
    decision = Decision(install=(item,)) if present else Decision(remove=(item,))
    tell(decision, versions)
    affects(*TOUCHED)
    if name is not None:
        promise_decision(debs, decision)


def _check(src: Any) -> None:
    if not isinstance(src, str):
        raise OperationTypeError(f"src must be a path or an address, not {src!r}", argument="src")
    if not src or "\0" in src or "\n" in src:
        raise OperationValueError(f"src {src!r} is neither a path nor an address", argument="src")
    if not is_url(src) and not src.endswith(".deb"):
        raise OperationValueError(f"src {src!r}: apt takes only files whose name ends in .deb", argument="src")


def _package(src: str) -> dict[str, str]:
    """Name and version, as far as they can be known; by the name of the file when there is none."""
    found = host.get_fact(RemoteDeb, url=src) if is_url(src) else host.get_fact(DebPackage, package=src)
    match = _FILE.match(posixpath.basename(src.partition("?")[0]))
    return dict(found) if found else {"name": match[1]} if match else {}


def _install(src: str, force: bool) -> Commands:
    """apt takes a file only by a path with a slash in it."""
    if not is_url(src):
        path = src if "/" in src else f"./{src}"
        yield apt_get("install", "--allow-downgrades", path_word(path), force=force)
        return
    installing = apt_get("install", "--allow-downgrades", '"$d/package.deb"', force=force)
    yield StringCommand(
        "umask 022; d=$(mktemp -d) && chmod 755 \"$d\" || exit 1\n",
        "trap 'rm -rf \"$d\"' EXIT HUP INT TERM\n",
        "{ ", fetch(src, "$d/package.deb"), "\n} && ", installing,
        _separator="",
    )  # fmt: skip
