"""Facts about Homebrew.

Example:
    >>> host.get_fact(BrewPackages)
    {'python@3.11': {'3.11.6'}}
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any

from pyinfra._core.effects import Resource, named
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.brew import BREW, BREW_REGEX, CASKS

from ._newest import json_in
from ._packages import InstalledPackages

__all__ = ["BREW_REGEX", "BrewCasks", "BrewItemKind", "BrewPackages", "BrewTaps", "BrewTrusted", "BrewVersion"]

logger = logging.getLogger("pyinfra")

_TAPS = named("taps")
_VERSION = re.compile(r"Homebrew >?=?(\d+)\.(\d+)(?:\.(\d+))?")


class BrewItemKind(Enum):
    """What can be trusted."""

    CASK = "casks"
    COMMAND = "commands"
    FORMULA = "formulae"
    TAP = "taps"


class BrewPackages(InstalledPackages):
    """The installed formulae with their versions.

    Example:
        >>> host.get_fact(BrewPackages)
        {'python@3.11': {'3.11.6'}}
    """

    manager = BREW


class BrewCasks(BrewPackages):
    """The installed casks with their versions.

    Example:
        >>> host.get_fact(BrewCasks)
        {'firefox': {'120.0'}}
    """

    def command(self) -> str:
        return "brew list --cask --versions 2>/dev/null || brew cask list --versions"

    def resources(self) -> Iterable[Resource]:
        return [CASKS]

    def describe(self) -> str:
        return "casks of brew"


class BrewFact(FactBase[Any]):
    """Base of the other facts about brew."""

    abstract = True

    def requires_command(self) -> str:
        return "brew"

    def resources(self) -> Iterable[Resource]:
        return [_TAPS]


class BrewVersion(BrewFact, FactBase[Sequence[int]]):
    """The version of Homebrew: ``[4, 1, 0]``; noughts when nobody knows."""

    abstract = False

    @staticmethod
    def default() -> Sequence[int]:
        return [0, 0, 0]

    def command(self) -> str:
        return "brew --version"

    def resources(self) -> Iterable[Resource]:
        return [named("brew")]

    def process(self, output: list[str]) -> Sequence[int]:
        match = next(filter(None, map(_VERSION.match, output)), None)
        if match is None:
            logger.warning("the version of Homebrew cannot be told from: %s", output)
            return self.default()
        return [int(number or 0) for number in match.groups()]


class BrewTaps(BrewFact, FactBase[Iterable[str]]):
    """The taps: ``["hashicorp/tap"]``."""

    abstract = False
    default = list

    def command(self) -> str:
        return "brew tap"

    def process(self, output: list[str]) -> Iterable[str]:
        return [line.strip() for line in output if line.count("/") == 1 and " " not in line.strip()]


class BrewTrusted(BrewFact, FactBase[Mapping[str, Sequence[str]]]):
    """What is trusted beside what is official, by kind; nothing where Homebrew is too old for that.

    Example:
        >>> host.get_fact(BrewTrusted)
        {'casks': [], 'commands': [], 'formulae': [], 'taps': ['hashicorp/tap']}
    """

    abstract = False

    @staticmethod
    def default() -> Mapping[str, Sequence[str]]:
        return {kind.value: [] for kind in BrewItemKind}

    def command(self) -> str:
        return "brew trust --json=v1 2>/dev/null || :"

    def process(self, output: list[str]) -> Mapping[str, Sequence[str]]:
        found = json_in(output)
        names = {kind.value: found.get(kind.value) if isinstance(found, dict) else None for kind in BrewItemKind}
        if not all(isinstance(told, list) for told in names.values()):
            logger.warning("what Homebrew trusts cannot be told from: %s", output)
            return self.default()
        return {kind: sorted(map(str, told or ())) for kind, told in names.items()}
