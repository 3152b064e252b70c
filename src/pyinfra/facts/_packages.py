"""What facts about packages share: one list in one process, read as the spec of the package manager says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.listing import PackageVersions
from pyinfra._lib.packages.managers import PackageManager


class InstalledPackages(FactBase[PackageVersions]):
    """Base of facts that list what a package manager has installed.

    Attributes:
        manager: the spec: its list, and how that is read.

    Example:
        class PacmanPackages(InstalledPackages):
            manager = PACMAN
    """

    abstract = True
    in_plans = False  # operations say what becomes of which package
    default = dict
    manager: ClassVar[PackageManager]

    def command(self) -> str | StringCommand:
        return self.manager.listing

    def requires_command(self, *args: Any, **kwargs: Any) -> str | None:
        return self.manager.program

    def resources(self, *args: Any, **kwargs: Any) -> Iterable[Resource]:
        return [self.manager.resource]

    def describe(self, *args: Any, **kwargs: Any) -> str:
        return f"packages of {self.manager.program}"

    def process(self, output: list[str]) -> PackageVersions:
        return self.manager.parse(output)
