"""What installed packages provide beside their names."""

from __future__ import annotations

from collections.abc import Iterable

from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.managers import PACKAGES

_STATUS = "/usr/lib/opkg/status /var/lib/opkg/status /opt/lib/opkg/status"


class OpkgProvided(FactBase[set[str]]):
    """Names that installed packages provide beside their own: ``{"dnsmasq"}`` when it is dnsmasq-full."""

    in_plans = False
    default = set

    def command(self) -> str:
        return f"sed -n '/^Package:/p;/^Provides:/p;/^Status:/p' {_STATUS} 2>/dev/null || :"

    def resources(self) -> Iterable[Resource]:
        return [PACKAGES]

    def process(self, output: list[str]) -> set[str]:
        found: set[str] = set()
        names: list[str] = []
        installed = False
        for line in [*output, "Package:"]:
            key, _, value = line.partition(":")
            if key == "Package":
                found.update(names if installed else ())
                names, installed = [], False
            elif key == "Provides":
                names = [part.split()[0] for part in value.split(",") if part.split()]
            elif key == "Status":
                installed = value.split()[2:3] == ["installed"]
        return found
