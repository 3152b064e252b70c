"""``files.put``: a file of this machine, on the host."""

from __future__ import annotations

from datetime import datetime
from typing import IO, Any

from pyinfra.api import operation
from pyinfra.operations._public import public_in

from .attributes import Attributes
from .paths import host_path
from .sources import Source
from .times import checked_times
from .uploading import Commands, Upload


@operation()
@public_in("files")
def put(
    src: str | IO[Any],
    dest: str,
    user: str | None = None,
    group: str | None = None,
    mode: int | str | bool | None = None,
    add_deploy_dir: bool = True,
    create_remote_dir: bool = True,
    force: bool = False,
    assume_exists: bool = False,
    atime: datetime | float | int | str | bool | None = None,
    mtime: datetime | float | int | str | bool | None = None,
) -> Commands:
    """Ensure that a file of this machine is on the host, with this owner and these permissions.

    The new file takes the place of the old one in one step, complete and with its owner and permissions. An existing
    file keeps those that are not given. Symbolic links are followed.

    Args:
        src: path of the file on this machine, or an open file.
        dest: path on the host. A directory gets the file under its own name.
        user: who shall own it.
        group: which group it shall belong to.
        mode: its permissions as ``chmod`` takes them: ``644``, ``"4755"``; True for those that it has on this machine.
        add_deploy_dir: take ``src`` to be relative to the directory of the deploy.
        create_remote_dir: make the directory that it is in when that is missing. An existing one is left as it is.
        force: write it even if it is there already.
        assume_exists: do not complain that ``src`` does not exist yet.
        atime: when it shall have been read last, see ``mtime``.
        mtime: when it shall have been changed last: a datetime (in the host's time zone when it has none), the
            same as ISO text, seconds since 1970, True for the time on this machine, or the path of a file on the host.

    Raises:
        OperationValueError: there is no file ``src``, or an argument makes no sense.
        OperationError: something else is at ``dest``.

    Example:
        files.put(src="templates/app.conf", dest="/etc/app/app.conf", user="root", group="app", mode="640")
    """
    dest = host_path(dest, "dest")
    source = Source.checked(src, add_deploy_dir, assume_exists)
    wanted = Attributes.checked(user, group, _own_mode(mode, source))
    times = checked_times(atime, mtime, source)
    yield from Upload(source, dest, wanted, times, create_remote_dir, force).commands()


def _own_mode(mode: int | str | bool | None, source: Source) -> int | str | None:
    if mode is True:
        return source.mode()
    return None if mode is False else mode
