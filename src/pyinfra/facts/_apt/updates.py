"""What apt could do, and when it last looked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypedDict

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._core.errors import FactProcessError
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.managers import PACKAGES
from pyinfra.facts._shell import word, words

STAMP = "/var/lib/apt/periodic/update-success-stamp"


class AptSimulationDict(TypedDict):
    """What an operation of apt would do."""

    upgraded: int
    newly_installed: int
    removed: int
    not_upgraded: int


class SimulateOperationWillChange(FactBase["AptSimulationDict | None"]):
    """How many packages an operation of ``apt-get`` would upgrade, install and remove.

    Example:
        >>> host.get_fact(SimulateOperationWillChange, "upgrade")
        {'upgraded': 2, 'newly_installed': 0, 'removed': 0, 'not_upgraded': 1}
    """

    in_plans = False

    def command(self, command: str) -> str:
        # The words are those of ``apt-get``: several, with options.
        return f"LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -y {command} --dry-run"

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "apt-get"

    def resources(self, command: str) -> Iterable[Resource]:
        return [PACKAGES]

    def process(self, output: list[str]) -> AptSimulationDict:
        for line in reversed(output):
            words = line.split()
            # "2 upgraded, 0 newly installed, 0 to remove and 1 not upgraded."
            if words[1:2] == ["upgraded,"] and len(words) >= 10:
                numbers = [word for word in words if word.isdecimal()]
                if len(numbers) == 4:
                    upgraded, new, removed, kept = map(int, numbers)
                    return {"upgraded": upgraded, "newly_installed": new, "removed": removed, "not_upgraded": kept}
        raise FactProcessError("apt-get does not say what it would do")


class Upgradeable(FactBase[list[str]]):
    """Which of some installed packages apt has a newer version of."""

    in_plans = False
    default = list

    def command(self, packages: Sequence[str]) -> StringCommand:
        return StringCommand("LC_ALL=C apt-cache policy --", words(map(word, packages)))

    def resources(self, packages: Sequence[str]) -> Iterable[Resource]:
        return [PACKAGES]

    def process(self, output: list[str]) -> list[str]:
        found: list[str] = []
        name = installed = ""
        for line in output:
            if line and not line.startswith(" "):
                name = line.rstrip(":")
            elif line.startswith("  Installed: "):
                installed = line.split()[1]
            elif line.startswith("  Candidate: ") and line.split()[1] not in (installed, "(none)"):
                found.append(name)
        return found


class SecondsSinceUpdate(FactBase["int | None"]):
    """How long ago, on the host's own clock, the lists of packages were fetched; None when they never were."""

    in_plans = False
    cacheable = False

    def command(self) -> str:
        # busybox has no %s in date only where nobody has apt
        return f"[ -e {STAMP} ] && echo $(( $(date +%s) - $(stat -c %Y {STAMP}) )) || :"

    def process(self, output: list[str]) -> int | None:
        try:
            return int(output[0]) if output else None
        except ValueError:
            raise FactProcessError(f"not understood: {output[0]!r}") from None
