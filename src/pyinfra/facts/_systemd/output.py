"""What ``systemctl show`` prints: a property on each line, an empty line between units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

PROPERTIES = ("Id", "Names", "ActiveState", "SubState", "UnitFileState")

_RUNS = frozenset({"running", "waiting", "exited", "listening", "mounted"})
_ACTIVE = frozenset({"active", "reloading", "refreshing"})  # targets, slices, timers that have run
_NAME = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')


class Unit(NamedTuple):
    """What is known of a unit."""

    names: tuple[str, ...]
    active_state: str
    sub_state: str
    file_state: str  # of the unit's file: enabled, disabled, static ...; empty when there is none

    @property
    def runs(self) -> bool:
        """Whether there is nothing to start."""
        return self.sub_state in _RUNS or self.active_state in _ACTIVE

    @property
    def enabled(self) -> bool:
        """Whether it is started with the system, or when others need it."""
        return self.file_state in ("enabled", "static")


def read_units(lines: Iterable[str]) -> Iterator[Unit]:
    """Read units. A line that is no property ends the unit that it is in; one without a name is none."""
    properties: dict[str, str] = {}
    for line in lines:
        name, is_property, value = line.partition("=")
        if not is_property or name == "Id":
            yield from _unit(properties)
            properties = {}
        if is_property and name in PROPERTIES:
            properties[name] = value
    yield from _unit(properties)


def _unit(properties: Mapping[str, str]) -> Iterator[Unit]:
    own = properties.get("Id")
    if own:
        others = (_plain(match) for match in _NAME.finditer(properties.get("Names", "")))
        names = tuple(dict.fromkeys([own, *others]))
        yield Unit(names, *(properties.get(name, "") for name in PROPERTIES[2:]))


def _plain(match: re.Match[str]) -> str:
    """A name as it is; one with a backslash comes in quotes."""
    return match[2] if match[1] is None else re.sub(r"\\(.)", r"\1", match[1])


def is_asked(unit: Unit, asked: Iterable[str]) -> bool:
    """Whether a unit has one of these names, or matches one of these patterns."""
    return any(wanted in unit.names or any(fnmatchcase(name, wanted) for name in unit.names) for wanted in asked)
