"""Figures as text."""

from __future__ import annotations

from collections.abc import Sequence

from .plan import JOBS
from .results import FIGURES, Point, Results

HEADINGS = {
    "wall": "wall s",
    "control": "control CPU s",
    "work": "hosts CPU s",
    "memory": "memory MB",
    "packets": "packets",
}


def number(value: float | None) -> str:
    """Return a number with as many digits as it deserves; a dash for none."""
    if value is None:
        return "-"
    if abs(value) >= 100 or value == int(value):
        return f"{value:.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.2g}"


def place(results: Results, points: Sequence[Point]) -> str:
    """Return what contestants took at one place, for the terminal."""
    first = points[0]
    measured = [point for point in points if point in results.points]
    ours = next((point for point in measured if point.who == "ours"), None)
    runs = max((len(results.points[point]["wall"]) for point in measured), default=0)
    lines = [
        f"\n{first.job}: {JOBS[first.job].title}; {first.hosts} hosts, {first.rtt:g} ms, {runs} runs, medians",
        "  "
        + " " * 10
        + f"{'times ours':>12}"
        + "".join(f"{HEADINGS[name]:>15}" for name in FIGURES)
        + f"{'round trips':>15}",
    ]
    for point in measured:
        ratio = number(results.ratio(point, ours)) if ours else "-"
        cells = "".join(f"{number(results.median(point, name)):>15}" for name in FIGURES)
        trips = results.trips(point.job, point.hosts, point.who)  # known when this is not the first latency
        lines.append(f"  {point.who:10}{ratio:>12}{cells}{number(trips):>15}")
    return "\n".join(lines)


def engine(results: Results) -> str:
    """Return the figures of the engine alone, for the terminal."""
    width = max(map(len, results.engine), default=0)
    rows = [f"  {name:{width}}  {number(results.engine_median(name)):>10}" for name in results.engine]
    return "\n".join(["\nThe engine alone, medians", *rows])


def facts(results: Results) -> str:
    """Return what facts cost a host, for the terminal."""
    lines = []
    for system in results.facts:
        lines.append(f"\nFacts on {system}{'':20}{'CPU ms':>10}{'processes':>11}{'bytes':>9}")
        lines += [
            f"  {name:34}{cost.cpu:>10.2f}{cost.processes:>11}{cost.size:>9}"
            for name, cost in results.dearest_facts(system)
        ]
    return "\n".join(lines)


def markdown(headings: Sequence[str], rows: Sequence[Sequence[str]], *, words: int = 1) -> str:
    """Return a table; the first columns have words, the others numbers."""
    rule = ["---" if column < words else "---:" for column in range(len(headings))]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [headings, rule, *rows])
