"""``server.timezone``: the time zone of the host."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyinfra import host
from pyinfra.api import FactBase, OperationTypeError, OperationValueError, QuoteString, StringCommand, operation
from pyinfra.api.planning import Resource, affects, path, prefetch, promise
from pyinfra.facts._shell import script, word
from pyinfra.facts.server import Os, Timezone
from pyinfra.operations._files.uploading import Commands
from pyinfra.operations._public import public_in

from .whole_files import present_text, write

_NAME = re.compile(r"[A-Za-z0-9_+][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+][A-Za-z0-9_+-]*)*\Z", re.ASCII)
_LINK = "/etc/localtime"
_FILE = "/etc/timezone"
_ZONES = "/usr/share/zoneinfo"


class TimedateRuns(FactBase[bool]):
    """Whether systemd manages the host, and ``timedatectl`` can be asked. No process."""

    in_plans = False

    @staticmethod
    def default() -> bool:
        return False

    def command(self) -> str:
        return "[ -d /run/systemd/system ] && command -v timedatectl || :"

    def resources(self) -> Iterable[Resource] | None:
        return (path("/run/systemd/system"), path("/usr/bin/timedatectl"))

    def process(self, output: list[str]) -> bool:
        return bool(output)


@operation()
@public_in("server")
def timezone(timezone: str) -> Commands:
    """Ensure that the host is in a time zone.

    Args:
        timezone: its name, as below ``/usr/share/zoneinfo``.

    Raises:
        OperationValueError: no time zone can have that name.

    Example:
        server.timezone(timezone="Europe/Oslo")
    """
    if not isinstance(timezone, str):
        raise OperationTypeError(f"timezone must be a name, not {timezone!r}", argument="timezone")
    if not _NAME.match(timezone):
        raise OperationValueError(f"timezone {timezone!r} is no name of a time zone", argument="timezone")
    for fact in (TimedateRuns, Os):
        prefetch(fact)
    prefetch(Timezone)
    there = present_text(_FILE)
    if host.get_fact(Timezone) == timezone:
        host.noop(f"the time zone is {timezone}")
        return
    if host.get_fact(TimedateRuns):
        yield StringCommand("timedatectl set-timezone", QuoteString(timezone))
        affects(path(_LINK), path(_FILE))
    else:
        # BSD and macOS have only the link.
        writes = list(write(there, f"{timezone}\n")) if host.get_fact(Os) in ("Linux", None) else []
        yield _link(timezone)
        affects(path(_LINK))
        yield from writes
    promise(Timezone, timezone)


def _link(timezone: str) -> StringCommand:
    """A command that makes the link in one step, if there is such a zone."""
    zone = word(f"{_ZONES}/{timezone}")
    missing = word(f"there is no time zone {timezone} in {_ZONES}: is tzdata installed?")
    return script(
        "[ -f ", zone, " ] || { echo ", missing, " >&2; exit 1; }\n",
        "n=", _LINK, ".$$; ln -s ", zone, ' "$n" && mv -f "$n" ', _LINK, ' || { rm -f "$n"; exit 1; }',
    )  # fmt: skip
