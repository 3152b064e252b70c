"""``apt.key``: keys that sign repositories."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Generator
from typing import Any
from urllib.parse import urlsplit

from pyinfra._lib.fetching import is_url
from pyinfra.api import OperationError, OperationValueError, StringCommand, operation
from pyinfra.facts._apt.keys import APT_KEYRING_DIRS
from pyinfra.operations._gpg.ids import checked_ids
from pyinfra.operations._public import public_in
from pyinfra.operations.gpg import key as gpg_key

_DIRECTORY = "/etc/apt/keyrings"
_SUFFIXES = (".asc", ".gpg", ".key", ".pub", ".pgp")


@operation()
@public_in("apt")
def key(
    src: str | None = None,
    keyserver: str | None = None,
    keyid: str | list[str] | None = None,
    dest: str | None = None,
    present: bool = True,
) -> Generator[StringCommand, None, None]:
    """Ensure that apt has a key that repositories are signed with, or that it has not.

    The key counts only for repositories that name its file: ``[signed-by=/etc/apt/keyrings/NAME.gpg]``.

    Args:
        src: where it comes from: a path on the host, or an address.
        keyserver: where it comes from otherwise, with ``keyid``.
        keyid: ids of keys: short, long or whole fingerprints.
        dest: file for it, below ``/etc/apt/keyrings``; named after where it comes from when it is not given. One that
            ends in ``.asc`` holds the key as text.
        present: whether it shall be there. Keys that are told by ``keyid`` only are taken out of all keyrings of apt.

    Raises:
        OperationError: arguments are missing.
        OperationValueError: ``keyid`` is no id.

    Example:
        apt.key(src="https://download.docker.com/linux/debian/gpg", dest="docker.gpg")
    """
    keyids = checked_ids(keyid)
    if present and keyserver is not None and not keyids:
        raise OperationError("keyid is missing: which keys of the keyserver", argument="keyid")
    if src is None and dest is None and (not keyids or (present and keyserver is None)):
        raise OperationError("src, or keyserver and keyid, tell which key", argument="src")
    if not present and src is None and keyserver is None and dest is None:
        yield from gpg_key._inner(keyid=keyids, present=False, working_dirs=APT_KEYRING_DIRS)
        return
    path = posixpath.join(_DIRECTORY, _checked(dest) if dest is not None else _name(src, keyids))
    yield from gpg_key._inner(
        src=src, keyserver=keyserver, keyid=keyids or None, dest=path, dearmor=not path.endswith(".asc"), mode="0644",
        present=present,
    )  # fmt: skip


def _checked(dest: Any) -> str:
    if not isinstance(dest, str) or not posixpath.basename(dest):
        raise OperationValueError(f"dest {dest!r} names no file", argument="dest")
    return dest


def _name(src: Any, keyids: list[str]) -> str:
    """``download.docker.com-gpg.gpg``, ``keyserver-ABCD1234.gpg``."""
    if not isinstance(src, str):
        return f"keyserver-{'-'.join(keyids)}.gpg"
    name = posixpath.basename(urlsplit(src).path if is_url(src) else src)
    stem, suffix = posixpath.splitext(name)
    words = [urlsplit(src).hostname or "" if is_url(src) else "", stem if suffix in _SUFFIXES else name]
    return re.sub(r"[^A-Za-z0-9._-]", "-", "-".join(filter(None, words))) + ".gpg"
