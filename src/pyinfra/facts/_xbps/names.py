"""What would be upgraded, and which installed packages match what is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.managers import PACKAGES
from pyinfra._lib.packages.xbps import XBPS, parse_steps
from pyinfra.facts._newest import NewerVersions, after_mark, if_it_works
from pyinfra.facts._shell import script, word


class XbpsUpgrade(NewerVersions):
    """Versions after an upgrade of everything, of what it changes; None when nobody knows."""

    manager = XBPS

    def command(self) -> StringCommand:
        return if_it_works("xbps-install -un")

    def process(self, output: list[str]) -> dict[str, str] | None:
        lines = after_mark(output)
        return None if lines is None else parse_steps(lines)


class XbpsMatches(FactBase[dict[str, str]]):
    """Installed packages by what they match: a name that they provide, ``bash>=5``, ``bash-5.2_1``.

    Only what no installed package has for a name is asked for, so there is little to ask.

    Args:
        packages: what is asked for.
    """

    in_plans = False
    default = dict

    def command(self, packages: Sequence[str]) -> StringCommand:
        lines = [
            script(f"\nt {number} ", word(asked))
            for number, asked in enumerate(packages)
        ]  # fmt: skip
        test = 't() { p=$(xbps-query -p pkgver -- "$2" 2>/dev/null) && [ -n "$p" ] && echo "$1 $p"; }'
        return script(test, lines, "\n:")

    def requires_command(self, packages: Sequence[str]) -> str:
        return XBPS.program

    def resources(self, packages: Sequence[str]) -> Iterable[Resource]:
        return [PACKAGES]

    def process(self, output: list[str]) -> dict[str, str]:
        rows = (line.partition(" ") for line in output)
        return {number: package for number, _, package in rows if number.isdigit() and package}
