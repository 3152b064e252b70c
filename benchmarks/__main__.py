"""Run contestants in turns and print what they took; measure the engine alone, and facts; write the page of results.

Example:
    scripts/bench --job J1 --hosts 10 --rtt 20 --runs 5
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from tests.lab import why_not

from . import engine, fact_costs, goals, page, results, tables
from .about import about
from .campaign import measure
from .plan import ENGINE, ENGINE_HOSTS, EVERYONE, JOBS, points
from .results import Point, Results

FACTS = "facts"
T = TypeVar("T")


def main() -> int:
    """Do what was asked for."""
    options = arguments()
    if options.page:
        page.publish(options.page)
        return 0
    found = results.read(options.json) if options.json else Results()
    chosen = chosen_points(options)
    engines = chosen_engines(options)
    facts = FACTS in options.job if options.job else not (options.quick or options.goals)
    if (chosen or facts) and (reason := why_not()):
        sys.exit(f"scripts/bench: {reason}")
    found.describe(about({point.who for point in chosen} | set(engines), options.runs))

    def keep() -> None:
        if options.json:
            results.write(options.json, found)

    def done(place: list[Point]) -> None:
        print(tables.place(found, place), flush=True)
        keep()

    if chosen:
        measure(chosen, options.runs, found, done)
    if engines:
        engine.measure(found, options.runs, options.engine_hosts, engines)
        print(tables.engine(found), flush=True)
    if facts:
        found.facts = fact_costs.measure()
        print(tables.facts(found), flush=True)
    keep()
    return 0 if set(chosen) <= set(found.points) else 1


def chosen_points(options: argparse.Namespace) -> list[Point]:
    """Return what to measure on hosts."""
    jobs = [name for name in options.job if name in JOBS]
    if options.job and not jobs:
        return []
    chosen = points(jobs, options.hosts, options.rtt, options.who, options.quick)
    return [point for point in chosen if not options.goals or point in goals.points()]


def chosen_engines(options: argparse.Namespace) -> list[str]:
    """Return whose engines to measure alone."""
    wanted = ENGINE in options.job if options.job else not options.quick
    return [name for name in engine.ENGINES if wanted and name in (options.who or engine.ENGINES)]


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("--job", type=several(str, [*JOBS, ENGINE, FACTS]), default=[], help="J1,..., engine, facts (default: all)")
    add("--hosts", type=several(int), default=[], help="how many: 1,10,50 (default: see benchmarks/plan.py)")
    add("--rtt", type=several(float), default=[], help="round-trip times, ms: 0,20,100")
    add("--who", type=several(str, EVERYONE), default=[], help=",".join(EVERYONE))
    add("--runs", type=int, help="how often each (default: 5, with --quick 1)")
    add("--quick", action="store_true", help="two jobs on two hosts, without ansible")
    add("--goals", action="store_true", help="only what goals need")
    add("--engine-hosts", type=several(int), default=list(ENGINE_HOSTS), help="hosts in memory for the engine alone")
    add("--json", type=Path, metavar="FILE", help="keep the figures; points that are there already are replaced")
    add("--page", type=several(Path), metavar="FILES", help="measure nothing, write docs/performance.md from these")
    options = parser.parse_args()
    if options.runs is None:
        options.runs = 1 if options.quick else 5
    if options.json:
        options.json = options.json.absolute()
    return options


def several(kind: Callable[[str], T], allowed: Sequence[T] = ()) -> Callable[[str], list[T]]:
    """Return a reader of words with commas between them."""

    def read(text: str) -> list[T]:
        values = [kind(word) for word in text.split(",")]
        if strange := [value for value in values if allowed and value not in allowed]:
            raise argparse.ArgumentTypeError(f"{strange[0]!r} is none of {', '.join(map(str, allowed))}")
        return values

    return read


if __name__ == "__main__":
    sys.exit(main())
