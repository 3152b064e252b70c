"""What ``go`` installed: asked of the programs themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from pyinfra._core.commands import StringCommand
from pyinfra._lib.packages.go import BINARIES, GO
from pyinfra._lib.packages.listing import PackageVersions
from pyinfra.facts._newest import NewerVersions, OwnPackages
from pyinfra.facts._shell import script, word, words

_FILE = re.compile(r"\S.*: (?:go|devel )")
_NO_VERSION = "(devel)"


class Program(NamedTuple):
    """A program that go built."""

    path: str  # of its package
    module: str
    version: str


def programs(output: Iterable[str]) -> Iterator[Program]:
    """Read ``go version -m``: a line for each file, and indented below it what it was made of."""
    path = ""
    for line in output:
        told = line.split("\t")[1:] if line.startswith("\t") else []
        if _FILE.match(line):
            path = ""
        elif told[:1] == ["path"] and len(told) > 1:
            path = told[1]
        elif told[:1] == ["mod"] and len(told) > 2 and path and told[2] != _NO_VERSION:
            yield Program(path, told[1], told[2])


class GoFact(OwnPackages):
    """Base of facts that tell which programs go installed: one process for all of them."""

    abstract = True
    manager = GO
    batch_family: ClassVar[str] = "go"

    def command(self) -> str:
        return f'command -v go >/dev/null 2>&1 || exit 0\n{BINARIES}; [ ! -d "$d" ] || go version -m "$d"'

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> str:
        return self.command()

    def batch_process(self, calls: Sequence[Mapping[str, Any]], output: list[str]) -> list[PackageVersions]:
        return [self.process(output)] * len(calls)


class InstalledPrograms(GoFact):
    """Versions of the installed programs, by the paths of their packages, which is how they are asked for."""

    def process(self, output: list[str]) -> PackageVersions:
        packages: PackageVersions = {}
        for program in programs(output):
            packages.setdefault(program.path, set()).add(program.version)
        return packages


class NewestModules(NewerVersions):
    """The newest versions of modules, of those that are known."""

    manager = GO

    def command(self, modules: Sequence[str]) -> StringCommand:
        asked = words(word(f"{module}@latest") for module in modules)
        told = "'{{if not .Error}}{{.Path}} {{.Version}}{{end}}'"
        # Outside of a module, so that none has a say in it.
        return script(f"cd / && GO111MODULE=on go list -m -e -f {told} -- ", asked, " 2>/dev/null || :")

    def process(self, output: list[str]) -> dict[str, str]:
        rows = [line.split() for line in output]
        return {row[0]: row[1] for row in rows if len(row) == 2}
