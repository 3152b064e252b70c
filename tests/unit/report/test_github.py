"""Annotations for GitHub, read as its runner reads them."""

from __future__ import annotations

import io
import logging
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyinfra._report.github import GitHubView, append_limited, command, folded
from pyinfra._report.view import FactReport, Form, Problem, ProblemKind, RunInfo
from pyinfra.api import State
from pyinfra.api.operation import add_op

from ..engine.toy import ensure, run, toy_state
from .runs import ENDINGS, HOSTILE, HOSTILE_NAME, bytes_state, partial_failure, raw, success, tell

OURS = {"error", "warning", "group", "endgroup"}
ANYTHING = st.text(st.characters(exclude_categories=()))


@dataclass
class Order:
    name: str
    message: str
    properties: dict[str, str] = field(default_factory=dict)


class Runner:
    """Reads a step's output as the documentation of GitHub says: which orders would be obeyed?"""

    def __init__(self, output: str) -> None:
        self.orders: list[Order] = []
        self.texts: list[str] = []
        self._token: str | None = None
        for line in re.split("\r\n|[\r\n]", output):
            order = self._parse(line)
            if order is None:
                self.texts.append(line)
            elif self._token is not None:
                if order.name == self._token:
                    self._token = None
                else:
                    self.texts.append(line)
            elif order.name == "stop-commands":
                self._token = order.message
            else:
                self.orders.append(order)
        self.takes_orders = self._token is None

    def _parse(self, line: str) -> Order | None:
        found = re.match(r"::([^ :]+)(?: ([^:]*))?::(.*)", line.strip()) or re.search(
            r"##\[([^ \]]+) ?([^\]]*)\](.*)", line
        )
        if found is None:
            return None
        pairs = (pair.partition("=") for pair in (found[2] or "").split(",") if pair)
        return Order(found[1], _read(found[3]), {key: _read(value) for key, _, value in pairs})

    def of(self, name: str) -> list[Order]:
        return [order for order in self.orders if order.name == name]


def _read(value: str) -> str:
    for escape, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        value = value.replace(escape, character)
    return value


@pytest.fixture(autouse=True)
def _no_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)


def runner_of(add: Any, **how: Any) -> Runner:
    stream = io.StringIO()
    tell(GitHubView(stream), add, **how)
    return Runner(stream.getvalue())


def test_a_command_is_escaped() -> None:
    assert command("endgroup") == "::endgroup::"
    assert command("error", "50%\r\ntwo\nthree", file="a,b:c.py", line="3", title=None) == (
        "::error file=a%2Cb%3Ac.py,line=3::50%25%0Atwo%0Athree"
    )


@given(ANYTHING, ANYTHING)
def test_any_text_stays_within_its_command(message: str, title: str) -> None:
    runner = Runner(command("error", message, title=title) + "\n")
    (order,) = runner.orders
    assert order.name == "error"
    assert runner.texts == [""]
    assert set(order.properties) <= {"title"}


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_ending(ending: str) -> None:
    runner = runner_of(ENDINGS[ending])
    assert bool(runner.of("error")) == (ending != "success")
    assert {order.name for order in runner.orders} <= OURS
    assert runner.takes_orders


def test_partial_failure_points_to_the_line() -> None:
    runner = runner_of(partial_failure)
    (error,) = runner.of("error")
    assert error.properties["file"] == "tests/unit/report/runs.py"
    assert int(error.properties["line"]) > 0
    assert error.properties["title"] == "Break it"
    assert error.message.splitlines() == ["web1: the command failed with exit status 7", "command: fail 7", "it failed"]
    (warning,) = runner.of("warning")  # one for both hosts
    assert warning.message.startswith("web1, web2: the command failed with exit status 3 (ignored)")
    assert [order.name for order in runner.orders][:3] == ["error", "group", "endgroup"]
    assert "    it failed" in runner.texts


def test_many_hosts_with_one_failure_are_one_annotation() -> None:
    runner = runner_of(lambda state: add_op(state, run, "fail 1"), hosts=[f"web{n}" for n in range(30)])
    (error,) = runner.of("error")  # that no host is left follows from it
    assert "web9 and 20 more hosts: " in error.message


def test_paths_count_from_the_top_of_the_repository(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(Path.cwd().parent))
    (error,) = runner_of(partial_failure).of("error")
    assert error.properties["file"] == f"{Path.cwd().name}/tests/unit/report/runs.py"


def test_logs_facts_and_problems() -> None:
    stream = io.StringIO()
    view = GitHubView(stream)
    view.begin(RunInfo(Form.FACT, "server.Os"))
    for _ in range(2):
        view.log(logging.WARNING, "take care: 100%")
    view.log(logging.INFO, "not worth it")
    view.facts([FactReport("server.Os", "", {}, {"web2": "it broke"})])
    view.problem(Problem(ProblemKind.DEPLOY, "boom", "deploy.py:12", "look there"))
    view.end(4)
    view.end(4)
    runner = Runner(stream.getvalue())
    assert [order.message for order in runner.of("warning")] == ["take care: 100%"]
    fact, problem = runner.of("error")
    assert fact.properties["title"] == "web2: server.Os"
    assert problem.properties == {"file": "deploy.py", "line": "12", "title": "pyinfra: deploy"}
    assert problem.message == "boom\nlook there"


def test_declining_is_no_error() -> None:
    stream = io.StringIO()
    view = GitHubView(stream)
    view.begin(RunInfo(Form.DEPLOY, "deploy.py"))
    view.problem(Problem(ProblemKind.DECLINED, "nothing was run"))
    view.end(0)
    assert not Runner(stream.getvalue()).orders


# -- what hosts print gives no orders ------------------------------------------------------

ATTACKS = [
    "::error::x", "  ::add-path::/tmp", "##[add-path]/tmp", "text ##[set-env name=A]b", "::add-mask::e", "::endgroup::",
    "\r::error::x", "::stop-commands::mine", "::resume::", "a%0A::error::x", "\u2028::error::x", "::group::\x1b[31m",
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_hosts_print_gives_no_orders(attack: str) -> None:
    """Whatever another view prints on the same stream in the meantime."""
    stream = io.StringIO()

    def add(state: State) -> None:
        add_op(state, run, raw(f"{attack}\n".encode(), b"\n" + attack.encode()), "fail 1", attack, name=attack)
        stream.write(f"{attack}\n{attack.strip()}\n")

    tell(GitHubView(stream), add, state=bytes_state(), title=attack)
    runner = Runner(stream.getvalue())
    assert [order.name for order in runner.orders] == ["error", "group", "endgroup"]
    assert runner.takes_orders


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary() | st.sampled_from(ATTACKS).map(str.encode), ANYTHING.filter(bool))
def test_any_output_gives_no_orders(output: bytes, name: str) -> None:
    runner = runner_of(lambda state: add_op(state, run, raw(output), "fail 1", name=name), state=bytes_state())
    assert [order.name for order in runner.orders] == ["error", "group", "endgroup"]
    assert runner.takes_orders


def test_streams_that_do_not_take_every_character() -> None:
    buffer = io.BytesIO()
    stream = io.TextIOWrapper(buffer, "ascii", write_through=True)
    tell(GitHubView(stream), lambda state: add_op(state, run, "fail 1", name="caf\u00e9 \udcff"))
    assert "title=caf\\xe9 \\xff" in buffer.getvalue().decode("ascii").replace("%3A", ":")


# -- summary -------------------------------------------------------------------------------


def summary_of(path: Path, add: Any, **how: Any) -> str:
    tell(GitHubView(io.StringIO(), path), add, **how)
    return path.read_text()


def test_summary_is_appended_to_the_file_of_the_step(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    path.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    tell(GitHubView(io.StringIO()), partial_failure)
    lines = path.read_text().splitlines()
    assert lines[0] == "before"
    assert lines[1] == "### pyinfra&#58; deploy.py" or lines[1] == "### pyinfra: deploy.py"
    assert "Exit status 1. Hosts: 1 ok, 1 failed." in lines
    assert "| Operation | Changed | Skipped | Failed | Ignored | Not run |" in lines
    assert "| Paint it | 1 |  |  |  | 1 |" in lines
    assert any(line.startswith("<details><summary>web1&#58; Break it") for line in lines)
    assert "$ fail 7" in lines


def test_summary_of_a_plan(tmp_path: Path) -> None:
    text = summary_of(tmp_path / "summary.md", success, dry=True)
    assert "| Operation | Would change | Unchanged | Not planned |" in text
    assert "| Paint it | 2 |  |  |" in text


def test_hostile_texts_do_not_break_the_summary(tmp_path: Path) -> None:
    def add(state: State) -> None:
        fence = "````\n</details>"
        add_op(state, run, raw(HOSTILE.encode("utf-8", "surrogatepass"), fence.encode()), "fail 1", name=HOSTILE)
        add_op(state, ensure, "colour", "blue", name=HOSTILE + "|")

    text = summary_of(tmp_path / "summary.md", add, state=bytes_state([HOSTILE_NAME]), title=HOSTILE)
    outside = re.sub(r"^(`{3,})text\n.*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert "<b>" not in outside
    assert outside.count("</details>") == 1
    for line in outside.splitlines():
        if line.startswith("|"):
            assert line.count("|") == 4


def test_a_summary_has_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    append_limited(path, "line of text\n" * 100_000)
    assert path.stat().st_size < 1_048_576
    assert path.read_text().endswith("line of text\n\n(more was left out)\n")


def test_failures_that_differ_are_not_folded() -> None:
    state = toy_state(["a", "b", "c"])
    a, b, c = state.inventory

    def add(state: State) -> None:
        add_op(state, run, "fail 1", host=[a, c], name="one")
        add_op(state, run, "fail 2", host=b, name="two")

    tell(GitHubView(io.StringIO()), add, state=state)
    assert [(hosts, failure.name) for hosts, failure in folded(state.failures)] == [(["a", "c"], "one"), (["b"], "two")]
