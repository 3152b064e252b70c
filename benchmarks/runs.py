"""One run of one contestant: what it took."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from .contestants import Call
from .environments import clean
from .fleet import Fleet


class RunError(Exception):
    """A contestant failed; the message has the end of its output."""


def run(call: Call, folder: Path, fleet: Fleet, timeout: float = 900) -> dict[str, float]:
    """Run a contestant to its end; return its figures (see ``results``).

    Raises:
        RunError: it failed.
    """
    # At home there are no settings, records and known hosts of whoever measures.
    environment = clean({"HOME": str(folder), **call.environment})
    with tempfile.TemporaryFile() as output:
        work, control, packets = fleet.work.cpu(), fleet.control.cpu(), fleet.packets()
        fleet.control.enter()  # as it is started, so that also what it leaves running is counted
        try:
            begin = time.perf_counter()
            process = subprocess.Popen(
                call.command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        finally:
            fleet.control.leave()
        status, memory = _wait(process, timeout)
        wall = time.perf_counter() - begin
        if status:
            output.seek(0)
            raise RunError(output.read().decode(errors="replace")[-3000:])
        return {
            "wall": wall,
            "control": fleet.control.cpu() - control,
            "work": fleet.work.cpu() - work,
            "memory": memory,
            "packets": float(fleet.packets() - packets),
        }


def _wait(process: subprocess.Popen[bytes], timeout: float) -> tuple[int, float]:
    """Wait for a process to end; return its status and the MB of the largest process of its family."""
    stop = threading.Timer(timeout, process.kill)
    stop.start()
    _, status, usage = os.wait4(process.pid, 0)
    stop.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss / 1024
