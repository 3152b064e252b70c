"""Facts about jobs of launchd.

Example:
    >>> host.get_fact(LaunchdStatus)
    {'com.apple.cfprefsd': True, 'com.apple.backupd': False}
"""

from __future__ import annotations

from pyinfra._lib.services.launchd import Launchd
from pyinfra.facts._services import ServiceFact

__all__ = ["LaunchdStatus"]


class LaunchdStatus(ServiceFact):
    """Whether each job has a process."""

    system = Launchd

    def requires_command(self) -> str:
        return "launchctl"

    def command(self) -> str:
        return "launchctl list"

    def process(self, output: list[str]) -> dict[str, bool | None]:
        found: dict[str, bool | None] = {}
        for line in output:
            pid, _, rest = line.partition("\t")
            label = rest.partition("\t")[2].strip()
            if label and pid != "PID":
                found[label] = pid.isdigit()
        return found
