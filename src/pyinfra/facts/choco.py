"""Facts about Chocolatey.

Example:
    >>> host.get_fact(ChocoPackages)
    {'git': {'2.43.0'}}
"""

from __future__ import annotations

from collections.abc import Iterable

from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.choco import CHOCO, CHOCO_REGEX
from pyinfra._lib.packages.managers import PACKAGES

from ._packages import InstalledPackages

__all__ = ["CHOCO_REGEX", "ChocoPackages", "ChocoVersion"]


class ChocoPackages(InstalledPackages):
    """The installed packages with their versions.

    Example:
        >>> host.get_fact(ChocoPackages)
        {'git': {'2.43.0'}}
    """

    manager = CHOCO


class ChocoVersion(FactBase["str | None"]):
    """The version of Chocolatey: ``2.2.2``."""

    def command(self) -> str:
        return "choco --version"

    def requires_command(self) -> str:
        return "choco"

    def resources(self) -> Iterable[Resource]:
        return [PACKAGES]

    def process(self, output: list[str]) -> str | None:
        # Warnings may stand before it.
        return next((line.strip() for line in reversed(output) if line.strip()[:1].isdigit()), None)
