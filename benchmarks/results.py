"""The figures of a campaign of measurements: kept in a file, added to, and looked up. Nothing here measures."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FIGURES = ("wall", "control", "work", "memory", "packets")


@dataclass(frozen=True)
class Point:
    """What one contestant did at one place of the table.

    Attributes:
        job: ``J1`` and so on.
        hosts: how many.
        rtt: round-trip time of the wire, ms.
        who: name of the contestant.
    """

    job: str
    hosts: int
    rtt: float
    who: str


@dataclass(frozen=True)
class Cost:
    """What it costs to read a fact once.

    Attributes:
        cpu: of the host, ms, beyond that of a command that does nothing.
        processes: that the host begins, with the shell of the command.
        size: bytes of output.
    """

    cpu: float
    processes: int
    size: int


@dataclass
class Results:
    """All figures of a campaign.

    Attributes:
        about: when, on what machine, which versions.
        points: for each point, each figure with its value in each run: ``wall`` (s), ``control`` (CPU s of this side),
            ``work`` (CPU s of all hosts), ``memory`` (MB), ``packets`` (both directions).
        engine: figures of the engine alone, with their values in each run.
        notes: who could not take part, and why.
        facts: for each system, what each fact costs a host.
    """

    about: dict[str, str] = field(default_factory=dict)
    points: dict[Point, dict[str, list[float]]] = field(default_factory=dict)
    engine: dict[str, list[float]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    facts: dict[str, dict[str, Cost]] = field(default_factory=dict)

    def add(self, point: Point, figures: Mapping[str, float]) -> None:
        """Add one run."""
        of_point = self.points.setdefault(point, {})
        for name, value in figures.items():
            of_point.setdefault(name, []).append(value)

    def drop(self, point: Point) -> None:
        """Forget a point, also that somebody failed there."""
        self.points.pop(point, None)
        self.notes = [note for note in self.notes if note != _failure(point)]

    def fail(self, point: Point) -> None:
        """Note that somebody failed."""
        self.drop(point)
        self.notes.append(_failure(point))

    def describe(self, about: Mapping[str, str]) -> None:
        """Tell when, where and with what this part was measured; what differs from earlier parts is told beside it."""
        for name, value in about.items():
            earlier = self.about.get(name, "").split("; ")
            self.about[name] = "; ".join(dict.fromkeys([*filter(None, earlier), value]))

    def median(self, point: Point, figure: str = "wall") -> float | None:
        """Return the median of a figure; None when it was not measured."""
        values = self.points.get(point, {}).get(figure)
        return statistics.median(values) if values else None

    def ratio(self, above: Point, below: Point, figure: str = "wall") -> float | None:
        """Return how many times one median is another; None when one is missing or nothing."""
        top, bottom = self.median(above, figure), self.median(below, figure)
        return top / bottom if top is not None and bottom else None

    def engine_median(self, name: str) -> float | None:
        """Return the median of a figure of the engine; None when it was not measured."""
        values = self.engine.get(name)
        return statistics.median(values) if values else None

    def dearest_facts(self, system: str) -> list[tuple[str, Cost]]:
        """Return the facts of a system and their costs, the dearest first."""
        return sorted(self.facts[system].items(), key=lambda item: (-item[1].cpu, -item[1].processes, item[0]))

    def trips(self, job: str, hosts: int, who: str) -> float | None:
        """Return how many round trips are in the wall time: its growth from the nearest wire to the farthest."""
        walls = {
            point.rtt: wall
            for point in self.points
            if (point.job, point.hosts, point.who) == (job, hosts, who)
            and (wall := self.median(point)) is not None
        }  # fmt: skip
        if len(walls) < 2:
            return None
        near, far = min(walls), max(walls)
        return (walls[far] - walls[near]) * 1000 / (far - near)


def _failure(point: Point) -> str:
    return f"{point.who} failed {point.job} on {point.hosts} hosts at {point.rtt:g} ms"


def read(path: Path) -> Results:
    """Return the figures of a file; nothing when there is none."""
    if not path.exists():
        return Results()
    found: dict[str, Any] = json.loads(path.read_text())
    points = {
        Point(row["job"], row["hosts"], row["rtt"], row["who"]): {name: row[name] for name in FIGURES if name in row}
        for row in found["points"]
    }
    facts = {
        system: {name: Cost(*costs) for name, costs in rows.items()} for system, rows in found.get("facts", {}).items()
    }
    return Results(found["about"], points, found["engine"], found["notes"], facts)


def write(path: Path, results: Results) -> None:
    """Keep figures in a file, a line for each point."""
    rows = [{**vars(point), **_short(figures)} for point, figures in results.points.items()]
    parts = [
        '"about": ' + json.dumps(results.about, indent=1),
        '"points": ' + _lines(rows),
        '"engine": ' + json.dumps(_short(results.engine), indent=None).replace("], ", "],\n "),
        '"notes": ' + json.dumps(results.notes, indent=1),
        *(['"facts": ' + _facts(results)] if results.facts else []),
    ]
    path.write_text("{" + ",\n".join(parts) + "}\n")


def _short(figures: Mapping[str, Sequence[float]]) -> dict[str, list[float]]:
    """No more digits than are worth something."""
    return {name: [float(f"{value:.4g}") for value in values] for name, values in figures.items()}


def _facts(results: Results) -> str:
    """A line for each fact."""
    systems = []
    for system in results.facts:
        rows = [
            f"{json.dumps(name)}: {json.dumps([float(f'{cost.cpu:.3g}'), cost.processes, cost.size])}"
            for name, cost in results.dearest_facts(system)
        ]
        systems.append(f"{json.dumps(system)}: {{\n" + ",\n".join(rows) + "\n}")
    return "{\n" + ",\n".join(systems) + "\n}"


def _lines(rows: Sequence[Mapping[str, Any]]) -> str:
    return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]"
