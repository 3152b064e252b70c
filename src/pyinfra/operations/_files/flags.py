"""``files.flags``: the file flags of BSD systems."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable
from typing import Any

from pyinfra import host
from pyinfra.api import OperationTypeError, OperationValueError, StringCommand, operation
from pyinfra.api.planning import affects, change
from pyinfra.api.planning import path as path_resource
from pyinfra.facts._shell import path_word
from pyinfra.facts.files import Flags
from pyinfra.operations._public import public_in

from .paths import host_path

_FLAG = re.compile(r"[a-z]+")
# chflags knows several names of the same flag, and lists them by one.
_LISTED_AS = {
    "archived": "arch", "dump": "nodump", "hidden": "uhidden", "sappend": "sappnd", "schange": "schg",
    "simmutable": "schg", "sunlink": "sunlnk", "uappend": "uappnd", "uchange": "uchg", "uimmutable": "uchg",
    "uunlink": "uunlnk",
}  # fmt: skip


@operation()
@public_in("files")
def flags(path: str, flags: list[str] | None = None, present: bool = True) -> Generator[StringCommand, None, None]:
    """Ensure that a file has flags of ``chflags``, or that it does not have them.

    Args:
        path: of the file, on the host.
        flags: names of flags: ``["uchg", "nodump"]``. Others stay as they are.
        present: False to take them away.

    Raises:
        OperationTypeError: ``flags`` is no list of texts.
        OperationValueError: one of them is no name of a flag.

    Example:
        files.flags(path="/etc/rc.conf", flags=["schg"])
    """
    path = host_path(path)
    wanted = sorted(dict.fromkeys(_checked(flags)))
    if not wanted:
        host.noop(f"no flags are asked for on {path}")
        return
    found = host.get_fact(Flags, path=path) or []
    there = set(map(_listed, found))
    differing = [flag for flag in wanted if (_listed(flag) in there) != present]
    if not differing:
        host.noop(f"the flags {', '.join(wanted)} of {path} are {'set' if present else 'not set'}")
        return
    named = differing if present else [_opposite(flag) for flag in differing]
    yield StringCommand("chflags", ",".join(named), path_word(path))
    after = {*found, *differing} if present else {flag for flag in found if _listed(flag) not in map(_listed, wanted)}
    change(f"file {path}", "flags", ", ".join(sorted(found)) or None, ", ".join(sorted(after)) or None)
    affects(path_resource(path))


def _checked(flags: Any) -> Iterable[str]:
    if flags is None:
        return []
    if isinstance(flags, str) or not all(isinstance(flag, str) for flag in flags):
        raise OperationTypeError(f"flags must be a list of names, not {flags!r}", argument="flags")
    for flag in flags:
        if not _FLAG.fullmatch(flag):
            raise OperationValueError(f"{flag!r} is no name of a flag", argument="flags")
    return list(flags)


def _listed(flag: str) -> str:
    return _LISTED_AS.get(flag, flag)


def _opposite(flag: str) -> str:
    return flag.removeprefix("no") if flag == "nodump" else f"no{flag}"
