"""Counts the processes that a host begins: each has the next number of the host's own numbering."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from tests.lab import Host


class Count:
    """How many processes were begun; known once the block is left."""

    processes = 0


@contextmanager
def counted(host: Host) -> Generator[Count, None, None]:
    """Count the processes that a host begins in a block. Nobody else may use the host meanwhile.

    Args:
        host: one that does nothing by itself: not one that was booted by systemd.
    """
    count = Count()
    idle = _last(host)
    begun = _last(host)
    yield count
    count.processes = _last(host) - begun - (begun - idle)  # asking takes some, too


def _last(host: Host) -> int:
    return int(host.sh("cat /proc/sys/kernel/ns_last_pid"))
