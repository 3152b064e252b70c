"""What the files say that tell dnf, yum and zypper where to get packages from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from pyinfra._core.effects import Resource, path, tree
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts.util.packaging import REPO_FILENAME_MARKER, parse_yum_repositories

Repositories = list[dict[str, str]]

# One process reads all files. Comments are left out: one of them could look like the mark.
_READ = """set --
for f in {files}; do [ ! -f "$f" ] || set -- "$@" "$f"; done
[ $# -eq 0 ] || awk 'FNR == 1 {{ print "{marker}" FILENAME }} !/^[ \\t]*[#;]/ {{ print }}' "$@\""""

_CONTINUED = re.compile(r"[ \t]+\S")
_SETTING = re.compile(r"[^\s=\[][^=]*=")


class RepositoryFiles(FactBase[Repositories]):
    """Base of facts that read repository files.

    Attributes:
        program: the package manager.
        configuration: its own file, which may have repositories, too; "" for none.
        directories: where repository files are.
    """

    abstract = True
    default = list
    in_plans = False
    program: ClassVar[str]
    configuration: ClassVar[str] = ""
    directories: ClassVar[tuple[str, ...]]

    def command(self) -> str:
        files = [*([self.configuration] if self.configuration else []), *(f"{one}/*.repo" for one in self.directories)]
        return _READ.format(files=" ".join(files), marker=REPO_FILENAME_MARKER)

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return self.program

    def resources(self) -> Iterable[Resource]:
        return [*([path(self.configuration)] if self.configuration else []), *map(tree, self.directories)]

    def describe(self) -> str:
        return f"repositories of {self.program}"

    def process(self, output: list[str]) -> Repositories:
        return parse_yum_repositories(_whole_lines(output))


def _whole_lines(lines: Iterable[str]) -> Iterator[str]:
    """Settings of several lines as one: the others of them begin with blanks."""
    held: str | None = None
    for line in lines:
        if held is not None and _CONTINUED.match(line):
            held = f"{held} {line.strip()}"
            continue
        if held is not None:
            yield held
        held = line if _SETTING.match(line) and not line.startswith(REPO_FILENAME_MARKER) else None
        if held is None:
            yield line
    if held is not None:
        yield held
