"""What dpkg has installed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.managers import PACKAGES
from pyinfra.facts.util.packaging import PackageVersionDict

_LIST = "dpkg-query -W -f='${db:Status-Abbrev}\\t${Package}\\t${Architecture}\\t${Version}\\t${Provides}\\n'"

PROVIDED = "provided "  # no name has a blank


def with_provided(installed: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Return what is installed, names that are only provided among it."""
    provided = {name.removeprefix(PROVIDED): found for name, found in installed.items() if name.startswith(PROVIDED)}
    return {**provided, **installed}


class InstalledDebs(FactBase[dict[str, frozenset[str]]]):
    """Versions of all installed packages, by name and by ``name:architecture``. A host without dpkg has none.

    Names that installed packages provide are there with ``PROVIDED`` before them.
    """

    in_plans = False
    default = dict

    def command(self) -> str:
        return f"{_LIST} 2>/dev/null || :"

    def resources(self) -> Iterable[Resource]:
        return [PACKAGES]

    def process(self, output: list[str]) -> dict[str, frozenset[str]]:
        packages: dict[str, set[str]] = {}
        provided: dict[str, set[str]] = {}
        for line in output:
            fields = line.split("\t")
            if len(fields) != 5 or not fields[0].startswith(("ii", "hi")):
                continue
            _, name, architecture, version, provides = fields
            packages.setdefault(name, set()).add(version)
            packages.setdefault(f"{name}:{architecture}", set()).add(version)
            for other in provides.split(", ") if provides else ():
                virtual, _, its_version = other.partition(" ")
                provided.setdefault(PROVIDED + virtual, set()).update({its_version.strip("(= )")} - {""})
        return {name: frozenset(versions) for name, versions in {**provided, **packages}.items()}


class DebPackages(FactBase[PackageVersionDict]):
    """The installed packages with their versions.

    Example:
        >>> host.get_fact(DebPackages)
        {'bash': {'5.2.15-2+b7'}}
    """

    default = dict
    in_plans = False

    def command(self) -> str:
        return "dpkg-query -W -f='${db:Status-Abbrev}\\t${Package}\\t${Version}\\n'"

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "dpkg"

    def resources(self) -> Iterable[Resource]:
        return [PACKAGES]

    def process(self, output: list[str]) -> PackageVersionDict:
        packages: PackageVersionDict = {}
        for line in output:
            status, _, rest = line.partition("\t")
            name, separator, version = rest.partition("\t")
            if separator and status.startswith(("ii", "hi")):
                packages.setdefault(name, set()).add(version)
        return packages


class DebArch(FactBase["str | None"]):
    """The architecture that packages are installed for: ``amd64``."""

    def command(self) -> str:
        return "dpkg --print-architecture"

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "dpkg"

    def resources(self) -> Iterable[Resource]:
        return [PACKAGES]

    def process(self, output: list[str]) -> str | None:
        return output[0].strip() or None if output else None
