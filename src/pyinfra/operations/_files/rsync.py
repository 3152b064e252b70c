"""``files.rsync``: a directory of this machine, by rsync."""

from __future__ import annotations

import shlex
from collections.abc import Generator
from typing import Any

from pyinfra import host
from pyinfra.api import OperationError, OperationTypeError, OperationValueError, RsyncCommand, operation
from pyinfra.api.planning import affects, change, tree
from pyinfra.operations._public import public_in

from .paths import checked_path, host_path


def show_rsync_warning() -> None:
    """Do nothing: ``files.rsync`` is not an experiment here. For programs that call it."""


@operation(is_idempotent=False)
@public_in("files")
def rsync(src: str, dest: str, flags: list[str] | None = None) -> Generator[RsyncCommand, None, None]:
    """Copy a directory to the host with rsync, which finds out by itself what differs.

    rsync has to be installed on both sides and logs in by itself: not with a password. Of the ways to become another
    user it knows ``_sudo`` without a password. Every run counts as a change; ``files.sync`` needs nothing on the host
    and changes only what differs.

    Args:
        src: on this machine; with a slash at its end what is in it is copied, otherwise the directory itself.
        dest: directory on the host.
        flags: options of rsync; ``["-ax", "--delete"]`` when it is not given.

    Raises:
        OperationError: the host cannot be reached by rsync.

    Example:
        files.rsync(src="site/", dest="/srv/site", flags=["-a", "--delete"])
    """
    src, dest = checked_path(src, "src"), host_path(dest, "dest")
    try:
        host.check_can_rsync()
    except NotImplementedError as error:
        raise OperationError(str(error), hint="files.sync works everywhere") from error
    yield RsyncCommand(src, dest, ["-ax", "--delete"] if flags is None else _checked(flags))
    change(f"directory {dest}", "content", "whatever it is", f"what rsync makes of {src}")
    affects(tree(dest))


def _checked(flags: Any) -> list[str]:
    if not isinstance(flags, (list, tuple)) or not all(isinstance(flag, str) for flag in flags):
        raise OperationTypeError(f"flags must be a list of texts, not {flags!r}", argument="flags")
    try:
        for flag in flags:
            shlex.split(flag)  # as connectors do
    except ValueError as error:
        raise OperationValueError(f"flags {flags!r} cannot be split into words: {error}", argument="flags") from None
    return list(flags)
