"""What could be installed: newer versions, providers, and whether the package manager finds anything to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.managers import AVAILABLE, PACKAGES
from pyinfra.facts._frames import EXISTS, answered, header
from pyinfra.facts._newest import after_mark
from pyinfra.facts._shell import script, word, words

# dnf and yum say by 100 that there is something. Nobody is asked whether a key is good: then nobody knows.
_CHECKS = {
    "dnf": "dnf -q check-update",
    "yum": "yum -q check-update",
    "zypper": "zypper --non-interactive --quiet --xmlout list-updates",
}
_CHECK = (
    "command -v {program} >/dev/null 2>&1 || exit 0\n"
    "o=$(LC_ALL=C {check} </dev/null 2>/dev/null); case $? in 0|100) echo =; printf '%s\\n' \"$o\" ;; esac"
)
_VERSION = re.compile(r"(?:[0-9]+:)?[^-:\s]+-[^-:\s]+\Z")

Updates = dict[str, str]


class NewerRpms(FactBase["Updates | None"]):
    """Versions that everything would be upgraded to, by name and by name with architecture; None: nobody knows."""

    in_plans = False

    def command(self, program: str) -> str:
        return _CHECK.format(program=program, check=_CHECKS[program])

    def resources(self, program: str) -> Iterable[Resource]:
        return [PACKAGES, AVAILABLE]

    def process(self, output: list[str]) -> Updates | None:
        lines = after_mark(output)
        if lines is None:
            return None
        text = "\n".join(lines)
        return _of_xml(text) if text.lstrip().startswith("<?xml") else _of_table(lines)


def _of_table(lines: Iterable[str]) -> Updates:
    """``demo.noarch  1:2.0-1  updates``; yum begins a new line, with blanks, where it has no room left."""
    rows: list[list[str]] = []
    for line in lines:
        if line.lower().startswith("obsoleting packages"):
            break  # what follows are other names of the same
        if line.startswith(" ") and rows:
            rows[-1] += line.split()
        else:
            rows.append(line.split())
    found: Updates = {}
    for row in rows:
        if len(row) == 3 and "." in row[0] and _VERSION.match(row[1]):
            found[row[0]] = found[row[0].rpartition(".")[0]] = row[1]
    return found


def _of_xml(text: str) -> Updates | None:
    try:
        updates = ElementTree.fromstring(text).iter("update")  # noqa: S314 - of the host's own package manager
    except ElementTree.ParseError:
        return None
    found: Updates = {}
    for update in updates:
        told = update.attrib
        if told.get("kind", "package") == "package" and told.get("name") and told.get("edition"):
            found[told["name"]] = found[f"{told['name']}.{told.get('arch', '')}"] = told["edition"]
    return found


class NothingToDo(FactBase[bool]):
    """Whether a package manager, asked to install or to remove something, finds that there is nothing to do."""

    in_plans = False
    default = bool

    def command(self, program: str, verb: str, packages: Sequence[str]) -> StringCommand:
        asked = words(map(word, packages))
        if program == "zypper":
            begin = f"zypper --non-interactive {verb} --dry-run -- "
        else:
            begin = f"{program} --assumeno {verb} "
        return script("LC_ALL=C ", begin, asked, " </dev/null 2>/dev/null || :")

    def requires_command(self, program: str, *args: Any, **kwargs: Any) -> str:
        return program

    def resources(self, program: str, verb: str, packages: Sequence[str]) -> Iterable[Resource]:
        return [PACKAGES, AVAILABLE]

    def process(self, output: list[str]) -> bool:
        return any(line.strip() == "Nothing to do." for line in output)


class RpmPackageProvides(FactBase["list[list[str]]"]):
    """The packages that provide something, installed or not, with their versions.

    Example:
        >>> host.get_fact(RpmPackageProvides, package="vi")
        [['vim-enhanced', '9.0.2081-1.el9']]
    """

    in_plans = False
    default = list

    def command(self, package: str) -> StringCommand:
        return self.batch_command([{"package": package}])

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "dnf"

    def resources(self, package: str) -> Iterable[Resource]:
        return [PACKAGES, AVAILABLE]

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> StringCommand:
        parts: list[Any] = ["command -v dnf >/dev/null 2>&1 || exit 0\n"]
        for number, call in enumerate(calls, start=1):
            option = word(f"--whatprovides={call['package']}")
            parts += [f"echo '= {number}'\n", "dnf -q repoquery --queryformat '\\t%{name}\\t%{version}-%{release}\\n' ",
                      option, " </dev/null 2>/dev/null || :\n"]  # fmt: skip
        return script(parts)

    def process(self, output: list[str]) -> list[list[str]]:
        return self.batch_process([{}], output)[0]

    def batch_process(self, calls: Sequence[Mapping[str, Any]], output: list[str]) -> list[list[list[str]]]:
        if not output:  # no dnf
            return [[] for _ in calls]
        answers: dict[int, list[list[str]]] = {}
        number = 0
        for line in output:
            found = header(line)
            fields = line.replace("\\t", "\t").split("\t")
            if found is not None and found[0] == EXISTS and len(found[1]) == 1:
                (number,) = found[1]
                answers[number] = []
            elif len(fields) == 3 and not fields[0] and number and fields[1:] not in answers[number]:
                answers[number].append(fields[1:])
        return answered("providers", answers, len(calls))
