"""``DebPackage``: one package, installed or in a file; and what is in a file that has yet to be fetched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.fetching import fetch_beginning
from pyinfra._lib.packages.managers import PACKAGES
from pyinfra.facts._frames import EXISTS, answered, header, not_understood
from pyinfra.facts._shell import path_resources, path_word, script, word

# "= NUMBER", then what dpkg says, each line behind a blank.
_FUNCTIONS = r"""command -v dpkg-query >/dev/null 2>&1 || exit 0
file() { echo "= $1"; [ ! -f "$2" ] || dpkg-deb -f "$2" Package Version 2>/dev/null | sed 's/^/ /'; }
name() { echo "= $1"
case $2 in *[\\*?[]*) return ;; esac # a pattern of names
dpkg-query -W -f=' ${db:Status-Abbrev}\n Package: ${Package}\n Version: ${Version}\n' -- "$2" 2>/dev/null || :; }
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
        for number, call in enumerate(calls, start=1):
            package = call["package"]
            is_file = package.endswith(".deb")
            parts += [f"{'file' if is_file else 'name'} {number} ", path_word(package) if is_file else word(package),
                      "\n"]  # fmt: skip
        return script(_FUNCTIONS, parts)

    def process(self, output: list[str]) -> Deb | None:
        return self.batch_process([{}], output)[0]

    def batch_process(self, calls: Sequence[Mapping[str, Any]], output: list[str]) -> list[Deb | None]:
        sections: dict[int, list[str]] = {}
        current: list[str] = []
        for line in output:
            found = header(line)
            if found is not None and found[0] == EXISTS and len(found[1]) == 1:
                current = sections.setdefault(found[1][0], [])
            elif line.startswith(" "):
                current.append(line[1:])
            elif line:
                not_understood("package", line)
        return list(answered("packages", {n: _package(lines) for n, lines in sections.items()}, len(calls)))


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
