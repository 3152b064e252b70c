"""The processes and listening ports of a host, read from /proc here: nothing runs in the host to find out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_PROC = Path("/proc")
_LISTENING = "0A"


@dataclass(frozen=True)
class Process:
    pid: int  # as the host sees it
    ppid: int = field(compare=False)  # 0 when the parent is outside of the host
    uid: int = field(compare=False)
    name: str
    argv: tuple[str, ...] = field(compare=False)
    state: str = field(compare=False)  # one letter as in ps; Z is a zombie
    outer_pid: int = field(compare=False)  # as this machine sees it


def of_host(init: int) -> list[Process]:
    """All processes in the PID namespace whose init is `init`, by process id."""
    namespace = (_PROC / str(init) / "ns/pid").stat().st_ino
    return sorted(_in_namespace(namespace), key=lambda process: process.pid)


def _in_namespace(namespace: int) -> Iterator[Process]:
    inner: dict[int, int] = {}
    found: list[tuple[int, dict[str, str], tuple[str, ...]]] = []
    for entry in _PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if (entry / "ns/pid").stat().st_ino != namespace:
                continue
            status = dict(line.split(":\t", 1) for line in (entry / "status").read_text().splitlines() if ":\t" in line)
            argv = (entry / "cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
        except OSError:
            continue  # it ended while we looked, or is none of ours
        inner[int(entry.name)] = int(status["NSpid"].split()[-1])
        found.append((int(entry.name), status, tuple(argv)))
    for outer, status, words in found:
        parent, uid = inner.get(int(status["PPid"]), 0), int(status["Uid"].split()[0])
        yield Process(inner[outer], parent, uid, status["Name"], words, status["State"][0], outer)


def listens(init: int, port: int) -> bool:
    """Whether something in the network of process `init` accepts TCP connections on `port`."""
    for table in ("tcp", "tcp6"):
        for line in (_PROC / str(init) / "net" / table).read_text().splitlines()[1:]:
            columns = line.split()
            if columns[3] == _LISTENING and int(columns[1].rsplit(":", 1)[1], 16) == port:
                return True
    return False


def ssh_sessions(processes: list[Process]) -> list[Process]:
    """The server processes of open connections: every sshd or dropbear but the listening one."""
    servers = [p for p in processes if p.name.startswith(("sshd", "dropbear"))]
    listeners = {p.pid for p in servers if p.ppid == 1}
    return [p for p in servers if p.pid not in listeners]
