"""Who takes part, and how each does a job."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

JOBS = Path(__file__).parent / "jobs"
CACHE = Path.home() / ".cache" / "pyinfra-bench"
RIVAL = "3.10.0"


@dataclass(frozen=True)
class Contestant:
    """A tool.

    Attributes:
        name: for the table.
        command: makes the command line for a job and a file of hosts; None when it does not do that job.
    """

    name: str
    command: Callable[[str, Path], Sequence[str] | None]


def contestants() -> dict[str, Contestant]:
    """All of them; what they need is installed."""
    ours, rival = sys.executable, _python_with(f"pyinfra=={RIVAL}")
    found = [
        Contestant("ours", lambda job, hosts: [ours, "-m", "pyinfra", f"{hosts}.py", f"{job}.py", "-y"]),
        Contestant("rival", lambda job, hosts: [rival, "-m", "pyinfra", f"{hosts}.py", f"{job}.py", "-y"]),
        Contestant("ours-api", lambda job, hosts: [ours, "api.py", f"{hosts}.py"] if job == "server" else None),
        Contestant("rival-api", lambda job, hosts: [rival, "api.py", f"{hosts}.py"] if job == "server" else None),
        Contestant("floor", _floor),
    ]
    return {one.name: one for one in found}


def _floor(job: str, hosts: Path) -> Sequence[str] | None:
    """One ``ssh`` a host, all at once, each with the whole job as one script."""
    if not (JOBS / f"{job}.sh").exists():
        return None
    # A message that is empty when all is well: the status of a process in the background is not waited for one by one.
    script = 'for h in $(cat "$2.names"); do ssh -F "$2.ssh" "$h" sh <"$1" >/dev/null || echo "$h" & done 2>&1; wait'
    return [
        "sh",
        "-c",
        f'out=$({script}); [ -z "$out" ] || {{ echo "$out"; exit 1; }}',
        "floor",
        f"{job}.sh",
        str(hosts),
    ]


def _python_with(requirement: str) -> str:
    """The interpreter of a virtual environment with a package and nothing else."""
    folder = CACHE / requirement.replace("==", "-")
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", requirement], check=True)
        (folder / "ready").touch()
    return str(python)
