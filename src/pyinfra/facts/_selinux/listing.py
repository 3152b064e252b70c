"""Lists that ``semanage`` makes: of ports and of file contexts. Each takes it a second, so one answers for all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource, named
from pyinfra._engine.facts.base import FactBase

PORTS = named("selinux ports")
FILE_CONTEXTS = named("selinux file contexts")
BOOLEANS = named("selinux booleans")

_PORTS_ROW = re.compile(r"\s*(\S+)\s+(tcp|udp|sctp|dccp)\s+([0-9][0-9, -]*)\Z")
_FILES_ROW = re.compile(
    r"(\S+)\s+(all files|regular file|directory|character device|block device|socket|symbolic link|named pipe)"
    r"\s+(\S+)\s*\Z"
)


class PortRow(NamedTuple):
    """Ports of a type."""

    type: str
    protocol: str
    first: int
    last: int


def port_rows(output: Iterable[str]) -> Iterator[PortRow]:
    """Yield what ``semanage port -l`` says."""
    for line in output:
        row = _PORTS_ROW.match(line)
        for part in row[3].split(",") if row else ():
            ends = re.fullmatch(r"\s*(\d{1,5})(?:\s*-\s*(\d{1,5}))?\s*", part)
            if row and ends:
                yield PortRow(row[1], row[2], int(ends[1]), int(ends[2] or ends[1]))


def narrowest(rows: Iterable[PortRow]) -> PortRow | None:
    """Return the row with the fewest ports: that is the one which counts."""
    return min(rows, key=lambda row: row.last - row.first, default=None)


class FileRow(NamedTuple):
    """The context of files."""

    target: str
    kind: str
    context: str


def file_rows(output: Iterable[str]) -> Iterator[FileRow]:
    """Yield what ``semanage fcontext -l`` says."""
    for line in output:
        row = _FILES_ROW.match(line)
        if row:
            yield FileRow(*row.groups())


def context_parts(context: str) -> dict[str, str] | None:
    """Return the parts of a context, or None when it is none: ``<<None>>``, ``?``."""
    parts = context.split(":", 3)
    if len(parts) < 3 or not all(parts):
        return None
    return dict(zip(("user", "role", "type", "level"), [*parts, ""][:4], strict=True))


class PortTypes(FactBase[dict[str, dict[str, str]]]):
    """Types of ports by ``tcp 22-22``: what the policy says, and what is set on the host, which comes first."""

    in_plans = False

    @staticmethod
    def default() -> dict[str, dict[str, str]]:
        return {"policy": {}, "local": {}}

    def command(self) -> str:
        return "semanage port -l -n && echo = && semanage port -l -n -C"

    def requires_command(self) -> str:
        return "semanage"

    def resources(self) -> Iterable[Resource]:
        return [PORTS]

    def process(self, output: list[str]) -> dict[str, dict[str, str]]:
        middle = output.index("=") if "=" in output else len(output)
        local = {_port_key(row): row.type for row in port_rows(output[middle + 1 :])}
        everything = ((_port_key(row), row.type) for row in port_rows(output[:middle]))
        return {"policy": {key: kind for key, kind in everything if local.get(key) != kind}, "local": local}


def _port_key(row: PortRow) -> str:
    return f"{row.protocol} {row.first}-{row.last}"


class FileTypes(FactBase[dict[str, str]]):
    """Types of all kinds of files, by the pattern of their paths."""

    default = dict
    in_plans = False

    def command(self, local: bool = False) -> StringCommand:
        keep = """awk '$2 == "all" && $3 == "files"'"""
        listing = f"semanage fcontext -l -n{' -C' if local else ''}"
        return StringCommand(f"o=$({listing}) && printf '%s\\n' \"$o\" | {keep}")

    def requires_command(self, local: bool = False) -> str:
        return "semanage"

    def resources(self, local: bool = False) -> Iterable[Resource]:
        return [FILE_CONTEXTS]

    def process(self, output: list[str]) -> dict[str, str]:
        found = ((row.target, context_parts(row.context), row) for row in file_rows(output) if row.kind == "all files")
        return {target: parts["type"] if parts else row.context.lower() for target, parts, row in found}


class StoredBooleans(FactBase[dict[str, str]]):
    """What booleans will be after the next boot."""

    default = dict
    in_plans = False

    def command(self) -> str:
        return "semanage boolean -l -n"

    def requires_command(self) -> str:
        return "semanage"

    def resources(self) -> Iterable[Resource]:
        return [BOOLEANS]

    def process(self, output: list[str]) -> dict[str, str]:
        rows = (re.match(r"(\S+)\s+\(\s*(on|off)\s*,\s*(on|off)\s*\)", line) for line in output)
        return {row[1]: row[3] for row in rows if row}
