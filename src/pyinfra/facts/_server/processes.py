"""``Processes``: what runs."""

from __future__ import annotations

import re
from typing import TypedDict

from pyinfra._core.errors import FactProcessError
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts._frames import not_understood

from .lines import whole_number

# In the forms of procps, of BSD and macOS, and of BusyBox, which has no choice of processes. The name of a program may
# hold blanks: where the last column begins is told by its header. BusyBox is not asked in vain where that can be seen.
_LIST = """[ ! /bin/ps -ef /bin/busybox ] && {{
o=$(ps {every} -ww -o pid,user:64,stat,pcpu,pmem,comm:32,args 2>/dev/null) ||
o=$(ps {all} -ww -o pid,user,stat,%cpu,%mem,comm,args 2>/dev/null); }} || o=$(ps -o pid,user,stat,comm,args{only})
printf '%s\\n' "$o\""""
_ONLY = """ | while IFS= read -r l; do
case ${{l#"${{l%%[! ]*}}"}} in PID*|"{0} "*) printf '%s\\n' "$l" ;; esac; done"""
_ROW = re.compile(r"\s*(?P<pid>[0-9]+)\s+(?P<user>\S+)\s+(?P<state>\S+)\s+(?P<rest>.*)\Z", re.DOTALL)
_USAGE = re.compile(r"(?P<cpu>[0-9]+(?:[.,][0-9]+)?)\s+(?P<mem>[0-9]+(?:[.,][0-9]+)?)\s+")


class ProcessDict(TypedDict):
    """A process: ``command`` is the name of the program, ``args`` the whole command line."""

    user: str
    state: str
    cpu_percent: float
    mem_percent: float
    command: str
    args: str


class Processes(FactBase[dict[int, ProcessDict]]):
    """Processes by number: all, or just one.

    Example:
        >>> host.get_fact(Processes, pid=1)[1]["user"]
        'root'
    """

    cacheable = False

    @staticmethod
    def default() -> dict[int, ProcessDict]:
        return {}

    def command(self, pid: int | None = None) -> str:
        if pid is None:
            return _LIST.format(every="-e", all="-ax", only="")
        number = whole_number(pid, "pid")
        only = _ONLY.format(number)
        return _LIST.format(every=f"-p {number}", all=f"-p {number}", only=only)

    def describe(self, pid: int | None = None) -> str:
        return "processes" if pid is None else f"process {pid}"

    def process(self, output: list[str]) -> dict[int, ProcessDict]:
        lines = [line for line in output if line.strip()]
        if not lines:
            return {}
        columns = lines[0].split()
        if "PID" not in columns or len(columns) < 5:
            not_understood("processes", lines[0])
        last = lines[0].rindex(columns[-1])
        with_usage = any("%" in column or column.endswith("CPU") for column in columns)
        return dict(_row(line, last, with_usage) for line in lines[1:])


def _row(line: str, last: int, with_usage: bool) -> tuple[int, ProcessDict]:
    match = _ROW.match(line)
    if match is None:
        not_understood("processes", line)
    usage = _USAGE.match(match["rest"]) if with_usage else None
    if with_usage and usage is None:
        not_understood("processes", line)
    start = match.start("rest") + (usage.end() if usage else 0)
    command, args = _split(line, start, last)
    return int(match["pid"]), {
        "user": match["user"],
        "state": match["state"],
        "cpu_percent": _number(usage["cpu"]) if usage else 0.0,
        "mem_percent": _number(usage["mem"]) if usage else 0.0,
        "command": command,
        "args": args,
    }


def _split(line: str, start: int, last: int) -> tuple[str, str]:
    """Name and command line: at the header's place when there is a blank in front of it, else at the first blanks."""
    if start < last <= len(line) and line[last - 1 : last] == " ":
        return line[start:last].rstrip(), line[last:].strip()
    name, _, args = line[start:].partition(" ")
    if not name:
        raise FactProcessError(f"processes: not understood: {line!r}")
    return name, args.strip() or name


def _number(text: str) -> float:
    return float(text.replace(",", "."))
