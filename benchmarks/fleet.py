"""Hosts to work on, with latency, and what their work costs them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab import Host, Lab

_GROUPS = (
    (Path("/sys/fs/cgroup/cpuacct"), "cpuacct.usage", 1e9),
    (Path("/sys/fs/cgroup"), "cpu.stat", 1e6),
)


class Fleet:
    """Hosts of the lab.

    Args:
        lab: with the hosts.
        folder: for the files that contestants read.
        cpu: seconds of CPU that hosts have used until now; always 0 where the kernel does not tell.
    """

    def __init__(self, lab: Lab, folder: Path, cpu: Callable[[], float]) -> None:
        self._lab = lab
        self._folder = folder
        self.cpu = cpu
        self.hosts: list[Host] = []
        self._number = 0

    def renew(self, count: int) -> Path:
        """Take as many untouched hosts; return where they are written down, without the endings of the files."""
        if self.hosts:
            self._lab.remove(*self.hosts)
        self.hosts = self._lab.up(count)
        self._number += 1
        written = self._folder / f"hosts{self._number}"
        data = [(host.name, host.ssh_data()) for host in self.hosts]
        written.with_suffix(".py").write_text(f"hosts = {data!r}\n")
        written.with_suffix(".names").write_text("\n".join(host.name for host in self.hosts))
        written.with_suffix(".ssh").write_text(self._lab.ssh_config.read_text())
        return written

    def latency(self, milliseconds: float) -> None:
        """Set the round-trip time."""
        self._lab.rtt(milliseconds)


def _group() -> tuple[Path, Callable[[], float]] | None:
    """A new control group, and how it is read; None where the kernel has none."""
    for top, name, unit in _GROUPS:
        if not (top / name).exists():
            continue
        group = top / f"pyinfra-bench-{os.getpid()}"
        group.mkdir()

        def usage() -> float:
            return int((group / name).read_text().replace("usage_usec", "").split()[0]) / unit  # noqa: B023

        return group, usage
    return None


@contextmanager
def fleet(folder: Path) -> Iterator[Fleet]:
    """Hosts, for a while. The process that owns them is started inside of a group that counts its CPU."""
    found = _group()
    lab = Lab("benchmark")
    if found is None:
        lab.start()
        usage: Callable[[], float] = float
    else:
        group, usage = found
        (group / "cgroup.procs").write_text(str(os.getpid()))
        lab.start()
        (group.parent / "cgroup.procs").write_text(str(os.getpid()))
    try:
        yield Fleet(lab, folder, usage)
    finally:
        lab.down()
        if found is not None:
            found[0].rmdir()
