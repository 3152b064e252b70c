"""Formulae and casks of which there are newer versions, and their other names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.brew import BREW, CASKS, name_of
from pyinfra._lib.packages.managers import AVAILABLE
from pyinfra.facts._newest import NewerVersions, json_in
from pyinfra.facts._shell import script, word, words


def _from_json(output: list[str]) -> Any:
    """What brew told as JSON; it may have told of updating itself before."""
    start = next((number for number, line in enumerate(output) if line[:1] in ("{", "[")), len(output))
    return json_in(output[start:])


class OutdatedFormulae(NewerVersions):
    """The newest versions of formulae that are outdated and not pinned."""

    manager = BREW

    def command(self) -> str:
        return "brew outdated --json=v2 2>/dev/null || brew outdated --json=v1 2>/dev/null || :"

    def resources(self) -> Iterable[Resource]:
        return [self.manager.resource, AVAILABLE]

    def process(self, output: list[str]) -> dict[str, str] | None:
        found = _from_json(output)
        return _newer(found.get("formulae") if isinstance(found, dict) else found)


class OutdatedCasks(NewerVersions):
    """The newest versions of casks that are outdated, those that update themselves, too."""

    manager = BREW

    def command(self) -> str:
        return "brew outdated --cask --greedy --json=v2 2>/dev/null || :"

    def resources(self) -> Iterable[Resource]:
        return [CASKS, AVAILABLE]

    def process(self, output: list[str]) -> dict[str, str] | None:
        found = _from_json(output)
        return _newer(found.get("casks")) if isinstance(found, dict) else None


def _newer(rows: Any) -> dict[str, str] | None:
    if not isinstance(rows, list):
        return None
    told = [row for row in rows if isinstance(row, dict) and isinstance(row.get("name"), str)]
    return {name_of(row["name"]): str(row.get("current_version") or "") for row in told if not row.get("pinned")}


class FormulaNames(FactBase[dict[str, str]]):
    """Under which names formulae are listed that are asked for by other ones: ``python3``, ``node@22``, old names."""

    in_plans = False
    default = dict

    def command(self, packages: Sequence[str]) -> StringCommand:
        asked = words(map(word, packages))
        return script("brew info --json=v2 --formula -- ", asked, " 2>/dev/null || :")

    def requires_command(self, packages: Sequence[str]) -> str:
        return "brew"

    def resources(self, packages: Sequence[str]) -> Iterable[Resource]:
        return [AVAILABLE]

    def process(self, output: list[str]) -> dict[str, str]:
        found = _from_json(output)
        rows = found.get("formulae") if isinstance(found, dict) else None
        names: dict[str, str] = {}
        for row in rows if isinstance(rows, list) else ():
            if not isinstance(row, dict) or not isinstance(row.get("name"), str):
                continue
            others = [row.get(key) for key in ("aliases", "oldnames")]
            for other in (name for told in others if isinstance(told, list) for name in told):
                names[name_of(str(other))] = row["name"]
        return names
