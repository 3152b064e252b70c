"""What apk was asked for, and what it would upgrade."""

from __future__ import annotations

from collections.abc import Iterable

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource, path
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.apk import APK, parse_steps
from pyinfra._lib.packages.managers import PACKAGES
from pyinfra.facts._newest import NewerVersions, after_mark, if_it_works

_WORLD = "/etc/apk/world"


class ApkWorld(FactBase[list[str]]):
    """What was asked for, as it was asked for: ``["busybox", "nginx@edge"]``; the rest came with it. No process."""

    in_plans = False
    default = list

    def command(self) -> str:
        return f'[ ! -r {_WORLD} ] || while read -r line || [ -n "$line" ]; do printf \'%s\\n\' "$line"; done <{_WORLD}'

    def resources(self) -> Iterable[Resource]:
        return [PACKAGES, path(_WORLD)]

    def process(self, output: list[str]) -> list[str]:
        return [word for line in output for word in line.split()]


class ApkUpgrade(NewerVersions):
    """Versions after an upgrade of everything, of what it changes; None when nobody knows.

    Args:
        available: what is in no repository any more is replaced, too.
    """

    manager = APK

    def command(self, available: bool = False) -> StringCommand:
        return if_it_works("apk upgrade --simulate", " --available" if available else "")

    def process(self, output: list[str]) -> dict[str, str] | None:
        lines = after_mark(output)
        return None if lines is None else parse_steps(lines)
