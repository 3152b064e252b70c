"""Measure points: contestants take turns, so that all see the same weather."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

from .contestants import Task, call
from .environments import ROOT, compile_ours
from .fleet import Fleet, fleet
from .plan import ANSIBLE, JOBS, SECOND_WAYS
from .results import Point, Results
from .runs import RunError, run

_LEARNERS = ("ours", "ours-again")  # a second run leaves a record of a run that changed nothing


def measure(points: Sequence[Point], runs: int, results: Results, done: Callable[[list[Point]], None]) -> None:
    """Measure points and put the figures into the results, in the place of earlier ones.

    Args:
        points: those of one place (job, hosts, latency) one after the other.
        runs: how often each.
        results: to add to.
        done: called after each place.
    """
    compile_ours()
    with tempfile.TemporaryDirectory(prefix="pyinfra-bench-") as scratch:
        folder = Path(scratch)
        shutil.copytree(ROOT / "benchmarks" / "jobs", folder, dirs_exist_ok=True)
        make_tree(folder / "tree")
        with fleet(folder) as hosts:
            for _, group in groupby(points, key=lambda point: (point.job, point.hosts, point.rtt)):
                place = list(group)
                for point in place:
                    results.drop(point)
                began = time.monotonic()
                Place(place, hosts, folder, results).measure(runs)
                done(place)
                print(f"({time.monotonic() - began:.0f} s)", flush=True)


def make_tree(top: Path) -> None:
    """500 files in 50 directories, 1 to 8 KB each."""
    for number in range(500):
        path = top / f"d{number % 50}" / f"f{number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"line of file {number}\n" * (64 + number % 400))


class Place:
    """One job on so many hosts at one latency.

    Args:
        points: one for each contestant.
        hosts: to work on.
        folder: with the files of the jobs.
        results: to add to.
    """

    def __init__(self, points: Sequence[Point], hosts: Fleet, folder: Path, results: Results) -> None:
        self._points = list(points)
        self._job = JOBS[points[0].job]
        self._hosts, self._folder, self._results = hosts, folder, results
        self._written = folder
        self._python = any(point.who in ANSIBLE for point in points)
        self._number = 0

    def measure(self, runs: int) -> None:
        """Run each contestant as often as asked for, after it has warmed up where hosts are kept."""
        self._renew()
        (self._folder / "packages.txt").write_text("\n".join(self._packages()))
        if not self._job.new_hosts:  # every tool finds the hosts then as it wants them
            self._turn([point for point in self._points if point.who not in SECOND_WAYS], keep=False)
            self._turn([point for point in self._points if point.who in _LEARNERS], keep=False)
        for _ in range(runs):
            self._turn(self._points, keep=True)

    def _renew(self) -> None:
        self._hosts.latency(0)
        self._written = self._hosts.renew(self._points[0].hosts, python=self._python)

    def _packages(self) -> list[str]:
        return sorted(self._hosts.hosts[0].sh("dpkg-query -W -f '${Package}\\n'").split())[:100]

    def _turn(self, points: Sequence[Point], *, keep: bool) -> None:
        """One run of each. Who fails is out from there on."""
        for point in list(points):
            try:
                figures = self._run(point)
            except RunError as error:
                self._points.remove(point)
                self._results.fail(point)
                print(f"{self._results.notes[-1]}:\n{error}", file=sys.stderr, flush=True)
            else:
                if keep:
                    self._results.add(point, figures)

    def _run(self, point: Point) -> dict[str, float]:
        if self._job.new_hosts:
            self._renew()
        self._number += 1
        state = self._folder / "state" / self._written.name / point.who
        state.mkdir(parents=True, exist_ok=True)
        task = Task(self._job.file, self._written, point.hosts, state)
        self._hosts.latency(point.rtt)
        return run(call(point.who, task, self._number), self._folder, self._hosts)
