from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from benchmarks import page, plots, results
from benchmarks.environments import ROOT
from benchmarks.goals import GOALS, Goal
from benchmarks.page import pages
from benchmarks.results import Cost, Results
from benchmarks.tables import number

from tests.unit.benchmarks.figures import campaign

PUBLISHED = sorted((ROOT / "docs" / "performance").glob("*.json"))


def text(*campaigns: Results, remarks: str = "") -> str:
    return pages({f"c{place}": one for place, one in enumerate(campaigns)}, remarks)["performance.md"]


def test_a_goal_is_met_or_missed_or_not_measured() -> None:
    told = text(campaign(ours=[1.0], rival=[6.0], ansible=[9.0]))
    assert "| 10 hosts, 20 ms: faster | at least 5x | 6x met |" in told
    assert "| 10 hosts, 20 ms, with pipelining: faster | at least 15x | 9x **missed** |" in told
    assert "| 10 hosts, 20 ms, with mitogen: faster | at least 15x | not measured |" in told


def test_each_campaign_has_a_column_of_verdicts() -> None:
    told = text(campaign(ours=[1.0], rival=[6.0]), campaign(ours=[1.0], rival=[4.0]))
    assert "| 6x met | 4x **missed** |" in told


def test_every_goal_is_on_the_page() -> None:
    told = text(campaign(ours=[1.0]))
    assert all(goal.text in told for goals in GOALS.values() for goal in goals)


def test_the_limit_itself_will_do() -> None:
    least = Goal("", 5, "x", lambda _: None, least=True)
    most = Goal("", 5, "x", lambda _: None, least=False)
    assert (least.met(5), least.met(4.99), most.met(5), most.met(5.01)) == (True, False, True, False)


def test_tables_have_the_ratio_to_ours() -> None:
    assert "| pyinfra 3.10 | 10 | 20 | 2.50 | 5 | 2.50 |" in text(campaign(ours=[2.0], rival=[5.0]))


def test_facts_are_shown_as_far_as_they_are_dear() -> None:
    found = campaign(ours=[1.0])
    assert "What facts cost" not in text(found)
    found.facts = {"Debian": {f"x.F{number}": Cost(float(number), number, 1000 + number) for number in range(1, 14)}}
    found.facts["BusyBox"] = {"x.F1": Cost(0.5, 2, 7)}
    told = text(found)
    assert "| x.F13 | 13 | 13 | 1013 |" in told
    assert "| x.F3 |" not in told
    assert "| 3 others, at most | 3 | 3 | 1003 |" in told
    assert "| x.F1 | 0.50 | 2 | 7 |" in told


def test_remarks_and_failures_are_on_the_page() -> None:
    found = campaign(ours=[2.0])
    found.notes.append("mitogen failed J1 on 10 hosts")
    told = text(found, remarks="The profile says why.\n")
    assert "### Remarks\n\nThe profile says why.\n" in told
    assert "- mitogen failed J1 on 10 hosts (c0)" in told


def test_nothing_measured_is_a_page_without_figures() -> None:
    assert "### J1" not in text(Results())
    assert set(pages({"c": Results()})) == {"performance.md"}


def test_pictures_are_linked_and_well_formed() -> None:
    found = campaign(ours=[2.0, 3.0], rival=[5.0], floor=[1.0])
    found.engine = {f"shell: CPU per operation and host, {count} hosts, us": [50.0] for count in (100, 1000, 10_000)}
    written = pages({"c": found})
    pictures = {path: picture for path, picture in written.items() if path.endswith(".svg")}
    assert set(re.findall(r"\((performance/\w+\.svg)\)", written["performance.md"])) == set(pictures)
    assert set(pictures) == {f"performance/{name}.svg" for name in ("latency", "everybody", "engine")}
    for picture in pictures.values():
        assert "prefers-color-scheme: dark" in picture
        assert len(picture) < 20_000
        ElementTree.fromstring(picture)


def test_bars_share_a_scale_and_show_their_range() -> None:
    groups = [plots.Group("a", [plots.Bar("x < y", 2, 1, 4)]), plots.Group("b", [plots.Bar("z", 1, 1, 1, "ours")])]
    picture = plots.bars("title", groups)
    widths = [float(width) for width in re.findall(r'<rect[^>]* width="([\d.]+)"', picture)]
    assert widths[0] == 2 * widths[1]
    assert "x &lt; y" in picture


def test_bars_can_have_a_scale_for_each_group() -> None:
    groups = [plots.Group("a", [plots.Bar("x", 200, 200, 200)]), plots.Group("b", [plots.Bar("y", 1, 1, 1)])]
    widths = re.findall(r'<rect[^>]* width="([\d.]+)"', plots.bars("title", groups, one_scale=False))
    assert widths[0] == widths[1]


def test_a_line_of_one_point_can_be_drawn() -> None:
    ElementTree.fromstring(plots.lines("title", "hosts", "us", [plots.Line("one", [(100, 50)])]))


def test_publishing_writes_the_page_pictures_and_figures(tmp_path: Path) -> None:
    results.write(tmp_path / "first.json", campaign(ours=[1.0]))
    page.publish([tmp_path / "first.json"], tmp_path)
    assert "(performance/first.json)" in (tmp_path / "performance.md").read_text()
    assert {path.name for path in (tmp_path / "performance").iterdir()} == {
        "first.json",
        "latency.svg",
        "everybody.svg",
    }


@pytest.mark.skipif(not PUBLISHED, reason="no figures are published")
def test_the_page_says_what_the_figures_say() -> None:
    remarks = ROOT / "docs" / page.REMARKS
    campaigns = {path.stem: results.read(path) for path in PUBLISHED}
    expected = pages(campaigns, remarks.read_text() if remarks.exists() else "")
    assert {path: (ROOT / "docs" / path).read_text() for path in expected} == expected


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "-"), (0.5, "0.50"), (3.0, "3"), (12.34, "12.3"), (1234.5, "1234"), (0.04321, "0.043")]
)
def test_numbers_have_the_digits_that_they_deserve(value: float | None, shown: str) -> None:
    assert number(value) == shown
