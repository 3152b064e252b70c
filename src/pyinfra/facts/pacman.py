"""Facts about pacman.

Example:
    >>> host.get_fact(PacmanPackages)
    {'bash': {'5.2.021-1'}}
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.managers import AVAILABLE, PACKAGES
from pyinfra._lib.packages.pacman import PACMAN, PACMAN_REGEX

from ._packages import InstalledPackages
from ._shell import script, word

__all__ = ["PACMAN_REGEX", "PacmanPackages", "PacmanUnpackGroup"]

_NAME = re.compile(r"(?:= )?([A-Za-z0-9@_+][A-Za-z0-9@._+-]*)\Z")


class PacmanPackages(InstalledPackages):
    """The installed packages with their versions.

    Example:
        >>> host.get_fact(PacmanPackages)
        {'bash': {'5.2.021-1'}}
    """

    manager = PACMAN


class PacmanUnpackGroup(FactBase[list[str]]):
    """The packages that a name stands for: those of a group, or what provides it; none when nothing has that name.

    Args:
        package: name of a group or a package.

    Example:
        >>> host.get_fact(PacmanUnpackGroup, package="base-devel")
        ['gcc', 'make']
    """

    default = list
    in_plans = False

    def command(self, package: str) -> StringCommand:
        return script(
            "LC_ALL=C pacman --noconfirm -Sddp --print-format '= %n' -- ", word(package), " 2>/dev/null || :"
        )  # fmt: skip

    def requires_command(self, package: str) -> str:
        return "pacman"

    def resources(self, package: str) -> Iterable[Resource]:
        return [AVAILABLE, PACKAGES]

    def process(self, output: list[str]) -> list[str]:
        return list(dict.fromkeys(match[1] for match in map(_NAME.match, output) if match is not None))
