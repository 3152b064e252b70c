"""Facts about jobs of Upstart.

Example:
    >>> host.get_fact(UpstartStatus)
    {'ssh': True, 'rc': False}
"""

from __future__ import annotations

import re

from pyinfra._lib.services.upstart import Upstart
from pyinfra.facts._services import ServiceFact

__all__ = ["UpstartStatus"]

# "ssh start/running, process 812", "network-interface (lo) start/running"
_JOB = re.compile(r"([A-Za-z0-9_.+-]+)(?: \([^)]*\))? [a-z]+/([a-z-]+)")


class UpstartStatus(ServiceFact):
    """Whether each job runs. One with several instances runs when any of them does."""

    system = Upstart

    def requires_command(self) -> str:
        return "initctl"

    def command(self) -> str:
        return "initctl list"

    def process(self, output: list[str]) -> dict[str, bool | None]:
        found: dict[str, bool | None] = {}
        for match in filter(None, map(_JOB.match, output)):
            found[match[1]] = bool(found.get(match[1])) or match[2] == "running"
        return found


class UpstartManual(ServiceFact):
    """The jobs that are left to people to start. For operations: not one of the public facts."""

    system = Upstart

    def command(self) -> str:
        return "grep -lx manual /etc/init/*.override /dev/null 2>/dev/null || :"

    def process(self, output: list[str]) -> dict[str, bool | None]:
        return {line.rpartition("/")[2].removesuffix(".override"): True for line in output if line}
