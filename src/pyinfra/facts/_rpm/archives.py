"""``RpmPackage``: one package, installed or in a file; and what is in a file, here or somewhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.fetching import fetch_beginning, is_url
from pyinfra._lib.packages.managers import PACKAGES
from pyinfra._lib.packages.rpm import QUERY, without_epoch
from pyinfra.facts._frames import EXISTS, answered, header, not_understood
from pyinfra.facts._shell import path_resources, path_word, script, word

# "= NUMBER", then what rpm says, each line behind a tab. A file may well not be signed by anyone known.
_FUNCTIONS = rf"""command -v rpm >/dev/null 2>&1 || exit 0
file() {{ [ ! -f "$1" ] || rpm -qp --nosignature --queryformat '\t{QUERY}' -- "$1" 2>/dev/null || :; }}
name() {{ rpm -q --queryformat '\t{QUERY}' -- "$1" 2>/dev/null || :; }}
"""
_MOST = 8 * 1024 * 1024  # bytes: what is told of a package, the names of its files too, comes first in its file

Rpm = dict[str, str]


class _OneRpm(FactBase["Rpm | None"]):
    """Base of facts about one package."""

    abstract = True
    in_plans = False

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "rpm"

    def process(self, output: list[str]) -> Rpm | None:
        return self.batch_process([{}], output)[0]

    def batch_process(self, calls: Sequence[Mapping[str, Any]], output: list[str]) -> list[Rpm | None]:
        if not output:  # no rpm
            return [None] * len(calls)
        answers: dict[int, Rpm | None] = {}
        number = 0
        for line in output:
            found = header(line)
            fields = line.split("\t")
            if found is not None and found[0] == EXISTS and len(found[1]) == 1:
                (number,) = found[1]
                answers[number] = None
            elif len(fields) == 4 and not fields[0] and number:
                answers[number] = answers[number] or self.told(fields[1], fields[2])
            elif line.startswith("\t"):
                not_understood("package", line)
        return answered("packages", answers, len(calls))

    def told(self, name: str, version: str) -> Rpm:
        """The value for a package."""
        return {"name": name, "version": version}


def _asks_file(package: str) -> bool:
    return "/" in package or package.endswith(".rpm")


class RpmPackage(_OneRpm):
    """Name and version of a package: of an installed one, or of one in a file.

    Example:
        >>> host.get_fact(RpmPackage, package="/tmp/app-1.2-1.noarch.rpm")
        {'name': 'app', 'version': '1.2-1'}
    """

    def command(self, package: str) -> StringCommand:
        return self.batch_command([{"package": package}])

    def resources(self, package: str) -> Iterable[Resource] | None:
        return path_resources(package) if _asks_file(package) else [PACKAGES]

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> StringCommand:
        parts: list[Any] = []
        for number, call in enumerate(calls, start=1):
            package = call["package"]
            is_file = _asks_file(package)
            parts += [f"echo '= {number}'; {'file' if is_file else 'name'} ",
                      path_word(package) if is_file else word(package), "\n"]  # fmt: skip
        return script(_FUNCTIONS, parts)

    def told(self, name: str, version: str) -> Rpm:
        return {"name": name, "version": without_epoch(version)}


class RpmFile(_OneRpm):
    """Name and whole version, with the epoch, of a package in a file on the host or at an address.

    None when it cannot be had now. Of a file at an address only the beginning is fetched.
    """

    def command(self, src: str) -> StringCommand:
        return self.batch_command([{"src": src}])

    def resources(self, src: str) -> Iterable[Resource] | None:
        return [] if is_url(src) else path_resources(src)

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> StringCommand:
        parts: list[Any] = []
        for number, call in enumerate(calls, start=1):
            src = call["src"]
            parts.append(f"echo '= {number}'\n")
            if is_url(src):
                parts += ["t=$(mktemp) || exit 1\n", fetch_beginning(src, "$t", _MOST), '\nfile "$t"; rm -f "$t"\n']
            else:
                parts += ["file ", path_word(src), "\n"]
        return script(_FUNCTIONS, parts)
