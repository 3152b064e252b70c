"""What is measured: the jobs, and at which points who does them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .results import Point

TOOLS = ("ours", "ours-again", "rival", "floor")
PROGRAMS = ("ours-api", "rival-api")
ANSIBLE = ("ansible", "mitogen")
SECOND_WAYS = ("ours-api", "rival-api", "mitogen")  # of tools that the plan has another way to run
EVERYONE = (*TOOLS, *PROGRAMS, *ANSIBLE)
ENGINE = "engine"
ENGINE_JOBS = {"shell": "server.shell", "server": "operations of J2"}
ENGINE_HOSTS = (100, 1000, 10_000)
ENGINE_FIGURES = CPU, PREPARE, PEAK = "CPU per operation and host", "of that prepare", "peak memory per host"
START_FIGURES = IMPORT, INVENTORY, INVENTORY_MEMORY = (
    "import pyinfra, s",
    "inventory of 10000 hosts, s",
    "inventory of 10000 hosts, peak memory, MB",
)
RIVAL_ENGINE = "rival, "  # before the names of its figures; before those of ours there is nothing

Place = tuple[int, float]  # hosts, ms


@dataclass(frozen=True)
class Job:
    """What is done.

    Attributes:
        title: for tables.
        file: in ``jobs``, without its ending.
        places: hosts and ms, where it is measured unless asked otherwise.
        new_hosts: each run finds untouched hosts; otherwise each contestant has done the job there once.
        learns: whether a record of the run before can help, so that it is measured with and without.
    """

    title: str
    file: str
    places: tuple[Place, ...]
    new_hosts: bool = False
    learns: bool = False


JOBS = {
    "J1": Job(
        "20 operations, all as it should be",
        "server",
        ((1, 0), (1, 20), (1, 100), (10, 0), (10, 20), (10, 100), (50, 0), (50, 20), (50, 100)),
        learns=True,
    ),
    "J2": Job("20 operations, all change", "server", ((1, 20), (10, 20), (10, 100), (50, 20)), new_hosts=True),
    "J3": Job("ten facts", "facts", ((1, 20), (10, 0), (10, 20), (10, 100)), learns=True),
    "J4": Job("one command", "command", ((1, 20), (10, 0), (10, 20), (10, 100), (50, 20))),
    "J5": Job("sync of 500 new files", "sync", ((1, 20), (10, 20)), new_hosts=True),
    "J6": Job("100 packages present", "packages", ((1, 20), (10, 20)), learns=True),
}
# Who is slow is measured where a goal names it.
PLACES_OF: dict[str, dict[str, tuple[Place, ...]]] = {
    **{name: {"J1": ((10, 20), (50, 20))} for name in PROGRAMS},
    **{name: {"J1": ((10, 20),)} for name in ANSIBLE},
}
QUICK = {"J1": ((2, 20.0),), "J4": ((2, 20.0),)}


def engine_figure(engine: str, job: str, what: str, hosts: int) -> str:
    """Return the name of a figure of an engine alone.

    Args:
        engine: nothing, or ``RIVAL_ENGINE``.
        job: one of ``ENGINE_JOBS``.
        what: ``CPU`` or ``PREPARE`` (us), or ``PEAK`` (KB).
        hosts: how many.
    """
    return f"{engine}{job}: {what}, {hosts} hosts, {'KB' if what == PEAK else 'us'}"


def does(who: str, job: str) -> bool:
    """Tell whether a contestant does a job at all."""
    if who in PROGRAMS or who in ANSIBLE:
        return JOBS[job].file == "server"
    if who == "floor":
        return job in ("J1", "J2", "J4")
    return who != "ours-again" or JOBS[job].learns


def points(
    jobs: Sequence[str] = (),
    hosts: Sequence[int] = (),
    rtts: Sequence[float] = (),
    who: Sequence[str] = (),
    quick: bool = False,
) -> list[Point]:
    """Return what to measure; whatever is left out is as the plan has it.

    Args:
        jobs: their names.
        hosts: numbers of hosts, each with each latency.
        rtts: latencies, ms.
        who: contestants. Those that the plan has at few places are then measured at all.
        quick: only a few small points, without those that take long to install.
    """
    found = []
    for job in jobs or (QUICK if quick else JOBS):
        for place in _places(job, hosts, rtts, quick):
            for name in who or (TOOLS if quick else EVERYONE):
                by_plan = who or hosts or rtts or place in PLACES_OF.get(name, {job: (place,)}).get(job, ())
                if does(name, job) and by_plan:
                    found.append(Point(job, *place, name))
    return found


def _places(job: str, hosts: Sequence[int], rtts: Sequence[float], quick: bool) -> list[Place]:
    """Those of the plan, with what was given in the place of what it has."""
    places = QUICK.get(job, ((2, 20.0),)) if quick else JOBS[job].places
    if not hosts and not rtts:
        return list(places)
    some_hosts = hosts or sorted({count for count, _ in places})
    some_rtts = rtts or sorted({rtt for _, rtt in places})
    return [(count, rtt) for count in some_hosts for rtt in some_rtts]
