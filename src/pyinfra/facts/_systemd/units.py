"""The state of units, read by one ``systemctl`` for each manager."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource, tree
from pyinfra._core.errors import FactTypeError
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.services.systemd import Systemd
from pyinfra._lib.services.systems import SERVICES
from pyinfra._lib.services.unit_names import UNIT_NAME, unit_name, unit_words
from pyinfra.facts._frames import EXISTS, answered, header, not_understood
from pyinfra.facts._shell import script

from .output import PROPERTIES, Unit, is_asked, read_units

SYSTEMD_UNIT_NAME_REGEX = UNIT_NAME

T = TypeVar("T")
_ALL = "*"
_PATTERN = re.compile(r"[*?[]")


class UnitFact(FactBase[dict[str, T]], Generic[T]):
    """Something of each unit, by every name of it."""

    abstract = True
    in_plans = False  # operations say what becomes of which service
    batch_family: ClassVar[str] = "systemd"

    @staticmethod
    def default() -> dict[str, T]:
        return {}

    def requires_command(self, *args: Any, **asked: Any) -> str:
        return "systemctl"

    def command(
        self,
        user_mode: bool = False,
        machine: str | None = None,
        user_name: str | None = None,
        services: str | list[str] | None = None,
    ) -> StringCommand:
        call = {"user_mode": user_mode, "machine": machine, "user_name": user_name, "services": services}
        return self.batch_command([call])

    def resources(self, user_mode: bool = False, *args: Any, **asked: Any) -> Iterable[Resource]:
        homes = ("/home", "/root") if user_mode else ()
        return (SERVICES, *map(tree, (*Systemd.definitions, *homes)))

    def describe(self, *args: Any, **asked: Any) -> str:
        return " ".join(["units", *_asked(asked.get("services"))])

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> StringCommand:
        parts: list[Any] = ["command -v systemctl >/dev/null 2>&1 || exit 0\n"]
        for manager, numbers in _by_manager(calls).items():
            parts += [f"echo '= {' '.join(map(str, numbers))}'\n", *_show(manager, [calls[n - 1] for n in numbers])]
        return script(parts)

    def batch_process(self, calls: Sequence[Mapping[str, Any]], output: list[str]) -> list[dict[str, T]]:
        answers: dict[int, dict[str, T]] = {}
        for numbers, lines in _sections(output):
            units = list(read_units(lines))
            for number in numbers:
                if not 0 < number <= len(calls):
                    not_understood("units", f"= {number}")
                asked = _asked(calls[number - 1].get("services")) or [_ALL]
                answers[number] = self._by_name(unit for unit in units if is_asked(unit, asked))
        return answered("units", answers, len(calls))

    def process(self, output: list[str]) -> dict[str, T]:
        return self._by_name(read_units(line for line in output if header(line) is None))

    def _by_name(self, units: Iterable[Unit]) -> dict[str, T]:
        return {name: self.of_unit(unit) for unit in units for name in unit.names}

    def of_unit(self, unit: Unit) -> T:
        """What this fact tells of a unit."""
        raise NotImplementedError


class SystemdStatus(UnitFact[bool]):
    """Whether each unit runs (or waits, listens, is mounted, has done its work), by every name of it.

    Example:
        >>> host.get_fact(SystemdStatus, services=["ssh", "backup.timer"])
        {'ssh.service': True, 'backup.timer': False}
    """

    def of_unit(self, unit: Unit) -> bool:
        return unit.runs


class SystemdEnabled(SystemdStatus):
    """Whether each unit is started with the system, or when others need it, by every name of it.

    Example:
        >>> host.get_fact(SystemdEnabled, services=["ssh"], user_mode=True, machine="box", user_name="app")
        {'ssh.service': True}
    """

    def of_unit(self, unit: Unit) -> bool:
        return unit.enabled


class UnitFileStates(UnitFact[str]):
    """The state of each unit's file: ``"static"``. For operations: not one of the public facts."""

    def of_unit(self, unit: Unit) -> str:
        return unit.file_state


def _asked(services: Any) -> list[str]:
    """The full names of units that were asked for; none when all were."""
    if services is None:
        return []
    given = [services] if isinstance(services, str) else services
    if not isinstance(given, (list, tuple, set, frozenset)) or not all(isinstance(name, str) for name in given):
        raise FactTypeError(f"services must be names of units, not {services!r}", argument="services")
    return [name if _PATTERN.search(name) else unit_name(name) for name in given]


def _by_manager(calls: Sequence[Mapping[str, Any]]) -> dict[Systemd, list[int]]:
    found: dict[Systemd, list[int]] = {}
    for number, call in enumerate(calls, start=1):
        manager = Systemd(bool(call.get("user_mode")), call.get("machine"), call.get("user_name"))
        found.setdefault(manager, []).append(number)
    return found


def _show(manager: Systemd, calls: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Ask a manager for the units of these calls. Not every user has one, which is no reason to fail."""
    asked = list(dict.fromkeys(name for call in calls for name in (_asked(call.get("services")) or [_ALL])))
    options = [f"-p {name}" for name in PROPERTIES]
    show = manager.systemctl("show", "--all", *options, *unit_words(asked))
    return ["LC_ALL=C ", show, " 2>/dev/null || :\n" if manager.user_mode else " || exit\n"]


def _sections(output: Sequence[str]) -> Iterable[tuple[list[int], list[str]]]:
    """The lines of each manager, with the numbers of the calls that they answer."""
    found: list[tuple[list[int], list[str]]] = []
    for line in output:
        head = header(line)
        if head is not None and head[0] == EXISTS:
            found.append((head[1], []))
        elif found:
            found[-1][1].append(line)
        elif line:
            not_understood("units", line)
    return found
