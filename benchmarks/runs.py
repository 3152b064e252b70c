"""One run of one contestant: what it took."""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .fleet import Fleet


@dataclass(frozen=True)
class Sample:
    """What a run took.

    Attributes:
        wall: seconds.
        control: seconds of CPU on this side, all processes.
        hosts: seconds of CPU of all hosts.
        memory: MB that the largest process on this side had.
    """

    wall: float
    control: float
    hosts: float
    memory: float


def run(command: Sequence[str], folder: Path, fleet: Fleet) -> Sample:
    """Run a contestant to its end.

    Raises:
        RuntimeError: it failed; the message has the end of its output.
    """
    with tempfile.TemporaryFile() as output:
        cpu_before = fleet.cpu()
        begin = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            raise RuntimeError(output.read().decode(errors="replace")[-3000:])
        return Sample(wall, _cpu(usage), fleet.cpu() - cpu_before, usage.ru_maxrss / 1024)


def _cpu(usage: resource.struct_rusage) -> float:
    return usage.ru_utime + usage.ru_stime
