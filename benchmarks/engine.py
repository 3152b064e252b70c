"""The engine alone: hosts in memory, which answer at once. Each measurement is a process of its own."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from .environments import ROOT, clean, compile_ours, ours
from .results import Results

JOBS = ROOT / "benchmarks" / "jobs"


def measure(results: Results, runs: int, counts: Sequence[int]) -> None:
    """Put the figures of the engine into the results, in the place of earlier ones."""
    results.engine.clear()
    compile_ours()
    for _ in range(runs):
        for count in counts:
            for job in ("shell", "server"):
                _keep(results, count, job, _run("engine.py", str(count), job))
        for name, value in _start_up().items():
            results.engine.setdefault(name, []).append(value)


def _keep(results: Results, count: int, job: str, took: dict[str, float]) -> None:
    figures = {
        f"{job}: CPU per operation and host, {count} hosts, us": took["prepare"] + took["run"],
        f"{job}: of that prepare, {count} hosts, us": took["prepare"],
        f"{job}: peak memory per host, {count} hosts, KB": took["memory"],
    }
    for name, value in figures.items():
        results.engine.setdefault(name, []).append(value)


def _start_up() -> dict[str, float]:
    """Importing, beyond what the interpreter itself takes, and an inventory of 10 000 hosts."""
    bare = statistics.median(_seconds("pass") for _ in range(5))
    module = statistics.median(_seconds("import pyinfra") for _ in range(5))
    inventory = _run("inventory.py", "10000")
    return {
        "import pyinfra, s": module - bare,
        "inventory of 10000 hosts, s": inventory["seconds"],
        "inventory of 10000 hosts, peak memory, MB": inventory["memory"],
    }


def _seconds(code: str) -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env=_environment())
    return time.perf_counter() - begin


def _run(script: str, *words: str) -> dict[str, float]:
    command = [sys.executable, str(Path("engine") / script), *words]
    done = subprocess.run(command, cwd=JOBS, env=_environment(), stdout=subprocess.PIPE, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _environment() -> dict[str, str]:
    return clean({**ours(), "PYINFRA_PREFETCH": "0"})
