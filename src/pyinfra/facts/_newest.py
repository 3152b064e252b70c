"""What facts about packages of programming languages and the like share."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, ClassVar

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.managers import AVAILABLE, PACKAGES, PackageManager

from ._packages import InstalledPackages
from ._shell import script


class OwnPackages(InstalledPackages):
    """Base of facts that list what a package manager beside that of the system has installed.

    That of the system may bring some of them, and the package manager itself.
    """

    abstract = True

    def resources(self, *args: Any, **kwargs: Any) -> Iterable[Resource]:
        return [self.manager.resource, PACKAGES]


class NewerVersions(FactBase["dict[str, str] | None"]):
    """Base of facts that tell of which installed packages there are newer versions; None when nobody knows.

    Attributes:
        manager: the spec.
    """

    abstract = True
    in_plans = False
    manager: ClassVar[PackageManager]

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return self.manager.program

    def resources(self, *args: Any, **kwargs: Any) -> Iterable[Resource]:
        return [self.manager.resource, AVAILABLE, PACKAGES]

    def describe(self, *args: Any, **kwargs: Any) -> str:
        return f"newer packages of {self.manager.program}"


def json_in(lines: Iterable[str]) -> Any:
    """Return what lines of JSON hold; None when they are none."""
    try:
        return json.loads("\n".join(lines))
    except (ValueError, RecursionError):
        return None


def if_it_works(*command: str | StringCommand) -> StringCommand:
    """Return a command that prints ``=`` and what another one prints, or nothing at all when that one fails."""
    return script("if o=$(", *command, " 2>/dev/null); then echo =; printf '%s\\n' \"$o\"; fi")


def after_mark(output: list[str]) -> list[str] | None:
    """Return what the command of ``if_it_works`` printed; None when it failed."""
    return output[1:] if output[:1] == ["="] else None
