"""Updates of FreeBSD itself.

Example:
    from pyinfra.operations import freebsd

    freebsd.freebsd_update.update()
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from pyinfra._lib.packages.freebsd import checked_jail, option
from pyinfra._lib.packages.managers import TOUCHED
from pyinfra.api import OperationTypeError, OperationValueError, StringCommand, operation
from pyinfra.api.planning import affects, change

__all__ = ["update"]


@operation()
def update(
    force: bool = False,
    basedir: str | None = None,
    workdir: str | None = None,
    conffile: str | None = None,
    jail: str | None = None,
    key: str | None = None,
    currently_running: str | None = None,
    server: str | None = None,
) -> Generator[StringCommand, None, None]:
    """Fetch the security updates of FreeBSD, and install them when there are any.

    It is not known before they are fetched whether there are any.

    Args:
        force: go on where ``freebsd-update`` would rather not: an upgrade is not finished.
        basedir: directory of another system that is to be updated.
        workdir: directory where updates are kept.
        conffile: another file of configuration.
        jail: name or number of a jail that is to be updated; None for the host.
        key: SHA-256 of the key that signs the updates.
        currently_running: the release that is there, where that is not found out: ``13.2-RELEASE``.
        server: where updates come from.

    Raises:
        OperationValueError: a text is empty, or would be taken for an option.

    Example:
        from pyinfra.operations import freebsd

        freebsd.freebsd_update.update(force=True, server="update.freebsd.org", basedir="/mnt/system")
    """
    options = [
        *(["-F"] if force else []),
        *option("-b", _checked(basedir, "basedir")),
        *option("-d", _checked(workdir, "workdir")),
        *option("-f", _checked(conffile, "conffile")),
        *option("-j", checked_jail(jail)),
        *option("-k", _checked(key, "key")),
        *option("--currently-running", _checked(currently_running, "currently_running")),
        *option("-s", _checked(server, "server")),
    ]
    # It shows lists in a pager, and wants to be started by a person or to sleep for an hour. One process for both: only
    # then it is content when there is nothing to install.
    yield StringCommand("PAGER=cat freebsd-update --not-running-from-cron", *options, "fetch install")
    change("FreeBSD", "updates", None, "fetched and installed")
    affects(*TOUCHED)


def _checked(value: Any, argument: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise OperationTypeError(f"{argument} must be a text, not {value!r}", argument=argument)
    if not value or value.startswith("-") or any(character in value for character in "\0\n"):
        raise OperationValueError(f"{value!r} cannot be {argument}", argument=argument)
    return value
