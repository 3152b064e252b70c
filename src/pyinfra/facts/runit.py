"""Facts about services of runit.

Example:
    >>> host.get_fact(RunitStatus)
    {'sshd': True, 'cronie': False}
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource, tree
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.services.runit import Runit
from pyinfra._lib.services.systems import SERVICES
from pyinfra.facts._services import ServiceFact
from pyinfra.facts._shell import path_word, script, word

__all__ = ["RunitManaged", "RunitStatus"]

# "run: sshd: (pid 812) 5s; run: log: (pid 811) 5s", "down: cronie: 3s, normally up", "fail: x: unable to ..."
_STATE = re.compile(r"([a-z]+): ([^:]+): ")


class RunitStatus(ServiceFact):
    """Whether each managed service runs; ``None`` when it cannot be told.

    Example:
        >>> host.get_fact(RunitStatus, service="sshd", svdir="/etc/service")
        {'sshd': True}
    """

    system = Runit

    def requires_command(self, service: str | None = None, svdir: str = "/var/service") -> str:
        return "sv"

    def resources(self, service: str | None = None, svdir: str = "/var/service") -> Iterable[Resource]:
        return (*super().resources(), tree(svdir))

    def command(self, service: str | None = None, svdir: str = "/var/service") -> StringCommand:
        # Services that have failed make sv fail too, and a directory without any names no service.
        each = ('for s in * ; do [ ! -d "$s" ] || set -- "$@" "$s"; done\n') if service is None else ""
        first = script("set -- ", word(service)) if service is not None else "set --"
        return script(
            "cd ", path_word(svdir), " 2>/dev/null || exit 0\n", first, "\n", each,
            'SVDIR=. ; export SVDIR; [ $# = 0 ] || sv status "$@" || :',
        )  # fmt: skip

    def process(self, output: list[str]) -> dict[str, bool | None]:
        states = {"run": True, "down": False}
        found = filter(None, map(_STATE.match, output))
        return {match[2].removeprefix("./"): states.get(match[1]) for match in found}


class RunitManaged(FactBase[set[str]]):
    """The services that are linked into the directory of those to look after.

    Example:
        >>> host.get_fact(RunitManaged, service="sshd", svdir="/etc/service")
        {'sshd'}
    """

    in_plans = False

    @staticmethod
    def default() -> set[str]:
        return set()

    def command(self, service: str | None = None, svdir: str = "/var/service") -> StringCommand:
        chosen = word(service) if service is not None else "*"
        return script(
            "cd ", path_word(svdir), " 2>/dev/null || exit 0\n",
            "for s in ", chosen, '; do [ ! -h "$s" ] && [ ! -d "$s" ] || printf "%s\\n" "$s"; done',
        )  # fmt: skip

    def resources(self, service: str | None = None, svdir: str = "/var/service") -> Iterable[Resource]:
        return (SERVICES, tree(svdir))

    def describe(self, service: str | None = None, svdir: str = "/var/service") -> str:
        return f"services in {svdir}"

    def process(self, output: list[str]) -> set[str]:
        return {line for line in output if line}
