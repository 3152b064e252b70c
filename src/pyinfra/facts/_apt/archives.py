"""``DebPackage``: one package, installed or in a file; and what is in a file that has yet to be fetched."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.fetching import fetch_beginning
from pyinfra._lib.packages.managers import PACKAGES
from pyinfra.facts._frames import EXISTS, answered, header, not_understood
from pyinfra.facts._shell import path_resources, path_word, script, word

# "= NUMBER", then what dpkg says, each line behind a blank. Plain names are asked for together, behind all numbers.
_FUNCTIONS = r"""command -v dpkg-query >/dev/null 2>&1 || exit 0
file() { echo "= $1"; [ ! -f "$2" ] || dpkg-deb -f "$2" Package Version 2>/dev/null | sed 's/^/ /'; }
names() { echo "= $1"; shift
dpkg-query -W -f=' ${db:Status-Abbrev}\n Package: ${Package}\n Version: ${Version}\n' -- "$@" 2>/dev/null || :; }
"""
_MOST = 1024 * 1024  # bytes: what is told of a package comes first in its file

Deb = dict[str, str]


class DebPackage(FactBase["Deb | None"]):
    """Name and version of a package: of an installed one, or of one in a file, whose name ends in ``.deb``.

    Example:
        >>> host.get_fact(DebPackage, "/tmp/app_1.2_all.deb")
        {'name': 'app', 'version': '1.2'}
    """

    in_plans = False

    def command(self, package: str) -> StringCommand:
        return self.batch_command([{"package": package}])

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "dpkg"

    def resources(self, package: str) -> Iterable[Resource] | None:
        return path_resources(package) if package.endswith(".deb") else [PACKAGES]

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> StringCommand:
        parts: list[Any] = []
        plain: dict[int, str] = {}
        for number, package in enumerate((call["package"] for call in calls), start=1):
            if package.endswith(".deb"):
                parts += [f"file {number} ", path_word(package), "\n"]
            elif re.search(r"[\\*?[]", package):
                parts += [f"echo '= {number}'\n"]  # a pattern of names
            elif re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", package):
                plain[number] = package
            else:  # dpkg finds it under another name, or says no to all that it is asked
                parts += [f"names {number} ", word(package), "\n"]
        if plain:
            numbers = " ".join(map(str, plain))
            parts += [f"names '{numbers}'", [part for name in plain.values() for part in (" ", word(name))], "\n"]
        return script(_FUNCTIONS, *parts)

    def process(self, output: list[str]) -> Deb | None:
        return self.batch_process([{}], output)[0]

    def batch_process(self, calls: Sequence[Mapping[str, Any]], output: list[str]) -> list[Deb | None]:
        sections: dict[int, list[str]] = {}
        current: list[str] = []
        shared: list[int] = []
        for line in output:
            found = header(line)
            if found is not None and found[0] == EXISTS and found[1]:
                current = []
                sections.update((number, current) for number in found[1])
                shared = found[1] if len(found[1]) > 1 else shared
            elif line.startswith(" "):
                current.append(line[1:])
            elif line:
                not_understood("package", line)
        packages = answered("packages", sections, len(calls))
        return [
            _package(_of(lines, call["package"]) if number in shared else lines)
            for number, (lines, call) in enumerate(zip(packages, calls, strict=True), start=1)
        ]


def _of(lines: Sequence[str], name: str) -> list[str]:
    """The lines about one package; each begins with a status."""
    starts = [at for at, line in enumerate(lines) if ": " not in line]
    blocks = [lines[start:end] for start, end in pairwise([*starts, len(lines)])]
    return [line for block in blocks if f"Package: {name}" in block for line in block]


class RemoteDeb(FactBase["Deb | None"]):
    """Name and version of a package in a file somewhere else; None when it cannot be had now.

    Only the beginning of it is fetched.
    """

    in_plans = False

    def command(self, url: str) -> StringCommand:
        fetched = fetch_beginning(url, "$t", _MOST)
        return script("command -v dpkg-deb >/dev/null 2>&1 && t=$(mktemp) || exit 0\n", fetched,
                      "\ndpkg-deb -f \"$t\" Package Version 2>/dev/null\nrm -f \"$t\"\n:")  # fmt: skip

    def resources(self, url: str) -> Iterable[Resource]:
        return []

    def process(self, output: list[str]) -> Deb | None:
        return _package(output) or None


def _package(lines: Iterable[str]) -> Deb:
    """The first one that is installed, of several architectures; ``{}`` for none."""
    fields: Deb = {}
    installed = True
    for line in lines:
        key, colon, value = line.partition(": ")
        if not colon:  # the status of the next one
            installed = line[1:2] in ("i", "")
        elif installed and key in ("Package", "Version"):
            fields.setdefault(key, value.strip())
    return {"name": fields["Package"], "version": fields["Version"]} if len(fields) == 2 else {}
