"""Time, load and time zone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from pyinfra._core.effects import Resource, named, path
from pyinfra._core.errors import FactProcessError
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts._frames import not_understood

from .lines import ISO_DATE_FORMAT, first_line, parse_ctime

_LOAD = re.compile(r"load averages?: ([0-9.]+),? ([0-9.]+),? ([0-9.]+)")
_PROC_LOAD = re.compile(r"([0-9.]+) ([0-9.]+) ([0-9.]+) [0-9]+/[0-9]+ [0-9]+\Z")
_PROC_UPTIME = re.compile(r"([0-9]+)(?:\.[0-9]+)?(?: [0-9.]+)?\Z")
_BOOT_SECONDS = re.compile(r"(?:.*\bsec = )?([0-9]+)\b")


class Date(FactBase[datetime]):
    """The present time on the host, with its zone."""

    cacheable = False
    default = staticmethod(datetime.now)

    def command(self) -> str:
        return "LC_ALL=C date +%Y-%m-%dT%H:%M:%S%z"

    def process(self, output: list[str]) -> datetime:
        line = first_line("date", output)
        try:
            return datetime.strptime(line, ISO_DATE_FORMAT)
        except ValueError:
            not_understood("date", line)


class Uptime(FactBase[int]):
    """Seconds since the host was started."""

    cacheable = False

    def command(self) -> str:
        # BSD and macOS know when they were started; "sysctl" of OpenBSD gives that as a date.
        return (
            '{ read -r v </proc/uptime; } 2>/dev/null && echo "$v" || '
            "{ date +%s && LC_ALL=C TZ=UTC0 sysctl -n kern.boottime; }"
        )

    def process(self, output: list[str]) -> int:
        if len(output) == 1:
            match = _PROC_UPTIME.match(output[0].strip())
            if match is not None:
                return int(match[1])
        elif len(output) == 2 and re.fullmatch(r"[0-9]+", output[0]):
            started = _started(output[1].strip())
            if started is not None and started <= int(output[0]):
                return int(output[0]) - started
        raise FactProcessError(f"uptime: not understood: {output[:3]!r}")


def _started(text: str) -> int | None:
    date = parse_ctime(text)
    if date is not None:
        return int(date.timestamp())
    match = _BOOT_SECONDS.match(text)
    return int(match[1]) if match else None


class Boot(FactBase[str]):
    """What tells one start of the host from another. For operations: not one of the public facts."""

    in_plans = False
    cacheable = False

    def command(self) -> str:
        # A container may have the kernel's number, and another first process each time.
        return (
            "a=; { read -r a </proc/sys/kernel/random/boot_id; } 2>/dev/null || a=$(sysctl -n kern.boottime)\n"
            "b=; { read -r b </proc/1/stat; } 2>/dev/null\n"
            'set -- ${b##*")"}; shift $(($# < 19 ? $# : 19)); echo "$a ${1-}"'
        )

    def describe(self) -> str:
        return "start of the host"

    def process(self, output: list[str]) -> str:
        line = first_line("start of the host", output)
        if not line:
            not_understood("start of the host", line)
        return line


class LoadAverage(FactBase[dict[str, float]]):
    """Load over the last 1, 5 and 15 minutes."""

    cacheable = False

    @staticmethod
    def default() -> dict[str, float]:
        return {}

    def command(self) -> str:
        return '{ read -r v </proc/loadavg; } 2>/dev/null && echo "$v" || LC_ALL=C uptime'

    def process(self, output: list[str]) -> dict[str, float]:
        line = first_line("load", output)
        match = _PROC_LOAD.match(line) or _LOAD.search(line)
        if match is None:
            not_understood("load", line)
        try:
            return dict(zip(("1", "5", "15"), map(float, match.groups()), strict=True))
        except ValueError:
            not_understood("load", line)


class Timezone(FactBase[str | None]):
    """Name of the time zone, such as ``"Europe/Oslo"``; ``None`` when the host does not tell."""

    def command(self) -> str:
        return (
            "if [ -L /etc/localtime ]; then readlink /etc/localtime; fi\n"
            "for f in /etc/timezone /var/db/zoneinfo; do "
            '[ ! -r "$f" ] || { read -r v || [ -n "$v" ]; } <"$f" && printf \'%s\\n\' "$v"; done\n'
            "[ -e /etc/localtime ] || [ -L /etc/localtime ] || echo UTC"
        )

    def resources(self) -> Iterable[Resource] | None:
        return (named("timezone"), path("/etc/localtime"), path("/etc/timezone"), path("/var/db/zoneinfo"))

    def describe(self) -> str:
        return "time zone"

    def process(self, output: list[str]) -> str | None:
        for line in map(str.strip, output):
            match = re.search(r"zoneinfo(?:\.default|-leaps|-posix)?/(?:posix/|right/)?(.+)\Z", line)
            if match is not None:
                return match[1]
            if re.fullmatch(r"[A-Za-z0-9+_-]+(?:/[A-Za-z0-9+_-]+)*", line):
                return line
        if any(output):
            raise FactProcessError(f"time zone: not understood: {output[:3]!r}")
        return None
