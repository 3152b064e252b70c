"""Facts about init scripts.

Example:
    >>> host.get_fact(InitdStatus)
    {'ssh': True, 'cron': False}
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource, tree
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.services.systems import SERVICES, InitSystem
from pyinfra._lib.services.sysvinit import RUNLEVELS, SysvInit
from pyinfra.facts._services import ServiceFact
from pyinfra.facts._shell import script, word

__all__ = ["InitdStatus"]

_ANSWER = re.compile(r"([A-Za-z0-9_.+-]+)=([0-9]{1,3})\Z")


class InitdStatus(ServiceFact):
    """Whether each service runs that has an init script with an LSB header; ``None`` when the script cannot tell.

    Example:
        >>> host.get_fact(InitdStatus, services=["ssh", "cron"])
        {'ssh': True, 'cron': False}
    """

    system: ClassVar[type[InitSystem]] = SysvInit

    def command(self, services: str | Sequence[str] | None = None) -> StringCommand:
        if services is None:
            scripts: Any = "$(grep -ls '^### BEGIN INIT INFO' /etc/init.d/*)"
        else:
            scripts = StringCommand(*(word(f"/etc/init.d/{name}") for name in names_of(services)))
        return script(
            "for f in ", scripts, '; do [ ! -f "$f" ] || [ ! -x "$f" ] || ',
            '{ "$f" status </dev/null >/dev/null 2>&1; echo "${f##*/}=$?"; }; done',
        )  # fmt: skip

    def process(self, output: list[str]) -> dict[str, bool | None]:
        return {match[1]: _running(int(match[2])) for match in filter(None, map(_ANSWER.match, output))}


def names_of(services: str | Sequence[str]) -> Sequence[str]:
    """The services that were asked for: one, or several."""
    return [services] if isinstance(services, str) else services


def _running(status: int) -> bool | None:
    """What the exit status says: 0 it runs; 1 to 3 it does not, for different reasons."""
    if status == 0:
        return True
    return False if status <= 3 else None


@dataclass(frozen=True, slots=True)
class Runlevels:
    """The links that start services, and the programs that make such links."""

    links: tuple[str, ...] = ()
    programs: frozenset[str] = frozenset()

    def of(self, service: str, kind: str = "S") -> tuple[str, ...]:
        """The links that start a service, or with ``K`` those that stop it."""
        name = re.compile(rf"/etc/rc.\.d/{kind}[0-9]*{re.escape(service)}")
        return tuple(filter(name.fullmatch, self.links))


class InitdRunlevels(FactBase[Runlevels]):
    """What is started in which runlevel. No process of its own. For operations: not one of the public facts."""

    in_plans = False

    @staticmethod
    def default() -> Runlevels:
        return Runlevels()

    def command(self) -> str:
        return (
            f'for f in {RUNLEVELS}/[SK]*; do [ ! -h "$f" ] || printf "%s\\n" "$f"; done; '
            "for p in update-rc.d chkconfig rc-update; do ! command -v $p >/dev/null 2>&1 || echo $p; done"
        )

    def resources(self) -> Iterable[Resource]:
        return (SERVICES, *map(tree, SysvInit.links))

    def describe(self) -> str:
        return "runlevels"

    def process(self, output: list[str]) -> Runlevels:
        links = tuple(line for line in output if line.startswith("/"))
        return Runlevels(links, frozenset(line for line in output if line and not line.startswith("/")))
