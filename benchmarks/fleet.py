"""Hosts to work on, with latency, and what work on them costs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tests.lab import Host, Lab

from .environments import give_python

_KINDS = (
    (Path("/sys/fs/cgroup/cpuacct"), "cpuacct.usage", 1e9),
    (Path("/sys/fs/cgroup"), "cpu.stat", 1e6),
)


class Group:
    """A control group: it counts the CPU of all processes in it.

    Args:
        name: of the folder.

    Raises:
        OSError: the kernel has none, or lets nobody make one.
    """

    def __init__(self, name: str) -> None:
        kind = next((kind for kind in _KINDS if (kind[0] / kind[1]).exists()), None)
        if kind is None:
            raise OSError("this kernel has no control groups that count CPU")
        self._top, self._file, self._unit = kind
        self._folder = self._top / f"pyinfra-bench-{os.getpid()}-{name}"
        self._folder.mkdir()

    def cpu(self) -> float:
        """Return the seconds that were used until now."""
        text = (self._folder / self._file).read_text()
        return int(text.replace("usage_usec", "").split()[0]) / self._unit

    def enter(self) -> None:
        """Put this process into the group; what it starts from now on is in it, too."""
        (self._folder / "cgroup.procs").write_text(str(os.getpid()))

    def leave(self) -> None:
        """Put this process back to where all are."""
        (self._top / "cgroup.procs").write_text(str(os.getpid()))

    def remove(self) -> None:
        """End the group, with the processes that contestants left running in it."""
        for pid in (self._folder / "cgroup.procs").read_text().split():
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        for _ in range(50):  # the kernel takes a moment to forget them
            with suppress(OSError):
                return self._folder.rmdir()
            time.sleep(0.02)


class Fleet:
    """Hosts of the lab.

    Args:
        lab: with the hosts.
        folder: for the files that contestants read.
        work: counts what the hosts do.
        control: counts what contestants do.
    """

    def __init__(self, lab: Lab, folder: Path, work: Group, control: Group) -> None:
        self._lab = lab
        self._folder = folder
        self.work, self.control = work, control
        self.hosts: list[Host] = []
        self._number = 0

    def renew(self, count: int, *, python: bool = False) -> Path:
        """Take as many untouched hosts; return where they are written down, without the endings of the files."""
        if self.hosts:
            self._lab.remove(*self.hosts)
        self.hosts = self._lab.up(count)
        if python:
            give_python(self.hosts)
        self._number += 1
        written = self._folder / f"hosts{self._number}"
        data = [(host.name, host.ssh_data()) for host in self.hosts]
        names = [host.name for host in self.hosts]
        written.with_suffix(".py").write_text(f"hosts = {data!r}\n")
        written.with_suffix(".names").write_text("\n".join(names))
        written.with_suffix(".ssh").write_text(self._lab.ssh_config.read_text())
        arguments = f"ansible_ssh_common_args='-F {written}.ssh' ansible_python_interpreter=/usr/bin/python3"
        written.with_suffix(".ini").write_text("".join(f"{name} {arguments}\n" for name in names))
        return written

    def latency(self, milliseconds: float) -> None:
        """Set the round-trip time."""
        self._lab.rtt(milliseconds)

    def packets(self) -> int:
        """Return how many packets went through the wire until now, both ways."""
        route = ["ip", "-json", "route", "get", self.hosts[0].address]
        device = json.loads(subprocess.run(route, capture_output=True, check=True).stdout)[0]["dev"]
        counters = Path("/sys/class/net", device, "statistics")
        return sum(int((counters / name).read_text()) for name in ("rx_packets", "tx_packets"))


@contextmanager
def fleet(folder: Path) -> Iterator[Fleet]:
    """Hosts, for a while. The process that owns them is started inside of a group that counts its CPU."""
    with ExitStack() as stack:
        work, control = Group("hosts"), Group("control")
        stack.callback(control.remove)
        stack.callback(work.remove)
        lab = Lab(f"benchmark-{os.getpid()}")
        work.enter()
        try:
            lab.start()
        finally:
            work.leave()
        stack.callback(lab.down)
        yield Fleet(lab, folder, work, control)
