from __future__ import annotations

from itertools import pairwise

import pytest
from benchmarks import goals
from benchmarks.contestants import Call, Task, call
from benchmarks.environments import ROOT
from benchmarks.plan import EVERYONE, JOBS, does, points
from benchmarks.results import Point

TASK = Task("server", ROOT / "hosts1", 3, ROOT / "state")


def test_the_plan_has_each_point_once_and_places_together() -> None:
    planned = points()
    assert len(set(planned)) == len(planned)
    places = [(point.job, point.hosts, point.rtt) for point in planned]
    assert len(set(places)) == 1 + sum(one != other for one, other in pairwise(places))


def test_who_is_slow_is_measured_where_a_goal_names_it() -> None:
    slow = {(point.hosts, point.rtt) for point in points() if point.who in ("ansible", "mitogen")}
    assert slow == {(10, 20)}
    assert {point.hosts for point in points() if point.who == "rival-api"} == {10, 50}


def test_what_is_asked_for_takes_the_place_of_the_plan() -> None:
    assert points(["J4"], [2, 3], [5], ["ours"]) == [Point("J4", 2, 5, "ours"), Point("J4", 3, 5, "ours")]
    assert {point.rtt for point in points(["J1"], hosts=[7])} == {0, 20, 100}
    assert Point("J1", 2, 5, "ansible") in points(["J1"], [2], [5], ["ansible"])


def test_nobody_is_asked_for_what_it_does_not_do() -> None:
    assert points(["J5"], who=["floor", "ansible", "ours-api"]) == []
    assert not does("ours-again", "J2")


def test_the_quick_plan_is_small() -> None:
    quick = points(quick=True)
    assert {point.job for point in quick} == {"J1", "J4"}
    assert max(point.hosts for point in quick) <= 2


def test_each_goal_on_hosts_is_measured_by_the_plan() -> None:
    assert goals.points()
    assert goals.points() <= set(points())


@pytest.mark.parametrize("who", ["ours", "ours-again", "ours-api", "floor"])
def test_each_contestant_has_a_command(who: str) -> None:
    assert isinstance(call(who, TASK, 1), Call)


def test_ours_remembers_nothing_unless_it_is_to() -> None:
    def state(who: str, number: int) -> str:
        return call(who, TASK, number).environment["XDG_STATE_HOME"]

    assert state("ours", 1) != state("ours", 2)
    assert state("ours-again", 1) == state("ours-again", 2)


def test_a_stranger_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody"):
        call("stranger", TASK, 1)


def test_each_job_and_contestant_has_its_files() -> None:
    folder = ROOT / "benchmarks" / "jobs"
    assert all((folder / f"{job.file}.py").exists() for job in JOBS.values())
    assert all((folder / f"{job.file}.sh").exists() for name, job in JOBS.items() if does("floor", name))
    assert len(set(EVERYONE)) == len(EVERYONE)
