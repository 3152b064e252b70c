"""``DnfEnabledModules`` and ``DnfDisabledModules``: what dnf remembers of module streams."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from pyinfra._core.effects import Resource, path, tree
from pyinfra._engine.facts.base import FactBase

T = TypeVar("T")

STATE_OF_4 = "/etc/dnf/modules.d"  # one file for each module, in sections
STATE_OF_5 = "/usr/lib/sysimage/libdnf5/modules.toml"
_READ = f"""[ ! -f {STATE_OF_5} ] || {{ echo '= 5'; awk '{{ print " " $0 }}' {STATE_OF_5}; }}
set --; for f in {STATE_OF_4}/*.module; do [ ! -f "$f" ] || set -- "$@" "$f"; done
[ $# -eq 0 ] || {{ echo '= 4'; awk '{{ print " " $0 }}' "$@"; }}
echo '= 0'"""
# What "dnf module list" shows, for whoever has output of that: "nodejs    18 [d][e]    common [d], minimal".
_ROW = re.compile(r"(?P<name>[^\s\[]+)\s+(?P<stream>[^\s\[]+)\s+(?P<flags>(?:\[[a-z]\])+)(?:\s|\Z)")

States = dict[str, tuple[str, str]]  # stream and state of modules, by name


class _ModuleFact(FactBase[T]):
    """Base of facts that come from the one list of modules."""

    abstract = True
    batch_family: ClassVar[str] = "dnf modules"

    def command(self) -> str:
        return _READ

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> str:
        return self.command()

    def batch_process(self, calls: Sequence[Mapping[str, Any]], output: list[str]) -> list[T]:
        return [self.process(output)] * len(calls)

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "dnf"

    def resources(self) -> Iterable[Resource]:
        return [tree(STATE_OF_4), path(STATE_OF_5)]


class DnfEnabledModules(_ModuleFact[dict[str, str]]):
    """The enabled modules with their streams.

    Example:
        >>> host.get_fact(DnfEnabledModules)
        {'nodejs': '20'}
    """

    default = dict

    def describe(self) -> str:
        return "enabled modules"

    def process(self, output: list[str]) -> dict[str, str]:
        return {name: stream for name, (stream, state) in _states(output).items() if state == "enabled" and stream}


class DnfDisabledModules(_ModuleFact["list[str]"]):
    """The disabled modules.

    Example:
        >>> host.get_fact(DnfDisabledModules)
        ['php']
    """

    default = list

    def describe(self) -> str:
        return "disabled modules"

    def process(self, output: list[str]) -> list[str]:
        return sorted(name for name, (_, state) in _states(output).items() if state == "disabled")


def _states(output: Iterable[str]) -> States:
    found: States = {}
    parts: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in output:
        if line in ("= 0", "= 4", "= 5"):
            current = parts.setdefault(line, [])
        elif current is not None and line.startswith(" "):
            current.append(line[1:])
        elif (row := _ROW.match(line)) is not None and {"e", "x"} & set(row["flags"][1::3]):
            found[row["name"]] = (row["stream"], "enabled" if "[e]" in row["flags"] else "disabled")
    return {**found, **_of_sections(parts.get("= 4", [])), **_of_toml("\n".join(parts.get("= 5", [])))}


def _of_sections(lines: Iterable[str]) -> States:
    """``[nodejs]``, ``stream=20``, ``state=enabled``."""
    sections: dict[str, dict[str, str]] = {}
    current: dict[str, str] = {}
    for line in map(str.strip, lines):
        if line.startswith("[") and line.endswith("]"):
            current = sections.setdefault(line[1:-1], {})
        elif "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            current[key.strip()] = value.strip()
    return {name: (told.get("stream", ""), told.get("state", "")) for name, told in sections.items()}


def _of_toml(text: str) -> States:
    try:
        modules = tomllib.loads(text).get("modules", {})
    except tomllib.TOMLDecodeError:
        return {}
    if not isinstance(modules, dict):
        return {}
    rows = {name: told for name, told in modules.items() if isinstance(told, dict)}
    return {
        name: (str(told.get("enabled_stream", "")), str(told.get("state", "")).lower()) for name, told in rows.items()
    }
