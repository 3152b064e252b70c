"""go: programs of Go, which are known by the paths of their packages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pyinfra._lib.packages.newest import touched
from pyinfra.api import QuoteString, StringCommand
from pyinfra.api.planning import named

from .managers import PackageManager, Words

# Where "go install" puts programs. The first of several workspaces counts.
BINARIES = 'd=$(go env GOBIN); [ -n "$d" ] || { d=$(go env GOPATH); d=${d%%:*}/bin; }'
_PROGRAM = re.compile(r"([^/]+?)(?:/v[0-9]+)?\Z")


def program_name(path: str) -> str:
    """Return what a program is called: ``example.com/tool/v2`` gives ``tool``."""
    match = _PROGRAM.search(path)
    return match[1] if match else path


def same_version(wanted: str, version: str) -> bool:
    """Whether a version is the wanted one: ``v1.2.3``, any that begins with ``v1.2``, or that of a commit."""
    if wanted == version:
        return True
    if re.fullmatch(r"v\d+(\.\d+)?", wanted):
        return version.startswith(f"{wanted}.") and "-" not in version
    return bool(re.fullmatch(r"[0-9a-f]{7,40}", wanted)) and version.rpartition("-")[2].startswith(wanted[:12])


class _Go(PackageManager):
    def commands(self, command: Words, packages: Sequence[str]) -> Iterator[StringCommand]:
        if command == self.remove:
            names = [QuoteString(program_name(path)) for path in packages]
            files = [StringCommand('"$d"/', name, _separator="") for name in names]
            yield StringCommand(f"{BINARIES}; rm -f", *files)
            return
        for package in packages:
            yield StringCommand(command, QuoteString(package if "@" in package else f"{package}@latest"))


_PROGRAMS = named("programs of go")
GO = _Go(
    program="go",
    install="go install",
    upgrade="go install",
    remove="rm",
    version_join="@",
    same_version=same_version,
    resource=_PROGRAMS,
    touches=touched(_PROGRAMS),
)
