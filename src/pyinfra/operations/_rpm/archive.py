"""``rpm``: a package from a file."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Generator
from typing import Any

from pyinfra import host
from pyinfra._lib.fetching import fetch, is_url
from pyinfra._lib.packages import Decision, Item, PackageManager
from pyinfra._lib.packages.ensuring import tell
from pyinfra._lib.packages.managers import TOUCHED
from pyinfra._lib.packages.rpm import file_name_parts
from pyinfra.api import OperationError, OperationTypeError, OperationValueError, StringCommand
from pyinfra.api.planning import affects, prefetch
from pyinfra.facts._rpm.archives import RpmFile
from pyinfra.facts._rpm.installed import InstalledRpms, Rpms
from pyinfra.facts._shell import path_word

from .packages import promise_decision

Commands = Generator[StringCommand, None, None]

# In front of "rpm": fetched into a directory of its own, which is gone afterwards.
_FETCHED = ("umask 022; d=$(mktemp -d) || exit 1\n", "trap 'rm -rf \"$d\"' EXIT HUP INT TERM\n", "{ ")


def ensure_archive(manager: PackageManager, src: Any, present: bool) -> Commands:
    """Yield what makes the package in a file be installed in that version, or not be installed.

    Args:
        manager: removes packages.
        src: path of the file on the host, or an address.
        present: whether the package shall be installed.
    """
    check_source(src)
    prefetch(InstalledRpms)
    item = _package(src)
    rpms: Rpms = host.get_fact(InstalledRpms)
    there = item.name in rpms["versions"] if item.name else False
    found = rpms["versions"].get(item.name) or set()
    if there and item.version in found if present else not there and bool(item.name):
        host.noop(f"package {item.name} is {'' if present else 'not '}installed")
        return
    if present:
        yield _install(src, other_version=there)
    elif not item.name:
        raise OperationError(f"nobody knows which package {src} is", argument="src",
                             hint=f"{manager.program}.packages(packages=NAME, present=False)")  # fmt: skip
    else:
        yield from manager.commands(manager.remove, [item.name])
    shown = Item(item.name or posixpath.basename(src), item.version if present else None, src)
    decision = Decision(install=(shown,)) if present else Decision(remove=(shown,))
    tell(decision, rpms["versions"])
    affects(*TOUCHED)
    if item.name:
        promise_decision(rpms, decision)


def check_source(src: Any) -> None:
    """Raise an error for what is neither the path of a file nor an address.

    Raises:
        OperationTypeError: it is no text.
        OperationValueError: it is none.
    """
    if not isinstance(src, str):
        raise OperationTypeError(f"src must be a path or an address, not {src!r}", argument="src")
    # rpm takes an address with a blank for more than one word, and looks for files by itself
    bad = r"\s" if is_url(src) else r"[*?\[{]"
    if not src or src.endswith("/") or re.search(rf"[\0\n\r]|{bad}", src):
        raise OperationValueError(f"src {src!r} is neither a path nor an address", argument="src")


def _package(src: str) -> Item:
    """The package in a file; by the name of the file when it cannot be had now. An empty name when nobody knows."""
    package = host.get_fact(RpmFile, src=src)
    if package is not None:
        return Item(package["name"], package["version"], src)
    told = file_name_parts(posixpath.basename(src.partition("?")[0]))
    return Item(*told, src) if told else Item("", None, src)


def _install(src: str, other_version: bool) -> StringCommand:
    command = "rpm -U --oldpackage" if other_version else "rpm -i"
    if not is_url(src):
        return StringCommand(command, path_word(src))
    return StringCommand(*_FETCHED, fetch(src, "$d/package.rpm"), f'\n}} && {command} "$d/package.rpm"', _separator="")
