"""Run contestants in turns and print what they took.

Example:
    python -m benchmarks --job J1 --hosts 10 --rtt 20 --runs 5
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from .contestants import JOBS, Contestant, contestants
from .fleet import Fleet, fleet
from .runs import Sample, run


@dataclass(frozen=True)
class Job:
    """What is measured.

    Attributes:
        title: for the table.
        file: in ``jobs``, without its ending.
        new_hosts: each run finds untouched hosts; otherwise each contestant has done the job there once.
    """

    title: str
    file: str
    new_hosts: bool = False


TABLE = {
    "J1": Job("20 operations, converged", "server"),
    "J2": Job("20 operations, all change", "server", new_hosts=True),
    "J3": Job("10 facts", "facts"),
    "J4": Job("one command", "command"),
    "J5": Job("sync of 500 files", "sync", new_hosts=True),
    "J6": Job("100 packages present", "packages"),
}


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--job", choices=list(TABLE), action="append")
    parser.add_argument("--hosts", type=int, default=10)
    parser.add_argument("--rtt", type=float, default=20, help="ms")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--who", action="append", help="contestants (default: ours, rival, floor)")
    parser.add_argument("--raw", type=Path, help="append the figures of each run to this file, a line of JSON each")
    options = parser.parse_args()
    everyone = contestants()
    who = [everyone[name] for name in options.who or ("ours", "rival", "floor")]
    with tempfile.TemporaryDirectory(prefix="pyinfra-bench-") as scratch:
        folder = Path(scratch)
        shutil.copytree(JOBS, folder, dirs_exist_ok=True)
        os.environ.setdefault("LAB_CACHE", str(Path.home() / ".cache" / "pyinfra-lab"))
        os.environ["HOME"] = str(folder)  # no settings, records and known hosts of whoever measures
        make_tree(folder / "tree")
        with fleet(folder) as hosts:
            for name in options.job or TABLE:
                samples = measure(TABLE[name], who, hosts, folder, options)
                show(name, TABLE[name], samples, options)
                write_raw(options, name, samples)
    return 0


def make_tree(top: Path) -> None:
    """500 files in 50 directories, 1 to 8 KB each."""
    for number in range(500):
        path = top / f"d{number % 50}" / f"f{number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"line of file {number}\n" * (64 + number % 400))


def measure(
    job: Job, who: list[Contestant], hosts: Fleet, folder: Path, options: argparse.Namespace
) -> dict[str, list[Sample]]:
    """All runs of a job. Contestants take turns: all see the same weather."""
    samples: dict[str, list[Sample]] = {}
    hosts.latency(0)
    written = hosts.renew(options.hosts)
    names = sorted(hosts.hosts[0].sh("dpkg-query -W -f '${Package}\\n'").split())[:100]
    (folder / "packages.txt").write_text("\n".join(names))
    takes_part = [one for one in who if one.command(job.file, written)]
    for number in range(-1, options.runs):
        for one in takes_part:
            if job.new_hosts:
                if number < 0:
                    continue
                hosts.latency(0)
                written = hosts.renew(options.hosts)
            hosts.latency(options.rtt)
            command = one.command(job.file, written)
            assert command is not None
            sample = run(command, folder, hosts)
            if number >= 0:
                samples.setdefault(one.name, []).append(sample)
    return samples


def show(name: str, job: Job, samples: dict[str, list[Sample]], options: argparse.Namespace) -> None:
    """Print a table."""
    print(f"\n{name}: {job.title}; {options.hosts} hosts, {options.rtt:g} ms, {options.runs} runs, medians")
    print(f"  {'':10} {'wall s':>8} {'times ours':>10} {'control CPU s':>14} {'hosts CPU s':>12} {'memory MB':>10}")
    middle = {who: [statistics.median(column) for column in columns(some)] for who, some in samples.items()}
    for who, (wall, control, cpu, memory) in middle.items():
        ratio = wall / middle["ours"][0] if "ours" in middle else float("nan")
        print(f"  {who:10} {wall:8.2f} {ratio:10.2f} {control:14.2f} {cpu:12.2f} {memory:10.0f}")
    sys.stdout.flush()


def columns(samples: list[Sample]) -> list[list[float]]:
    """Samples by figure."""
    return [list(column) for column in zip(*(asdict(one).values() for one in samples), strict=True)]


def write_raw(options: argparse.Namespace, name: str, samples: dict[str, list[Sample]]) -> None:
    """Keep the figures of each run."""
    if options.raw is None:
        return
    with options.raw.open("a") as file:
        for who, some in samples.items():
            for sample in some:
                line = {"job": name, "hosts": options.hosts, "rtt": options.rtt, "who": who, **asdict(sample)}
                file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    sys.exit(main())
