"""Measure what a run costs, and print a table. Every measurement is a process of its own.

Example:
    python scripts/lib/bench.py --against HEAD~1 --runs 5
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOSTS, OPERATIONS = 1000, 20

# What is promised, by name of the figure (DESIGN: budgets).
BUDGETS = {
    "import pyinfra, s": 0.15,
    "pyinfra --version, s": 0.25,
    "engine: CPU per operation and host, us": 100,
    "engine: peak memory, MB": 100,
    "command line: times the program": 2,
    "trips: one converged add_op": 2,
    "trips: converged deploy of 20": 4,
    "trips: run_ops without changes": 0,
    "trips: changed operation in run_ops": 2,
}


def main() -> int:
    """Measure here, and there if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", metavar="COMMIT", help="measure this commit too, in turns")
    parser.add_argument("--runs", type=int, default=3, help="how often each measurement is made (default: 3)")
    parser.add_argument("--only", choices=list(MEASUREMENTS), action="append", help="only these measurements")
    parser.add_argument("--measure", choices=list(MEASUREMENTS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(MEASUREMENTS[options.measure]()))
        return 0
    with tempfile.TemporaryDirectory(prefix="pyinfra-bench-") as folder:
        trees = [ROOT / "src"]
        if options.against:
            trees.append(checked_out(options.against, Path(folder)))
        figures = [measured(trees, name, options.runs) for name in options.only or MEASUREMENTS]
    print_table({name: columns for part in figures for name, columns in part.items()}, options.against)
    return 0


def checked_out(commit: str, folder: Path) -> Path:
    """Return the sources of another commit."""
    archive = subprocess.run(["git", "archive", commit, "src"], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    return folder / "src"


def measured(trees: list[Path], name: str, runs: int) -> dict[str, list[float]]:
    """Return the medians of each figure, a column for each tree. Trees take turns: both see the same weather."""
    samples: dict[str, list[list[float]]] = {}
    for _ in range(runs):
        for column, tree in enumerate(trees):
            for figure, value in in_process(tree, name).items():
                samples.setdefault(figure, [[] for _ in trees])[column].append(value)
    return {figure: [statistics.median(column) for column in columns] for figure, columns in samples.items()}


def in_process(tree: Path, name: str) -> dict[str, float]:
    """Run one measurement in a process of its own."""
    env = {**os.environ, "PYTHONPATH": str(tree)}
    command = [sys.executable, __file__, "--measure", name]
    done = subprocess.run(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"the measurement {name!r} failed for {tree}")
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def print_table(figures: dict[str, list[float]], against: str | None) -> None:
    """Print one line a figure."""
    width = max(map(len, figures))
    there = f"  {against[:10]:>10}  {'ratio':>6}" if against else ""
    print(f"{'figure':{width}}  {'here':>10}{there}  {'budget':>7}")
    for name, (here, *other) in figures.items():
        line = f"{name:{width}}  {shown(here):>10}"
        if other:
            ratio = f"{here / other[0]:.2f}" if other[0] else "-"
            line += f"  {shown(other[0]):>10}  {ratio:>6}"
        budget = BUDGETS.get(name)
        if budget is not None:
            line += f"  {shown(budget):>7}" + ("  over" if here > budget else "")
        print(line)
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; figures are medians")


def shown(value: float) -> str:
    """Return a figure with as many digits as it deserves."""
    if value == int(value):
        return str(int(value))
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


# -- measurements ------------------------------------------------------------------------------


def measure_import() -> dict[str, float]:
    """Seconds of wall time beyond those that the interpreter itself takes."""

    def seconds(*words: str) -> float:
        begin = time.perf_counter()
        subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - begin

    bare, module, version, api = [], [], [], []
    for _ in range(5):
        bare.append(seconds("-c", ""))
        module.append(seconds("-c", "import pyinfra"))
        version.append(seconds("-m", "pyinfra", "--version"))
        api.append(seconds("-c", "import pyinfra.api, pyinfra.operations.server, pyinfra.operations.files"))
    idle = statistics.median(bare)
    return {
        "import pyinfra, s": statistics.median(module) - idle,
        "import API and operations, s": statistics.median(api) - idle,
        "pyinfra --version, s": statistics.median(version),
    }


def measure_engine() -> dict[str, float]:
    """CPU and memory of a run over hosts in memory."""
    import resource

    from pyinfra.api import Config, Inventory, State
    from pyinfra.api.connect import connect_all
    from pyinfra.api.operation import add_op
    from pyinfra.api.operations import run_ops
    from pyinfra.operations import server

    names = [f"@fake/host{number}" for number in range(HOSTS)]
    at = [time.process_time()]
    state = State(inventory=Inventory((names, {"fake_delay": 0, "fake_delay_jitter": 0})), config=Config())
    connect_all(state)
    at.append(time.process_time())
    for number in range(OPERATIONS):
        add_op(state, server.shell, commands=[f"echo {number}"])
    at.append(time.process_time())
    run_ops(state)
    at.append(time.process_time())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    each = 1e6 / (HOSTS * OPERATIONS)
    return {
        "engine: CPU per operation and host, us": (at[3] - at[1]) * each,
        "engine: of that in add_op, us": (at[2] - at[1]) * each,
        "engine: of that in run_ops, us": (at[3] - at[2]) * each,
        "engine: inventory and connect, us per host": (at[1] - at[0]) * 1e6 / HOSTS,
        "engine: peak memory, MB": peak,
    }


def measure_command_line() -> dict[str, float]:
    """CPU of a whole run of the command line, and of the same deploy code from a program."""
    import resource

    from pyinfra.api import Config, Inventory, State
    from pyinfra.api.connect import connect_all
    from pyinfra.api.deploy import add_deploy
    from pyinfra.api.operations import run_ops
    from pyinfra.operations import server

    def deploy() -> None:
        for number in range(OPERATIONS):
            server.shell(name=f"step {number}", commands=[f"echo {number}"])

    instant = {"fake_delay": 0, "fake_delay_jitter": 0}
    names = [f"@fake/host{number}" for number in range(HOSTS)]
    begin = time.process_time()
    state = State(inventory=Inventory((names, instant)), config=Config())
    connect_all(state)
    add_deploy(state, deploy)
    run_ops(state)
    program = time.process_time() - begin
    with tempfile.TemporaryDirectory(prefix="pyinfra-bench-") as scratch:
        Path(scratch, "inventory.py").write_text(f"hosts = ({names!r}, {instant!r})\n")
        Path(scratch, "deploy.py").write_text(
            "from pyinfra.operations import server\n"
            f"for number in range({OPERATIONS}):\n"
            '    server.shell(name=f"step {number}", commands=[f"echo {number}"])\n'
        )
        command = [sys.executable, "-m", "pyinfra", "inventory.py", "deploy.py", "-y"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, cwd=scratch, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    whole = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    each = 1e6 / (HOSTS * OPERATIONS)
    return {
        "deploy code: CPU per operation and host, us": program * each,
        "command line: CPU per operation and host, us": whole * each,
        "command line: times the program": whole / program,
    }


def measure_trips() -> dict[str, float]:
    """Round trips of the first real operations, counted on this machine in a scratch directory."""
    from pyinfra.api import Config, Inventory, State
    from pyinfra.api.connect import connect_all, disconnect_all
    from pyinfra.api.operation import add_op, add_ops
    from pyinfra.api.operations import run_ops
    from pyinfra.operations import files

    def trips(call: Callable[[], object]) -> int:
        before = host.session.round_trips
        call()
        return int(host.session.round_trips - before)

    with tempfile.TemporaryDirectory(prefix="pyinfra-bench-") as scratch:
        state = State(inventory=Inventory((["@local"], {})), config=Config())
        connect_all(state)
        host = state.inventory.get_host("@local")
        paths = [f"{scratch}/{number}" for number in range(20)]
        deploy = [(files.directory, {"path": path}) for path in paths]
        figures: dict[str, float] = {}
        figures["trips: new deploy of 20"] = trips(lambda: add_ops(state, deploy))
        figures["trips: 20 changed operations in run_ops"] = trips(lambda: run_ops(state))
        state = State(inventory=Inventory((["@local"], {})), config=Config())
        connect_all(state)
        host = state.inventory.get_host("@local")
        figures["trips: one converged add_op"] = trips(lambda: add_op(state, files.directory, path=paths[0]))
        figures["trips: converged deploy of 20"] = trips(lambda: add_ops(state, deploy))
        figures["trips: run_ops without changes"] = trips(lambda: run_ops(state))
        add_op(state, files.directory, path=f"{scratch}/new")
        figures["trips: changed operation in run_ops"] = trips(lambda: run_ops(state))
        disconnect_all(state)
    return figures


MEASUREMENTS: dict[str, Callable[[], dict[str, float]]] = {
    "import": measure_import,
    "engine": measure_engine,
    "command line": measure_command_line,
    "trips": measure_trips,
}

if __name__ == "__main__":
    sys.exit(main())
