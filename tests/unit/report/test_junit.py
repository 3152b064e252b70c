"""JUnit XML, read back with a parser."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyinfra._core.locations import TraceLine
from pyinfra._report.github import GitHubView
from pyinfra._report.junit import JUnitView, write_whole, xml_text
from pyinfra._report.view import FactReport, Form, Problem, ProblemKind, RunInfo, Views
from pyinfra.api import State
from pyinfra.api.connect import connect_all
from pyinfra.api.inventory import Inventory
from pyinfra.api.operation import add_op
from pyinfra.operations import server

from ..engine.toy import ensure, run, toy_state
from .runs import ENDINGS, HOSTILE, HOSTILE_NAME, bytes_state, partial_failure, raw, success, tell, total_failure


def suites_of(path: Path) -> dict[str, ET.Element]:
    """Read a file back; check that its counts are right."""
    root = ET.fromstring(path.read_bytes())
    assert root.tag == "testsuites"
    for element in (root, *root):
        assert int(element.get("tests", "")) == len(list(element.iter("testcase")))
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(element.get(attribute, "")) == len(list(element.iter(tag)))
    return {suite.get("name", ""): suite for suite in root}


def report_of(path: Path, add: Any, **how: Any) -> dict[str, ET.Element]:
    tell(JUnitView(path), add, **how)
    return suites_of(path)


def case_of(suite: ET.Element, name: str) -> ET.Element:
    (found,) = (case for case in suite if case.get("name") == name)
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "report.xml"


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_ending_is_a_report(ending: str, path: Path) -> None:
    suites = report_of(path, ENDINGS[ending])
    assert set(suites) - {"pyinfra"} == ({"web1", "web2"} if ending != "exception" else set())
    bad = sum(int(suite.get("failures", 0)) + int(suite.get("errors", 0)) for suite in suites.values())
    assert bool(bad) == (ending != "success")
    assert [entry.name for entry in path.parent.iterdir()] == ["report.xml"]


def test_success(path: Path) -> None:
    suites = report_of(path, success)
    case = case_of(suites["web1"], "toy.run (say hello, say there)")
    assert case.get("classname") == "web1"
    assert case.get("file", "").endswith("runs.py")
    assert int(case.get("line", "")) > 0
    assert case.findtext("system-out") == "hello\nthere"


def test_failures_skips_and_ignored_errors(path: Path) -> None:
    web1, web2 = report_of(path, partial_failure).values()
    failure = case_of(web1, "Break it").find("failure")
    assert failure is not None
    assert failure.get("message") == "the command failed with exit status 7"
    assert "command: fail 7" in (failure.text or "")
    assert "it failed" in (failure.text or "")
    perhaps = case_of(web1, "Perhaps")
    assert perhaps.find("failure") is None
    assert "ignored: " in (perhaps.findtext("system-out") or "")
    skipped = case_of(web1, "Paint it").find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "not run"
    assert case_of(web2, "Only if").find("skipped") is not None
    assert case_of(web2, "Paint it").find("skipped") is None


def test_operations_that_cannot_be_planned_are_failures(path: Path) -> None:
    from pyinfra.api import operation

    @operation()
    def picky(count: int) -> Any:
        from pyinfra import host

        if host.name == "web1":
            raise ValueError("no number")
        yield f"set count {count}"

    suites = report_of(path, lambda state: add_op(state, picky, 3))
    assert suites["web1"].get("failures") == "1"
    assert suites["web2"].get("failures") == "0"


def test_unreachable_hosts(path: Path) -> None:
    state = State(inventory=Inventory((["@local", ("@ssh/gone", {"ssh_hostname": "127.0.0.1", "ssh_port": 1})], {})))
    connect_all(state)
    suites = report_of(path, lambda state: add_op(state, server.shell, commands="echo here"), state=state)
    (case,) = next(suite for name, suite in suites.items() if name.endswith("gone"))
    assert case.get("name") == "connect"
    assert case.find("failure") is not None


def test_total_failure_is_told_by_the_hosts(path: Path) -> None:
    suites = report_of(path, total_failure)
    assert list(suites) == ["web1", "web2"]
    assert all(suite.get("failures") == "1" for suite in suites.values())


def test_declining_is_no_error(path: Path) -> None:
    view = JUnitView(path)
    view.problem(Problem(ProblemKind.DECLINED, "nothing was run"))
    view.end(0)
    assert not suites_of(path)


def test_a_plan_shows_what_would_change(path: Path) -> None:
    state = toy_state(["web1"])
    tell(JUnitView(path), lambda state: add_op(state, ensure, "colour", "blue", name="Before"), state=state)
    suites = report_of(path, success, state=state, dry=True)
    assert case_of(suites["web1"], "Paint it").find("skipped") is None
    skipped = case_of(suites["web1"], "toy.run (say hello, say there)").find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "would change (certain)"


def test_facts(path: Path) -> None:
    view = JUnitView(path)
    view.begin(RunInfo(Form.FACT, "server.Os"))
    view.facts([FactReport("server.Os", "", {"web1": "Linux"}, {"web2": "it broke"})])
    view.end(1)
    suites = suites_of(path)
    assert suites["web1"].get("failures") == "0"
    assert suites["web2"].get("failures") == "1"


def test_a_run_that_never_began(path: Path) -> None:
    view = JUnitView(path)
    trace = (TraceLine("deploy.py:3", "<module>", "boom()"),)
    view.problem(Problem(ProblemKind.DEPLOY, "no <such> key", "deploy.py:3", "look & see", trace))
    view.end(4)
    view.end(4)
    error = suites_of(path)["pyinfra"][0].find("error")
    assert error is not None
    assert error.text == "no <such> key\ndeploy.py:3 in <module>: boom()\nlook & see"


def test_an_exit_status_without_a_reason_is_an_error(path: Path) -> None:
    JUnitView(path).end(1)
    assert suites_of(path)["pyinfra"].get("errors") == "1"


def test_hostile_texts(path: Path) -> None:
    def add(state: State) -> None:
        add_op(state, run, raw(HOSTILE.encode("utf-8", "surrogatepass")), HOSTILE, "fail 1", name=HOSTILE)

    suites = report_of(path, add, state=bytes_state([HOSTILE_NAME]), title=HOSTILE)
    (case,) = suites[HOSTILE_NAME]
    assert case.get("name") == xml_text(HOSTILE)
    assert "\\x1b[31m" in (case.findtext("system-out") or "")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(), st.text(st.characters(exclude_categories=()), min_size=1))
def test_any_output_and_name(tmp_path_factory: pytest.TempPathFactory, output: bytes, name: str) -> None:
    path = tmp_path_factory.mktemp("junit") / "report.xml"
    suites = report_of(path, lambda state: add_op(state, run, raw(output), name=name), state=bytes_state())
    (case,) = suites["web1"]
    assert (case.findtext("system-out") or "") == xml_text(
        output.removesuffix(b"\n").decode("utf-8", "surrogateescape")
    )
    assert case.get("name") == xml_text(name)


@given(st.text(st.characters(exclude_categories=())))
def test_text_comes_back_as_it_was_written(text: str) -> None:
    element = ET.Element("x", value=xml_text(text))
    element.text = xml_text(text)
    back = ET.fromstring(ET.tostring(element, encoding="utf-8"))
    assert (back.text or "") == back.get("value") == xml_text(text)


def test_long_output_is_shortened(path: Path) -> None:
    suites = report_of(path, lambda state: add_op(state, run, raw(b"x" * 300_000)), state=bytes_state())
    assert "200000 characters left out here" in (suites["web1"][0].findtext("system-out") or "")


# -- the file ------------------------------------------------------------------------------


def test_directories_are_made_and_links_followed(tmp_path: Path) -> None:
    real, link = tmp_path / "deep" / "real.xml", tmp_path / "link.xml"
    link.symlink_to(real)
    write_whole(link, b"<x/>")
    assert link.is_symlink()
    assert real.read_bytes() == b"<x/>"
    umask = os.umask(0o022)
    os.umask(umask)
    assert stat.S_IMODE(real.stat().st_mode) == 0o666 & ~umask


def test_a_file_that_cannot_be_written_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError):  # noqa: PT011
        write_whole(tmp_path / "taken", b"x")
    (tmp_path / "file").write_text("x")
    with pytest.raises(OSError):  # noqa: PT011
        write_whole(tmp_path / "file" / "report.xml", b"x")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file", "taken"]


def test_a_pipe_is_written_as_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(pipe, b"<x/>")
    with io.FileIO(reader) as file:
        assert file.read() == b"<x/>"
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_secrets_are_masked_here_and_for_github(path: Path) -> None:
    from pyinfra.api import HiddenValue, StringCommand, operation

    @operation()
    def login(user: str, password: Any) -> Any:
        yield StringCommand("set", "key", HiddenValue("hunter2"))
        yield StringCommand("fail 1", HiddenValue("hunter2"))

    stream, summary = io.StringIO(), path.with_name("summary.md")
    view = Views([JUnitView(path), GitHubView(stream, summary)])
    tell(view, lambda state: add_op(state, login, "bob", password="hunter2"))
    tell(GitHubView(stream, summary), lambda state: add_op(state, login, "bob", password="hunter2"), dry=True)
    for text in (path.read_text(), stream.getvalue(), summary.read_text()):
        assert "hunter2" not in text
        assert "*MASKED*" in text.replace("&#42;", "*")
