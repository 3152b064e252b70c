"""Facts about services of OpenRC.

Example:
    >>> host.get_fact(OpenrcStatus)
    {'sshd': True, 'crond': False}
"""

from __future__ import annotations

import re

from pyinfra._core.commands import StringCommand
from pyinfra._lib.services.openrc import OpenRc
from pyinfra.facts._services import ServiceFact
from pyinfra.facts._shell import script, word

__all__ = ["OpenrcEnabled", "OpenrcStatus"]

# " sshd                          [  started 00:12:41 (0) ]"; one that has failed says "crashed"
_STATE = re.compile(r"\s*([A-Za-z0-9_.+:@-]+)\s+\[\s*([a-z]+)[^\]]*\]\s*\Z")
# "                sshd | default nonetwork"
_LEVELS = re.compile(r"\s*([A-Za-z0-9_.+:@-]+)\s+\|(.*)\Z")


class OpenrcStatus(ServiceFact):
    """Whether each service of a runlevel is started.

    Example:
        >>> host.get_fact(OpenrcStatus, runlevel="default")
        {'sshd': True, 'crond': False}
    """

    system = OpenRc

    def requires_command(self, runlevel: str = "default") -> str:
        return "rc-status"

    def command(self, runlevel: str = "default") -> StringCommand:
        return script("rc-status --nocolor ", word(runlevel))

    def process(self, output: list[str]) -> dict[str, bool | None]:
        found = filter(None, map(_STATE.match, output))
        return {match[1]: match[2] == "started" for match in found}


class OpenrcService(ServiceFact):
    """Whether one service is started. For operations: not one of the public facts.

    ``rc-status`` leaves out services that are in no runlevel, and those that its cache does not know yet.
    """

    system = OpenRc

    def requires_command(self, service: str) -> str:
        return "rc-service"

    def command(self, service: str) -> StringCommand:
        return script("rc-service ", word(service), ' status </dev/null >/dev/null 2>&1; echo "$? "', word(service))

    def process(self, output: list[str]) -> dict[str, bool | None]:
        found = (line.partition(" ") for line in output)
        return {name: status == "0" for status, _, name in found if name and status.isdigit()}


class OpenrcEnabled(ServiceFact):
    """Whether each service is started in a runlevel.

    Example:
        >>> host.get_fact(OpenrcEnabled, runlevel="boot")
        {'hostname': True, 'sshd': False}
    """

    system = OpenRc

    def requires_command(self, runlevel: str = "default") -> str:
        return "rc-update"

    def command(self, runlevel: str = "default") -> StringCommand:
        # The runlevel comes first, so that what is printed can be understood by itself.
        return script("printf '= %s\\n' ", word(runlevel), "; rc-update show -v")

    def process(self, output: list[str]) -> dict[str, bool | None]:
        level = "default"
        found: dict[str, bool | None] = {}
        for line in output:
            if line.startswith("= "):
                level = line[2:]
            elif match := _LEVELS.match(line):
                found[match[1]] = level in match[2].split()
        return found
