"""Reading crontabs."""

from __future__ import annotations

from collections.abc import Iterable

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource, path, tree
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts._shell import interpolated_word, script, word

from .file import CrontabFile

# Programs fail alike when there is no crontab (or no such user yet) and when it may not be read: only their words
# tell, of Vixie cron and its descendants, BusyBox, fcron, and Solaris.
_NONE = (
    "*[Nn]'o crontab'* | *'no fcrontab'* | *'No such file'* | *'open your crontab'* | *unknown*user* | *user*unknown*"
)

# Of Debian, of RHEL, of Alpine, of the BSDs, of macOS.
_PLACES = ("/var/spool/cron/crontabs", "/var/spool/cron", "/etc/crontabs", "/var/cron/tabs", "/usr/lib/cron/tabs")


class Crontab(FactBase[CrontabFile]):
    """The crontab of a user; an empty one when there is none.

    Example:
        >>> host.get_fact(Crontab, user="root").commands[0]["command"]
        '/srv/app/nightly'
    """

    in_plans = False  # operations show what changes line by line

    @staticmethod
    def default() -> CrontabFile:
        return CrontabFile()

    def requires_command(self, user: str | None = None) -> str:
        return "crontab"

    def command(self, user: str | None = None) -> StringCommand:
        return script(
            "{ e=$(LC_ALL=C ", crontab_command(user, "-l"), " 2>&1 >&3 3>&-) || case $e in\n",
            f"{_NONE}) ;;\n",
            "*) printf '%s\\n' \"$e\" >&2; exit 1 ;;\nesac; } 3>&1",
        )  # fmt: skip

    def resources(self, user: str | None = None) -> Iterable[Resource]:
        # Without a name it may be that of anybody.
        return [tree(place) for place in _PLACES] if user is None else [path(f"{place}/{user}") for place in _PLACES]

    def describe(self, user: str | None = None) -> str:
        return f"crontab of {user}" if user else "crontab"

    def process(self, output: list[str]) -> CrontabFile:
        return CrontabFile(output)


class Interpolated(FactBase[str]):
    """A text in which the shell of the host has filled in variables. For operations: not one of the public facts."""

    in_plans = False

    @staticmethod
    def default() -> str:
        return ""

    def command(self, text: str) -> StringCommand:
        return script("printf '%s\\n' ", interpolated_word(text))

    def resources(self, text: str) -> Iterable[Resource]:
        return ()


def crontab_command(user: str | None, option: str) -> StringCommand:
    """Return a call of crontab: ``-l`` to list, ``-`` to have it read a new one from its input."""
    of_user = [] if user is None else ["-u", word(user)]
    return StringCommand("crontab", *of_user, option)
