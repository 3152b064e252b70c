"""What is aimed at, and whether figures meet it. Pure: figures in, verdicts out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .plan import CPU, IMPORT, INVENTORY, INVENTORY_MEMORY, PEAK, engine_figure
from .results import Point, Results

Measure = Callable[[Results], float | None]


@dataclass(frozen=True)
class Goal:
    """One aim.

    Attributes:
        text: what it is about.
        limit: the number to reach.
        unit: behind the number: ``x`` for times.
        measure: the number of a campaign; None when what it takes was not measured.
        least: whether the limit is the least that will do, or the most.
        points: what is measured on hosts for it.
    """

    text: str
    limit: float
    unit: str
    measure: Measure
    least: bool
    points: tuple[Point, ...] = ()

    def met(self, value: float) -> bool:
        """Tell whether a number will do."""
        return value >= self.limit if self.least else value <= self.limit


def faster(
    text: str, job: str, hosts: int, rtt: float, limit: float, *, than: str = "rival", ours: str = "ours"
) -> Goal:
    """So many times as fast as another, at least."""
    above, below = Point(job, hosts, rtt, than), Point(job, hosts, rtt, ours)
    return Goal(text, limit, "x", lambda results: results.ratio(above, below), least=True, points=(above, below))


def within(text: str, job: str, hosts: int, rtt: float, limit: float, *, ours: str = "ours") -> Goal:
    """At most so many times the floor."""
    above, below = Point(job, hosts, rtt, ours), Point(job, hosts, rtt, "floor")
    return Goal(text, limit, "x", lambda results: results.ratio(above, below), least=False, points=(above, below))


def cheaper(text: str, job: str, hosts: int, rtt: float, limit: float) -> Goal:
    """So many times less CPU on this side than the rival, at least."""
    above, below = Point(job, hosts, rtt, "rival"), Point(job, hosts, rtt, "ours")
    return Goal(
        text, limit, "x", lambda results: results.ratio(above, below, "control"), least=True, points=(above, below)
    )


def engine(text: str, name: str, limit: float, unit: str) -> Goal:
    """A figure of the engine alone, at most."""
    return Goal(text, limit, unit, lambda results: results.engine_median(name), least=False)


def flat(text: str, job: str, limit: float) -> Goal:
    """What an operation costs on a host grows at most so much from few hosts to many."""

    def growth(results: Results) -> float | None:
        few = results.engine_median(engine_figure("", job, CPU, 100))
        many = results.engine_median(engine_figure("", job, CPU, 10_000))
        return many / few if few and many is not None else None

    return Goal(text, limit, "x", growth, least=False)


GOALS: dict[str, tuple[Goal, ...]] = {
    "J1, against pyinfra 3.10": (
        faster("10 hosts, 20 ms: faster", "J1", 10, 20, 5),
        faster("10 hosts, 100 ms: faster", "J1", 10, 100, 6),
        faster("50 hosts, 20 ms: faster", "J1", 50, 20, 6),
        cheaper("50 hosts, 20 ms: less CPU on this side", "J1", 50, 20, 5),
        faster("50 hosts, 20 ms, both as programs: faster", "J1", 50, 20, 40, than="rival-api", ours="ours-api"),
    ),
    "J1, second converged run": (
        within("10 hosts, 20 ms: times the floor", "J1", 10, 20, 1.6, ours="ours-again"),
    ),
    "Other jobs, against pyinfra 3.10": (
        faster("J2, 10 hosts, 20 ms: faster", "J2", 10, 20, 3.5),
        faster("J3, 10 hosts, 20 ms: faster", "J3", 10, 20, 4),
        faster("J4, 10 hosts, 20 ms: no slower", "J4", 10, 20, 1),
        within("J4, 10 hosts, 20 ms: times the floor", "J4", 10, 20, 1.2),
        faster("J5, 10 hosts, 20 ms: faster", "J5", 10, 20, 10),
        faster("J6, 10 hosts, 20 ms: faster", "J6", 10, 20, 3),
    ),
    "J1, against ansible-core": (
        faster("10 hosts, 20 ms, with pipelining: faster", "J1", 10, 20, 15, than="ansible"),
        faster("10 hosts, 20 ms, with mitogen: faster", "J1", 10, 20, 15, than="mitogen"),
    ),
    "The engine alone": (
        engine("1000 hosts, server.shell: CPU per operation and host",
               engine_figure("", "shell", CPU, 1000), 60, "us"),
        engine("1000 hosts, the operations of J2: CPU per operation and host",
               engine_figure("", "server", CPU, 1000), 260, "us"),
        flat("server.shell: CPU per host at 10000 hosts, times that at 100", "shell", 1.2),
        flat("the operations of J2: CPU per host at 10000 hosts, times that at 100", "server", 1.2),
        engine("10000 hosts, 20 times server.shell: peak memory per host",
               engine_figure("", "shell", PEAK, 10_000), 60, "KB"),
        engine("10000 hosts, the operations of J2: peak memory per host",
               engine_figure("", "server", PEAK, 10_000), 60, "KB"),
        engine("import pyinfra", IMPORT, 0.15, "s"),
        engine("inventory of 10000 hosts: time", INVENTORY, 1, "s"),
        engine("inventory of 10000 hosts: memory", INVENTORY_MEMORY, 300, "MB"),
    ),
}  # fmt: skip


def points() -> set[Point]:
    """Return all that goals need to be measured on hosts."""
    return {point for goals in GOALS.values() for goal in goals for point in goal.points}
