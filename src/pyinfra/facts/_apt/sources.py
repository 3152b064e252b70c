"""``AptSources``: what the files say that tell apt where to get packages from."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from pyinfra._core.effects import Resource, path, tree
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts._apt.repositories import AptRepo, parse_apt_list_file, parse_sources_file
from pyinfra.facts._apt.updates import SOURCE_PARTS, SOURCES
from pyinfra.facts._frames import not_understood

# "= PATH", then the lines of the file, each behind a blank. One process reads all files.
_READ = f"""set --
for f in {SOURCES} {SOURCE_PARTS}/*.list {SOURCE_PARTS}/*.sources; do [ ! -f "$f" ] || set -- "$@" "$f"; done
[ $# -eq 0 ] || awk 'FNR == 1 {{ print "= " FILENAME }} {{ print " " $0 }}' "$@"
"""

_READ_BY_APT = re.compile(r"[A-Za-z0-9_.-]+\Z")  # files with other names are ignored


class SourceLines(FactBase[dict[str, list[str]]]):
    """The lines of each file that tells apt where to get packages from."""

    in_plans = False
    default = dict
    batch_family: ClassVar[str] = "apt sources"

    def command(self) -> str:
        return f"command -v apt-get >/dev/null 2>&1 || exit 0\n{_READ}"

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> str:
        return self.command()

    def batch_process(self, calls: Sequence[Mapping[str, Any]], output: list[str]) -> list[dict[str, list[str]]]:
        return [self.process(output)] * len(calls)

    def resources(self) -> Iterable[Resource]:
        return [path(SOURCES), tree(SOURCE_PARTS)]

    def process(self, output: list[str]) -> dict[str, list[str]]:
        return _by_file(output)


class AptSources(FactBase[list[AptRepo]]):
    """Where apt gets packages from, in the order of the files; those that are switched off are left out.

    Example:
        >>> [repo.url for repo in host.get_fact(AptSources)]
        ['http://mirror.example.org/debian']
    """

    default = list
    in_plans = False  # operations say what becomes of which repository
    batch_family: ClassVar[str] = "apt sources"

    def command(self) -> str:
        return SourceLines().command()

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> str:
        return self.command()

    def batch_process(self, calls: Sequence[Mapping[str, Any]], output: list[str]) -> list[list[AptRepo]]:
        return [self.process(output)] * len(calls)

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "apt"

    def resources(self) -> Iterable[Resource]:
        return SourceLines().resources()

    def process(self, output: list[str]) -> list[AptRepo]:
        return [repo for name, lines in _by_file(output).items() for repo in repos_of(name, lines)]


def repos_of(filename: str, lines: list[str]) -> list[AptRepo]:
    """Return the repositories of a file."""
    return parse_sources_file(lines) if filename.endswith(".sources") else parse_apt_list_file(lines)


def _by_file(output: list[str]) -> dict[str, list[str]]:
    files: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in output:
        if line.startswith("= "):
            current = files.setdefault(line[2:], [])
        elif line.startswith(" ") and current is not None:
            current.append(line[1:])
        else:
            not_understood("sources of apt", line)
    return {name: lines for name, lines in files.items() if _READ_BY_APT.match(posixpath.basename(name))}
