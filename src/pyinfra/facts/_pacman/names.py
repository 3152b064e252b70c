"""What names mean that are none of installed packages, and what would be upgraded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypedDict

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._core.errors import FactProcessError
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.managers import AVAILABLE, PACKAGES
from pyinfra._lib.packages.pacman import PACMAN
from pyinfra.facts._newest import NewerVersions, after_mark, if_it_works
from pyinfra.facts._shell import script, word, words

_MARKS = ("= groups", "= installed", "= packages", "= missing")
_UPGRADE = re.compile(r"= (\S+) (\S+)\Z")


class Names(TypedDict):
    """What names mean.

    Attributes:
        groups: members of those that are groups.
        here: installed members of those that are groups.
        packages: those that are packages in a repository.
        missing: those that no installed package has or provides.
    """

    groups: dict[str, list[str]]
    here: dict[str, list[str]]
    packages: list[str]
    missing: list[str]


class PacmanNames(FactBase[Names]):
    """What names mean, all in one go.

    Args:
        packages: the names.
    """

    in_plans = False

    @staticmethod
    def default() -> Names:
        return {"groups": {}, "here": {}, "packages": [], "missing": []}

    def command(self, packages: Sequence[str]) -> StringCommand:
        asked = words(map(word, packages))
        questions = ("-Sg", "-Qg", "-Si", "-T")
        lines = [
            script(f"\necho {word(mark)}; pacman {how} -- ", asked, _ONLY_NAMES if how == "-Si" else " 2>/dev/null")
            for mark, how in zip(_MARKS, questions, strict=True)
        ]
        return script("export LC_ALL=C", lines, "\n:")

    def requires_command(self, packages: Sequence[str]) -> str:
        return "pacman"

    def resources(self, packages: Sequence[str]) -> Iterable[Resource]:
        return [AVAILABLE, PACKAGES]

    def process(self, output: list[str]) -> Names:
        parts: dict[str, list[str]] = {}
        for line in output:
            if line in _MARKS:
                parts[line] = []
            elif parts:
                parts[next(reversed(parts))].append(line)
        if list(parts) != list(_MARKS):
            raise FactProcessError("pacman did not tell what names mean")
        groups, here, packages, missing = parts.values()
        names = [line.partition(":")[2].strip() for line in packages]
        return {"groups": _members(groups), "here": _members(here), "packages": names, "missing": missing}


_ONLY_NAMES = " 2>/dev/null | grep '^Name  *:'"


def _members(lines: Iterable[str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for line in lines:
        group, _, member = line.partition(" ")
        if member and " " not in member:
            groups.setdefault(group, []).append(member)
    return groups


class PacmanUpgrade(NewerVersions):
    """Versions after an upgrade of everything, of what it changes; None when nobody knows."""

    manager = PACMAN

    def command(self) -> StringCommand:
        return if_it_works("pacman --noconfirm -Sup --print-format '= %n %v'")

    def process(self, output: list[str]) -> dict[str, str] | None:
        lines = after_mark(output)
        return None if lines is None else {row[1]: row[2] for row in map(_UPGRADE.match, lines) if row is not None}
