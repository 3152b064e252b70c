"""The page of results: figures in, text and pictures out. Only ``publish`` touches files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

from . import plots, results
from .environments import ROOT
from .goals import GOALS, Goal
from .plan import (
    CPU,
    ENGINE_FIGURES,
    ENGINE_HOSTS,
    ENGINE_JOBS,
    EVERYONE,
    JOBS,
    RIVAL_ENGINE,
    START_FIGURES,
    engine_figure,
)
from .results import FIGURES, Point, Results
from .tables import HEADINGS, markdown, number

DOCS = ROOT / "docs"
REMARKS = "performance/remarks.md"
NAMES = {
    "ours": "pyinfra (this)",
    "ours-again": "this, with a record",
    "rival": "pyinfra 3.10",
    "floor": "floor",
    "ours-api": "this, as a program",
    "rival-api": "3.10, as a program",
    "ansible": "ansible",
    "mitogen": "ansible, mitogen",
}
DEAREST = 10  # so many facts of each system are shown
_KINDS = {"ours": "ours", "ours-again": "ours", "ours-api": "ours", "floor": "floor"}

_INTRODUCTION = """\
# Performance

Whole runs, as a user starts them, on real sshd hosts behind a wire with latency; contestants take turns. The floor is
one `ssh` a host with the whole job as one script: what no tool can do without. Medians; the raw figures of each run are
in {raw}. All hosts share one machine with the tool: CPU and ratios say more than wall time, above all with 50 hosts."""

_REPEAT = """\
## Repeat it

As root on Debian, in a clone; what is compared with is installed from the package index. All of it takes some hours,
`--quick` takes a few minutes. A point that is measured again takes the place of the old one.

```sh
scripts/bench --quick
scripts/bench --json first.json
scripts/bench --json second.json
scripts/bench --page first.json,second.json
```

`benchmarks/README.md` tells what is in the figures."""


def publish(files: Sequence[Path], docs: Path = DOCS) -> None:
    """Write the page, its pictures and a copy of the figures.

    Args:
        files: with figures, a campaign each; the first by name is shown in full.
        docs: folder of the documents.
    """
    campaigns = {file.stem: results.read(file) for file in sorted(files, key=lambda file: file.stem)}
    remarks = docs / REMARKS
    (docs / "performance").mkdir(exist_ok=True)
    for name, campaign in campaigns.items():
        results.write(docs / "performance" / f"{name}.json", campaign)
    for path, text in pages(campaigns, remarks.read_text() if remarks.exists() else "").items():
        (docs / path).write_text(text)


def pages(campaigns: Mapping[str, Results], remarks: str = "") -> dict[str, str]:
    """Return the page and its pictures by path below ``docs``.

    Args:
        campaigns: figures by the name of their file, the first being shown in full.
        remarks: of a person, on goals that are missed; Markdown.
    """
    first = next(iter(campaigns.values()))
    pictures = {f"performance/{name}.svg": text for name, text in _pictures(first).items()}
    raw = ", ".join(f"[{name}.json](performance/{name}.json)" for name in campaigns)
    parts = [
        _INTRODUCTION.format(raw=raw),
        _goals(campaigns),
        f"### Remarks\n\n{remarks.strip()}" if remarks.strip() else "",
        *(f"![{Path(path).stem}]({path})" for path in pictures),
        "## Figures",
        *(_job(first, job) for job in JOBS),
        _trips(first),
        _engine(first),
        _facts(first),
        _machines(campaigns),
        _REPEAT,
    ]
    return {"performance.md": "\n\n".join(part for part in parts if part) + "\n", **pictures}


# -- goals


def _goals(campaigns: Mapping[str, Results]) -> str:
    rows = []
    for title, goals in GOALS.items():
        rows.append([f"**{title}**", "", *("" for _ in campaigns)])
        for goal in goals:
            word = "at least" if goal.least else "at most"
            verdicts = [_verdict(goal, campaign) for campaign in campaigns.values()]
            rows.append([goal.text, f"{word} {goal.limit:g}{_unit(goal)}", *verdicts])
    return "## Goals\n\n" + markdown(
        ["goal", "wanted", *(f"{name}.json" for name in campaigns)], rows, words=2 + len(campaigns)
    )


def _verdict(goal: Goal, campaign: Results) -> str:
    value = goal.measure(campaign)
    if value is None:
        return "not measured"
    return f"{number(value)}{_unit(goal)} {'met' if goal.met(value) else '**missed**'}"


def _unit(goal: Goal) -> str:
    return goal.unit if goal.unit == "x" else f" {goal.unit}"


# -- tables


def _job(campaign: Results, job: str) -> str:
    """Return the table of a job: a row for each place and contestant."""
    points = _in_order(campaign, job)
    if not points:
        return ""
    rows = []
    for (hosts, rtt), group in groupby(points, key=lambda point: (point.hosts, point.rtt)):
        for point in group:
            ratio = campaign.ratio(point, Point(job, hosts, rtt, "ours"))
            figures = [number(campaign.median(point, name)) for name in FIGURES]
            rows.append([NAMES[point.who], str(hosts), f"{rtt:g}", number(ratio), *figures])
    headings = ["", "hosts", "ms", "times ours", *(HEADINGS[name] for name in FIGURES)]
    return f"### {job}: {JOBS[job].title}\n\n{markdown(headings, rows)}"


def _in_order(campaign: Results, job: str) -> list[Point]:
    of_job = [point for point in campaign.points if point.job == job]
    return sorted(of_job, key=lambda point: (point.hosts, point.rtt, EVERYONE.index(point.who)))


def _trips(campaign: Results) -> str:
    """Return how many round trips a run waits for, one after the other, where that can be told."""
    rows = []
    for job in JOBS:
        for hosts, who in sorted({(point.hosts, point.who) for point in _in_order(campaign, job)}):
            trips = campaign.trips(job, hosts, who)
            if trips is not None:
                rows.append([job, NAMES[who], str(hosts), number(max(trips, 0))])
    if not rows:
        return ""
    text = "By how much wall time grows with the latency, in round trips; logging in with `ssh` is in it."
    return f"### Round trips\n\n{text}\n\n{markdown(['', 'who', 'hosts', 'round trips'], rows, words=2)}"


def _engine(campaign: Results) -> str:
    """Return what the engine alone takes: a row for each number of hosts, and what a start takes."""
    if not campaign.engine:
        return ""
    rows = []
    for job, title in ENGINE_JOBS.items():
        for count in ENGINE_HOSTS:
            for engine, who in (("", "ours"), (RIVAL_ENGINE, "rival")):
                figures = [campaign.engine_median(engine_figure(engine, job, what, count)) for what in ENGINE_FIGURES]
                if figures[0] is not None:
                    rows.append([title, NAMES[who], str(count), *map(number, figures)])
    start = [[name, number(campaign.engine_median(name))] for name in START_FIGURES]
    headings = ["20 operations", "who", "hosts", "CPU us", "of that prepare", "peak memory KB"]
    parts = [
        "### The engine alone",
        "Hosts in memory, which answer at once, and on which all operations change something. CPU is for each\n"
        "operation and host, memory for each host, beyond what the interpreter needs.",
        markdown(headings, rows, words=2),
        markdown(["start", "median"], start),
    ]
    return "\n\n".join(parts)


def _facts(campaign: Results) -> str:
    """Return the facts that cost a host most, and how many others there are."""
    parts = []
    for system in campaign.facts:
        found = campaign.dearest_facts(system)
        rows = [[name, number(cost.cpu), str(cost.processes), number(cost.size)] for name, cost in found[:DEAREST]]
        if rest := [cost for _, cost in found[DEAREST:]]:
            most = [
                max(cost.cpu for cost in rest),
                max(cost.processes for cost in rest),
                max(cost.size for cost in rest),
            ]
            rows.append([f"{len(rest)} others, at most", *map(number, most)])
        parts.append(markdown([system, "CPU ms", "processes", "bytes"], rows))
    if not parts:
        return ""
    text = (
        "The command of each fact in a shell of a host, whose process is among those that are counted; CPU is beyond\n"
        "that of a command that does nothing. Facts whose program the host has not are left out."
    )
    return "\n\n".join(["### What facts cost on a host", text, *parts])


def _machines(campaigns: Mapping[str, Results]) -> str:
    names = dict.fromkeys(name for campaign in campaigns.values() for name in campaign.about)
    rows = [[name, *(campaign.about.get(name, "-") for campaign in campaigns.values())] for name in names]
    notes = [f"- {note} ({name})" for name, campaign in campaigns.items() for note in campaign.notes]
    table = markdown(["", *(f"{name}.json" for name in campaigns)], rows, words=1 + len(campaigns))
    return "\n\n".join(["## Machine and versions", table, *(["\n".join(notes)] if notes else [])])


# -- pictures


def _pictures(campaign: Results) -> dict[str, str]:
    """Return the pictures that there are figures for."""
    tools = ("ours", "ours-again", "rival", "floor")
    by_rtt = [
        _group(campaign, f"{hosts} hosts, {rtt:g} ms", "J1", hosts, rtt, tools)
        for hosts in (1, 10, 50)
        for rtt in (0, 20, 100)
    ]
    by_job = [
        _group(campaign, f"{job}: {JOBS[job].title}", job, 10, 20, tools) for job in ("J2", "J3", "J4", "J5", "J6")
    ]
    everybody = [_group(campaign, "10 hosts, 20 ms", "J1", 10, 20, EVERYONE)]
    charts = {
        "latency": ("J1 by hosts and latency (seconds)", by_rtt),
        "jobs": ("Other jobs, 10 hosts, 20 ms (seconds, a scale for each)", by_job),
        "everybody": ("J1, all contestants (seconds)", everybody),
    }
    found = {}
    for name, (title, groups) in charts.items():
        if some := [group for group in groups if group.bars]:
            found[name] = plots.bars(title, some, one_scale=name != "jobs")
    if drawn := _engine_lines(campaign):
        found["engine"] = plots.lines("The engine alone: CPU per operation and host", "hosts", "us", drawn)
    return found


def _group(campaign: Results, title: str, job: str, hosts: int, rtt: float, who: Sequence[str]) -> plots.Group:
    bars = []
    for name in who:
        walls = campaign.points.get(Point(job, hosts, rtt, name), {}).get("wall")
        middle = campaign.median(Point(job, hosts, rtt, name))
        if walls and middle is not None:
            bars.append(plots.Bar(NAMES[name], middle, min(walls), max(walls), _KINDS.get(name, "other")))
    return plots.Group(title, bars)


def _engine_lines(campaign: Results) -> list[plots.Line]:
    drawn = []
    for kind, engine, whose in (("ours", "", ""), ("other", RIVAL_ENGINE, "3.10: ")):
        for job, title in ENGINE_JOBS.items():
            names = {count: engine_figure(engine, job, CPU, count) for count in ENGINE_HOSTS}
            points = [(float(count), value) for count, name in names.items() if (value := campaign.engine_median(name))]
            if points:
                drawn.append(plots.Line(whose + title, points, kind))
    return drawn
