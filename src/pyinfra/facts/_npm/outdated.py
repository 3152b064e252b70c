"""Packages of npm of which there are newer versions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.managers import AVAILABLE, PACKAGES
from pyinfra._lib.packages.npm import npm
from pyinfra.facts._newest import json_in
from pyinfra.facts._shell import path_word, script, word, words

Outdated = dict[str, dict[str, str]]  # "wanted": what the project takes, "latest": the newest, by name


class OutdatedNpm(FactBase["Outdated | None"]):
    """Versions that outdated packages could have; None when nobody knows."""

    in_plans = False

    def command(self, packages: Sequence[str], directory: str | None = None) -> StringCommand:
        names = words(map(word, packages))
        if directory is None:
            return script("npm outdated -g --json -- ", names, " 2>/dev/null || :")
        return script("cd ", path_word(directory), " 2>/dev/null && npm outdated --json -- ", names,
                      " 2>/dev/null || :")  # fmt: skip

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "npm"

    def resources(self, packages: Sequence[str], directory: str | None = None) -> Iterable[Resource]:
        return [npm(directory).resource, AVAILABLE, PACKAGES]

    def process(self, output: list[str]) -> Outdated | None:
        found = json_in(output)
        if not isinstance(found, dict) or _is_error(found.get("error")):
            return None
        rows = {name: told[0] if isinstance(told, list) and told else told for name, told in found.items()}
        return {
            name: {key: told[key] for key in ("wanted", "latest") if isinstance(told.get(key), str)}
            for name, told in rows.items()
            if isinstance(told, dict) and "current" in told
        }


def _is_error(told: Any) -> bool:
    """Whether this is no package that is called ``error``."""
    return isinstance(told, dict) and "code" in told
