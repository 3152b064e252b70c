"""What each fact of the library costs a host: its CPU, the processes that it begins there, what it prints.

The command of a fact runs in a shell of the host, without ssh, so that nothing but the fact is counted.
"""

from __future__ import annotations

import os
import resource
import shlex
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from tests.lab import Host, Lab
from tests.system.hostile_values import all_facts, usual_arguments_of_fact

from pyinfra._engine.facts.keys import signature_of
from pyinfra.api import FactBase, StringCommand

from .results import Cost

SYSTEMS: dict[str, Literal["plain", "busybox"]] = {"Debian": "plain", "BusyBox": "busybox"}  # kinds of the lab
AT_LEAST_CPU = 0.02  # seconds of one measurement: short commands are repeated
MOST_REPEATS = 40
TAKES = 3  # the least of so many measurements counts
# What examples speak of, where a host of the lab has it under another name, or has none.
_PLACES = {"/tmp/walk/x": "/etc/passwd", "/srv/app": "/etc", "/srv/www(/.*)?": "/etc(/.*)?"}
_ARGUMENTS: dict[str, dict[str, Any]] = {
    "apt.SimulateOperationWillChange": {"command": "dist-upgrade"},
    "deb.DebPackage": {"package": "dash"},
    "files.Directory": {"path": "/etc"},
    "files.Link": {"path": "/etc/mtab"},
    "files.FindDirectories": {"path": "/etc"},
    "files.FindFiles": {"path": "/etc"},
    "files.FindLinks": {"path": "/etc"},
    "files.FindInFile": {"path": "/etc/passwd", "pattern": "root"},
    "gpg.GpgKeyrings": {"directories": ["/usr/share/keyrings"]},
    "server.Command": {"command": ":"},
    "server.Sysctl": {},
}
# A file of the kernel with a number gives it to one read(2) only; shells make one for each byte.
_ONCE = """last() { cat /proc/sys/kernel/ns_last_pid; }
a=$(last); b=$(last)
(eval "$1") </dev/null >/tmp/fact-costs 2>/dev/null
s=$?
c=$(last)
set -- $(wc -c </tmp/fact-costs); rm -f /tmp/fact-costs
echo $s $((c-b-(b-a))) $1"""
_OFTEN = """i=0
while [ $i -lt $2 ]; do i=$((i+1)); (eval "$1") </dev/null >/dev/null 2>&1; done; :"""


def questions() -> Iterator[tuple[str, str, str]]:
    """Yield each fact with its command, and the program that it needs or nothing."""
    for name, fact in all_facts().items():
        arguments = {
            argument: _PLACES.get(value, value) if isinstance(value, str) else value
            for argument, value in usual_arguments_of_fact(fact).items()
        }
        yield name, *question(fact, _ARGUMENTS.get(name, arguments))


def question(fact: type[FactBase[Any]], *calls: Mapping[str, Any]) -> tuple[str, str]:
    """Return the command of a fact as the engine has it, and the program that it needs or nothing.

    Args:
        fact: what is asked for.
        calls: with which arguments; several only for facts that answer them together.
    """
    one, bound = fact(), [signature_of(fact).bind((), arguments) for arguments in calls]
    command = None
    if fact.batch_command is not FactBase.batch_command:
        command = one.batch_command(bound)
    if command is None:
        command = one.command(**bound[0])
    text = command.get_raw_value() if isinstance(command, StringCommand) else str(command)
    return text, one.requires_command(**bound[0]) or ""


def measure() -> dict[str, dict[str, Cost]]:
    """Return the costs of all facts on a host of each system of the lab."""
    with Lab(f"facts-{os.getpid()}") as lab:
        return {system: measure_on(lab.up(1, kind)[0]) for system, kind in SYSTEMS.items()}


def measure_on(host: Host) -> dict[str, Cost]:
    """Return the costs of all facts whose program a host has. Nobody else uses the host meanwhile."""
    nothing = cpu_of(host, ":")
    costs = {}
    for name, command, program in questions():
        seen = run_once(host, command, program)
        if seen is not None:
            costs[name] = Cost(max(cpu_of(host, command) - nothing, 0) * 1000, *seen)
    return costs


def run_once(host: Host, command: str, program: str = "") -> tuple[int, int] | None:
    """Return how many processes a command begins and bytes it prints; None when a host has not what it takes.

    Args:
        host: nobody else uses it meanwhile.
        command: of a fact.
        program: that it needs, or nothing.
    """
    if program and host.run(["sh", "-c", f"command -v {shlex.quote(program)}"], check=False).returncode:
        return None
    status, processes, size = map(int, host.run(["sh", "-c", _ONCE, "sh", command]).stdout.split())
    return (processes, size) if status == 0 else None


def cpu_of(host: Host, command: str) -> float:
    """Return the seconds of CPU that a command takes in a shell of a host."""
    repeats = 1
    while (once := _cpu(host, command, repeats)) < AT_LEAST_CPU and repeats < MOST_REPEATS:
        repeats = min(max(repeats * 2, int(repeats * AT_LEAST_CPU / max(once, 1e-4))), MOST_REPEATS)
    return min(_cpu(host, command, repeats) for _ in range(TAKES)) / repeats


def _cpu(host: Host, command: str, repeats: int) -> float:
    """Seconds for so many times, without those for entering the host."""
    entering = _spent(host, ":", 0)
    return max(_spent(host, command, repeats) - entering, 0)


def _spent(host: Host, command: str, repeats: int) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    host.run(["sh", "-c", _OFTEN, "sh", command, str(repeats)])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
