"""``server.group``: a group."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from pyinfra import host
from pyinfra._lib.accounts import AccountPrograms, account_tool
from pyinfra.api import OperationValueError, StringCommand, operation
from pyinfra.api.planning import prefetch, promise
from pyinfra.facts.server import Groups
from pyinfra.operations._public import public_in

from .names import checked_name


@operation()
@public_in("server")
def group(
    group: str, present: bool = True, system: bool = False, gid: int | str | None = None
) -> Generator[StringCommand, None, None]:
    """Ensure that a group exists, or that it does not.

    Args:
        group: its name.
        present: whether it shall be there.
        system: make it a system group.
        gid: number of a new group; that of an existing one is left as it is.

    Raises:
        OperationError: the host has no programs to manage groups.

    Example:
        server.group(group="app", system=True)
    """
    checked_name(group, "group")
    number = _checked_gid(gid)
    prefetch(AccountPrograms)
    groups = host.get_fact(Groups)
    if (group in groups) == present:
        host.noop(f"group {group} {'already exists' if present else 'does not exist'}")
        return
    tool = account_tool(host.get_fact(AccountPrograms))
    yield from tool.add_group(group, number, system) if present else tool.remove_group(group)
    promise(Groups, [*groups, group] if present else [name for name in groups if name != group], exact=False)


def _checked_gid(gid: Any) -> int | None:
    if gid is None or (isinstance(gid, int) and not isinstance(gid, bool)):
        return gid
    if isinstance(gid, str) and gid.isascii() and gid.isdigit():
        return int(gid)
    raise OperationValueError(f"gid must be a number, not {gid!r}", argument="gid")
