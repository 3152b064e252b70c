"""Who was logged in, and who tried."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypedDict

from pyinfra._core.effects import Resource, path
from pyinfra._engine.facts.base import FactBase

_ROW = re.compile(
    r"(?P<user>\S+)\s+(?P<tty>system boot|system down|\S+)(?:\s+(?P<host>\S.*?)?)?\s+"
    r"(?P<time>(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} .*)\Z"
)


class LastRecordDict(TypedDict):
    """A session: ``host`` is empty for one on the host itself, ``time`` is the rest of the line."""

    user: str
    tty: str
    host: str
    time: str


class Last(FactBase[list[LastRecordDict]]):
    """Sessions, the latest first."""

    cacheable = False
    program = "last"
    log = "/var/log/wtmp"

    @staticmethod
    def default() -> list[LastRecordDict]:
        return []

    def requires_command(self) -> str:
        return self.program

    def command(self) -> str:
        # On Linux there is nothing to tell without the log; elsewhere the program knows where it is.
        return f"if [ -e {self.log} ] || [ ! -d /proc/self ]; then LC_ALL=C {self.program}; fi"

    def resources(self) -> Iterable[Resource] | None:
        return (path(self.log),)

    def process(self, output: list[str]) -> list[LastRecordDict]:
        matches = (_ROW.match(line.rstrip()) for line in output)
        return [
            {"user": match["user"], "tty": match["tty"], "host": match["host"] or "", "time": match["time"]}
            for match in matches
            if match is not None and match["tty"] != "begins"  # "wtmp begins Mon Jan ..."
        ]


class Lastb(Last):
    """Logins that were refused, the latest first."""

    program = "lastb"
    log = "/var/log/btmp"
