"""The engine alone: hosts in memory, which answer at once. Each measurement is a process of its own."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import environments
from .plan import CPU, ENGINE_JOBS, IMPORT, INVENTORY, INVENTORY_MEMORY, PEAK, PREPARE, RIVAL_ENGINE, engine_figure
from .results import Results

SCRIPTS = environments.ROOT / "benchmarks" / "jobs" / "engine"


@dataclass(frozen=True)
class Engine:
    """Whose engine.

    Attributes:
        prefix: of the names of its figures.
        python: the interpreter.
        environment: variables that it needs.
        connector: whose hosts run nothing.
        most: hosts that it is asked to work on.
    """

    prefix: str
    python: str
    environment: Mapping[str, str]
    connector: str
    most: int = 1_000_000

    def run(self, script: str, *words: str) -> dict[str, float]:
        """Run a script; return the figures that it prints."""
        command = [self.python, str(SCRIPTS / script), *words]
        env = environments.clean(self.environment)
        done = subprocess.run(command, cwd=SCRIPTS.parent, env=env, stdout=subprocess.PIPE, check=True)
        figures: dict[str, float] = json.loads(done.stdout)
        return figures


def ours() -> Engine:
    """Return the engine of this checkout, without a record of earlier runs."""
    return Engine("", sys.executable, {**environments.ours(), "PYINFRA_PREFETCH": "0"}, "fake")


def rival() -> Engine:
    """Return that of pyinfra 3.10, with a connector like ours. It takes minutes for many hosts."""
    path = {"PYTHONPATH": str(SCRIPTS / "instant")}
    return Engine(RIVAL_ENGINE, str(environments.rival()), path, "instant", most=1000)


ENGINES = {"ours": ours, "rival": rival}


def measure(results: Results, runs: int, counts: Sequence[int], who: Sequence[str]) -> None:
    """Put the figures of engines into the results, in the place of earlier ones.

    Args:
        results: to add to.
        runs: how often.
        counts: numbers of hosts.
        who: whose engines, of ``ENGINES``.
    """
    results.engine.clear()
    environments.compile_ours()
    engines = [ENGINES[name]() for name in who]
    for _ in range(runs):
        for count in counts:
            for job in ENGINE_JOBS:
                for engine in engines:
                    if count <= engine.most:
                        _keep(results, _work(engine, count, job))
        _keep(results, _start_up(ours()))


def _keep(results: Results, figures: Mapping[str, float]) -> None:
    for name, value in figures.items():
        results.engine.setdefault(name, []).append(value)


def _work(engine: Engine, count: int, job: str) -> dict[str, float]:
    took = engine.run("engine.py", str(count), job, engine.connector)
    return {
        engine_figure(engine.prefix, job, CPU, count): took["prepare"] + took["run"],
        engine_figure(engine.prefix, job, PREPARE, count): took["prepare"],
        engine_figure(engine.prefix, job, PEAK, count): took["memory"],
    }


def _start_up(engine: Engine) -> dict[str, float]:
    """Importing, beyond what the interpreter itself takes, and an inventory of 10 000 hosts."""
    bare = statistics.median(_seconds(engine, "pass") for _ in range(5))
    module = statistics.median(_seconds(engine, "import pyinfra") for _ in range(5))
    inventory = engine.run("inventory.py", "10000")
    return {
        IMPORT: module - bare,
        INVENTORY: inventory["seconds"],
        INVENTORY_MEMORY: inventory["memory"],
    }


def _seconds(engine: Engine, code: str) -> float:
    env = environments.clean(engine.environment)
    begin = time.perf_counter()
    subprocess.run([engine.python, "-c", code], check=True, env=env)
    return time.perf_counter() - begin
