"""What dpkg has installed: one ``dpkg-query`` for all facts that tell something of that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, TypedDict, TypeVar

from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.listing import PackageVersions
from pyinfra._lib.packages.managers import PACKAGES

DEB_PACKAGE_NAME_REGEX = r"[a-zA-Z0-9][a-zA-Z0-9+.-]+"
DEB_PACKAGE_VERSION_REGEX = r"[a-zA-Z0-9:.+~-]+"

T = TypeVar("T")

_FIELDS = ("db:Status-Abbrev", "Package", "Architecture", "Version", "Provides")
_FORMAT = r"\t".join(f"${{{field}}}" for field in _FIELDS)
# What "dpkg -l" shows, for whoever has output of that.
_TABLE_ROW = re.compile(
    rf"(?P<status>[a-z]{{2}}[ A-Z]) +(?P<name>{DEB_PACKAGE_NAME_REGEX})(?::(?P<architecture>\S+))? +"
    rf"(?P<version>{DEB_PACKAGE_VERSION_REGEX})(?= |\Z)"
)


class _Row(NamedTuple):
    """A package that dpkg knows."""

    status: str  # wanted, is, error: "ii ", "hi ", "rc "
    name: str
    architecture: str
    version: str
    provides: str = ""

    @property
    def is_installed(self) -> bool:
        return self.status[1:2] == "i" and not self.status[2:].strip()

    @property
    def is_held(self) -> bool:
        return self.status.startswith("h")


def _rows(output: Iterable[str]) -> Iterator[_Row]:
    for line in output:
        fields = line.split("\t")
        row = _TABLE_ROW.match(line) if len(fields) == 1 else None
        if len(fields) == len(_FIELDS):
            yield _Row(*fields)
        elif row is not None:
            yield _Row(row["status"], row["name"], row["architecture"] or "", row["version"])


def _own_architecture(rows: Iterable[_Row]) -> str:
    """That of the host, which is that of its dpkg; "" when there is none."""
    return next((row.architecture for row in rows if row.name == "dpkg" and row.is_installed), "")


def _names(row: _Row, own: str) -> list[str]:
    """Names under which apt knows a package, the usual one first."""
    qualified = f"{row.name}:{row.architecture}"
    return [row.name, qualified] if not own or row.architecture in (own, "all", "") else [qualified]


class _DpkgFact(FactBase[T]):
    """Base of facts that come from the one list of dpkg."""

    abstract = True
    in_plans = False  # operations say what becomes of which package
    batch_family: ClassVar[str] = "dpkg"

    def command(self) -> str:
        return f"command -v dpkg-query >/dev/null 2>&1 || exit 0\ndpkg-query -W -f='{_FORMAT}\\n'"

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> str:
        return self.command()

    def batch_process(self, calls: Sequence[Mapping[str, Any]], output: list[str]) -> list[T]:
        return [self.process(output)] * len(calls)

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "dpkg"

    def resources(self) -> Iterable[Resource]:
        return [PACKAGES]


class Debs(TypedDict):
    """What is installed, under the names by which apt knows it.

    ``a`` is the package of the host's own architecture, or of none; ``a:i386`` that of another one.
    """

    versions: dict[str, set[str] | None]  # None: nobody knows which version it will be
    provided: dict[str, set[str]]  # names that installed packages provide, with the versions that they say
    held: list[str]  # shall not be upgraded
    configured: list[str] | None  # removed, their configuration files are still there; None: nobody knows
    architecture: str  # that of the host


class InstalledDebs(_DpkgFact[Debs]):
    """All installed packages and what they provide. A host without dpkg has none."""

    @staticmethod
    def default() -> Debs:
        return {"versions": {}, "provided": {}, "held": [], "configured": [], "architecture": ""}

    def process(self, output: list[str]) -> Debs:
        rows = list(_rows(output))
        own = _own_architecture(rows)
        versions: dict[str, set[str] | None] = {}
        provided: dict[str, set[str]] = {}
        held: list[str] = []
        configured: list[str] = []
        for row in rows:
            names = _names(row, own)
            if row.is_installed:
                versions.update({name: {row.version} for name in names})
                _add_provided(provided, row.provides)
                held += names if row.is_held else []
            elif row.status[1:2] == "c":
                configured += names
        return {"versions": versions, "provided": provided, "held": held, "configured": configured, "architecture": own}


def _add_provided(provided: dict[str, set[str]], provides: str) -> None:
    """``awk, libc6-2.36 (= 2.36-9)``."""
    for virtual in provides.split(", ") if provides else ():
        name, _, version = virtual.partition(" ")
        provided.setdefault(name, set()).update({version.strip("(= )")} - {""})


class DebPackages(_DpkgFact[PackageVersions]):
    """The installed packages with their versions.

    Example:
        >>> host.get_fact(DebPackages)
        {'bash': {'5.2.15-2+b7'}}
    """

    default = dict

    def process(self, output: list[str]) -> PackageVersions:
        packages: PackageVersions = {}
        for row in _rows(output):
            if row.is_installed:
                packages.setdefault(row.name, set()).add(row.version)
        return packages


class AptPackages(_DpkgFact[PackageVersions]):
    """The installed packages with their versions; those of other architectures as ``name:architecture``.

    Example:
        >>> host.get_fact(AptPackages)
        {'bash': {'5.2.15-2+b7'}, 'libc6:i386': {'2.36-9'}}
    """

    default = dict

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "apt"

    def process(self, output: list[str]) -> PackageVersions:
        rows = list(_rows(output))
        own = _own_architecture(rows)
        packages: PackageVersions = {}
        for row in rows:
            if row.is_installed:
                packages.setdefault(_names(row, own)[0], set()).add(row.version)
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
