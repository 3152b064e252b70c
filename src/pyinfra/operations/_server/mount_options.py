"""Options of mounts: which of those that are wanted a mount has already. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

# What the kernel does not show, because it is as usual; or because it is for the program that mounts, or for fstab.
_UNSEEN = frozenset({
    "defaults", "auto", "noauto", "nofail", "_netdev", "user", "nouser", "users", "owner", "group", "loop", "bind",
    "rbind", "remount", "silent", "loud", "private", "rprivate", "shared", "rshared", "slave", "rslave",
})  # fmt: skip
_UNSEEN_NAMES = ("x-", "X-", "comment", "uhelper", "loop")
# What is as usual unless the opposite is shown.
_OPPOSITES = {
    "rw": ("ro", "read-only"), "exec": ("noexec",), "suid": ("nosuid",), "dev": ("nodev",),
    "async": ("sync", "synchronous"), "diratime": ("nodiratime",), "atime": ("noatime",), "symfollow": ("nosymfollow",),
    "strictatime": ("relatime", "noatime"), "norelatime": ("relatime",), "nolazytime": ("lazytime",),
    "nostrictatime": (), "nodirsync": ("dirsync",), "nomand": ("mand",),
}  # fmt: skip
_ALIASES = {"ro": "read-only", "sync": "synchronous"}  # as mount(8) of BSD shows them
_SIZE = re.compile(r"([0-9]+)([kKmMgGtT])\Z", re.ASCII)
_NUMBER = re.compile(r"[0-9]+\Z", re.ASCII)
_FACTORS = {"k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}


def missing(wanted: Iterable[str], present: Iterable[str]) -> list[str]:
    """Return the options that a mount lacks, in the order in which they are wanted.

    Args:
        wanted: as ``mount -o`` takes them.
        present: as the system shows them.

    Example:
        >>> missing(["rw", "noexec", "size=1m", "nofail"], ["rw", "nosuid", "size=1024k"])
        ['noexec']
    """
    shown = set(map(_plain, present))
    return [option for option in wanted if not _is_there(option, shown)]


def _is_there(option: str, shown: set[str]) -> bool:
    if option in _UNSEEN or option.partition("=")[0].startswith(_UNSEEN_NAMES):
        return True
    if option in _OPPOSITES:
        return shown.isdisjoint(_OPPOSITES[option])
    return _plain(option) in shown or _ALIASES.get(option) in shown


def _plain(option: str) -> str:
    """An option in one form: sizes in bytes, numbers without zeros in front."""
    name, equals, value = option.partition("=")
    size = _SIZE.match(value)
    if size is not None:
        value = str(int(size[1]) * _FACTORS[size[2].lower()])
    elif _NUMBER.match(value):
        value = value.lstrip("0") or "0"
    return f"{name}{equals}{value}"
