from __future__ import annotations

import json
from pathlib import Path

from benchmarks import results
from benchmarks.results import Cost, Point, Results

from tests.unit.benchmarks.figures import campaign

OURS, RIVAL = Point("J1", 10, 20, "ours"), Point("J1", 10, 20, "rival")


def test_medians_and_ratios_of_what_was_measured() -> None:
    found = campaign(ours=[3.0, 1.0, 2.0], rival=[10.0, 14.0])
    assert found.median(OURS) == 2
    assert found.median(OURS, "control") == 1
    assert found.ratio(RIVAL, OURS) == 6
    assert found.ratio(RIVAL, OURS, "control") == 6


def test_what_was_not_measured_is_none() -> None:
    found = campaign(ours=[1.0])
    assert found.median(RIVAL) is None
    assert found.ratio(RIVAL, OURS) is None
    assert found.ratio(OURS, RIVAL) is None
    assert found.engine_median("import pyinfra, s") is None
    assert found.trips("J1", 10, "ours") is None


def test_round_trips_are_the_growth_of_wall_time() -> None:
    found = Results()
    for rtt, wall in ((0, 1.0), (20, 9.0), (100, 1.7)):
        found.add(Point("J1", 10, rtt, "ours"), {"wall": wall})
    assert round(found.trips("J1", 10, "ours") or 0, 6) == 7


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    found = campaign(ours=[1.0, 2.0], floor=[0.5])
    found.engine["import pyinfra, s"] = [0.1]
    found.notes.append("mitogen failed")
    results.write(tmp_path / "raw.json", found)
    again = results.read(tmp_path / "raw.json")
    assert (again.about, again.points, again.engine, again.notes) == (
        found.about, found.points, found.engine, found.notes,
    )  # fmt: skip


def test_files_are_small_and_have_a_line_for_each_point(tmp_path: Path) -> None:
    path = tmp_path / "raw.json"
    results.write(path, campaign(ours=[1.23456789], rival=[2.0]))
    assert json.loads(path.read_text())["points"][0]["wall"] == [1.235]
    assert sum('"who"' in line for line in path.read_text().splitlines()) == 2


def test_a_file_that_is_not_there_has_nothing(tmp_path: Path) -> None:
    assert results.read(tmp_path / "none.json").points == {}


def test_who_failed_is_noted_until_measured_again() -> None:
    found = campaign(ours=[1.0], rival=[2.0])
    found.fail(RIVAL)
    found.fail(RIVAL)
    assert found.notes == ["rival failed J1 on 10 hosts at 20 ms"]
    assert list(found.points) == [OURS]
    found.drop(RIVAL)
    assert found.notes == []


def test_parts_that_were_measured_otherwise_are_told_apart() -> None:
    found = Results()
    for commit in ("a1", "a1", "b2"):
        found.describe({"ours": commit, "system": "Debian"})
    assert found.about == {"ours": "a1; b2", "system": "Debian"}


def test_what_facts_cost_is_kept_the_dearest_first(tmp_path: Path) -> None:
    found = campaign(ours=[1.0])
    assert results.read(tmp_path / "raw.json").facts == {}
    found.facts = {"Debian": {"a.A": Cost(1.0, 2, 3), "b.B": Cost(20.0, 2, 30), "c.C": Cost(1.0, 4, 5)}, "BusyBox": {}}
    results.write(tmp_path / "raw.json", found)
    again = results.read(tmp_path / "raw.json")
    assert again.facts == found.facts
    assert list(again.facts["Debian"]) == ["b.B", "c.C", "a.A"]
    assert sum('"' in line for line in (tmp_path / "raw.json").read_text().splitlines() if "." in line[:5]) == 3
