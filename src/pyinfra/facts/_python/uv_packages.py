"""Packages of an environment that uv is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.listing import PackageVersions
from pyinfra.facts._python.listing import packages_of
from pyinfra.facts._shell import word
from pyinfra.facts.uv import UvPipPackages


class UvPackagesOf(FactBase[PackageVersions]):
    """The installed packages with their versions.

    Args:
        options: that say which environment it is; the one that uv finds without them.
    """

    in_plans = False
    default = dict

    def command(self, options: Sequence[str] = ()) -> StringCommand:
        return packages_of(*map(word, options))

    def requires_command(self, options: Sequence[str] = ()) -> str:
        return "uv"

    def resources(self, options: Sequence[str] = ()) -> Iterable[Resource]:
        return UvPipPackages().resources()

    def process(self, output: list[str]) -> PackageVersions:
        return UvPipPackages().process(output)
