"""What apt could do, and when it last looked."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource, path, tree
from pyinfra._core.errors import FactProcessError, FactValueError
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.managers import AVAILABLE, PACKAGES
from pyinfra.facts._frames import line_answers
from pyinfra.facts._shell import script, word, words

STAMP = "/var/lib/apt/periodic/update-success-stamp"
SOURCES = "/etc/apt/sources.list"
SOURCE_PARTS = "/etc/apt/sources.list.d"

_SUMMARY = re.compile(r"([0-9]+) upgraded, ([0-9]+) newly installed, .*?([0-9]+) to remove and ([0-9]+) not upgraded")
# "Inst libc6 [2.36-9] (2.36-10 Debian:12.4/stable [amd64])", without the first bracket when it is new
_STEP = re.compile(r"(Inst|Remv|Purg) (\S+)(?: \[([^\]]*)\])?(?: \((\S+))?")


Steps = dict[str, tuple[str | None, str | None]]  # versions of packages, now and then


class AptSimulationDict(TypedDict):
    """What an operation of apt would do."""

    upgraded: int
    newly_installed: int
    removed: int
    not_upgraded: int


def simulation(command: str) -> str:
    """Return the command that has ``apt-get`` only say what it would do.

    Args:
        command: words of ``apt-get``, options too, as they are written for a shell.

    Raises:
        FactValueError: it ends within a quotation.
    """
    if not isinstance(command, str) or "\0" in command:
        raise FactValueError(f"{command!r} is no command of apt-get")
    try:
        given = shlex.split(command)
    except ValueError as error:
        raise FactValueError(f"{command!r} is no command of apt-get") from error
    return f"LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -y {shlex.join(given)} --dry-run"


class SimulateOperationWillChange(FactBase["AptSimulationDict | None"]):
    """How many packages an operation of ``apt-get`` would upgrade, install and remove.

    Example:
        >>> host.get_fact(SimulateOperationWillChange, "upgrade")
        {'upgraded': 2, 'newly_installed': 0, 'removed': 0, 'not_upgraded': 1}
    """

    in_plans = False

    def command(self, command: str) -> str:
        return simulation(command)

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "apt-get"

    def resources(self, command: str) -> Iterable[Resource]:
        return [PACKAGES, AVAILABLE]

    def process(self, output: list[str]) -> AptSimulationDict:
        for line in reversed(output):
            match = _SUMMARY.match(line)
            if match is not None:
                upgraded, new, removed, kept = map(int, match.groups())
                return {"upgraded": upgraded, "newly_installed": new, "removed": removed, "not_upgraded": kept}
        raise FactProcessError("apt-get does not say what it would do")


class Simulation(FactBase[Steps]):
    """What would become of which package: its version now and then, None when it is not there."""

    in_plans = False
    default = dict

    def command(self, command: str) -> str:
        return simulation(command)

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "apt-get"

    def resources(self, command: str) -> Iterable[Resource]:
        return [PACKAGES, AVAILABLE]

    def process(self, output: list[str]) -> Steps:
        SimulateOperationWillChange().process(output)  # complete, or an error
        steps: Steps = {}
        for match in filter(None, map(_STEP.match, output)):
            what, name, before, then = match.groups()
            steps[name] = (before, then if what == "Inst" else None)
        return steps


class Candidates(FactBase[dict[str, "str | None"]]):
    """Which versions of packages apt would install; None for those that nobody offers, or that only others provide.

    A package may be asked for from one release: ``nginx/bookworm-backports``. Unknown ones are left out.
    """

    in_plans = False
    default = dict

    def command(self, packages: Sequence[str]) -> StringCommand:
        by_release: dict[str, list[str]] = {}
        for package in packages:
            name, _, release = package.partition("/")
            by_release.setdefault(release, []).append(name)
        parts: list[Any] = ["LC_ALL=C; export LC_ALL; command -v apt-cache >/dev/null 2>&1 || exit 0\n"]
        for release, names in by_release.items():
            option = ["-o ", word(f"APT::Default-Release={release}"), " "] if release else []
            parts += ["printf '@ %s\\n' ", word(release), "\n",
                      "apt-cache ", *option, "policy -- ", words(map(word, names)), " 2>/dev/null || :\n"]  # fmt: skip
        return script(parts)

    def resources(self, packages: Sequence[str]) -> Iterable[Resource]:
        return [PACKAGES, AVAILABLE]

    def process(self, output: list[str]) -> dict[str, str | None]:
        found: dict[str, str | None] = {}
        name = suffix = ""
        for line in output:
            if line.startswith("@ "):
                suffix = f"/{line[2:]}" if line[2:] else ""
            elif line and not line.startswith(" "):
                name = line.removesuffix(":")
            elif line.startswith("  Candidate: "):
                candidate = line.removeprefix("  Candidate: ").strip()
                found[name + suffix] = None if candidate == "(none)" else candidate
        return found


def candidate(candidates: Mapping[str, str | None], text: str) -> str | None:
    """Return the version of a package, as it was asked for: apt leaves out the architecture when it is the host's."""
    name, slash, release = text.partition("/")
    return candidates.get(text) or candidates.get(name.partition(":")[0] + slash + release)


class ListsAreFresh(FactBase[bool]):
    """Whether the lists of packages were fetched so many seconds ago at most, and the sources are older than they."""

    in_plans = False
    default = bool

    def command(self, seconds: int) -> str:
        return self.batch_command([{"seconds": seconds}])

    def resources(self, seconds: int) -> Iterable[Resource]:
        return [path(STAMP), path(SOURCES), tree(SOURCE_PARTS)]

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> str:
        asked = " ".join(str(int(call["seconds"])) for call in calls)
        return (
            f"s={STAMP}; n=0; a=-1\n"
            f'if [ -e $s ] && [ -z "$(find {SOURCES} {SOURCE_PARTS} -newer $s 2>/dev/null)" ]; then\n'
            "a=$(( $(date +%s) - $(stat -c %Y $s) )); [ $a -ge 0 ] || a=0\nfi\n"
            f'for c in {asked}; do n=$((n + 1)); echo "= $n"\n'
            "if [ $a -ge 0 ] && [ $a -lt $c ]; then echo fresh; else echo old; fi; done"
        )

    def process(self, output: list[str]) -> bool:
        return self.batch_process([{}], output)[0]

    def batch_process(self, calls: Sequence[Mapping[str, Any]], output: list[str]) -> list[bool]:
        return [answer == "fresh" for answer in line_answers("lists of packages", output, len(calls))]
