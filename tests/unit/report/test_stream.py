"""JSON lines while the run goes on."""

from __future__ import annotations

import io
import json
import logging
import threading
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyinfra._core.events import CommandPrinted
from pyinfra._report.stream import StreamView, event_types, type_name
from pyinfra._report.view import FactReport, Form, Problem, ProblemKind, RunInfo, Step
from pyinfra.api import HiddenValue, State, StringCommand
from pyinfra.api.connect import connect_all
from pyinfra.api.inventory import Inventory
from pyinfra.api.operation import add_op
from pyinfra.operations import server

from ..engine.toy import run, toy_state
from .runs import ENDINGS, HOSTILE, HOSTILE_NAME, bytes_state, check, partial_failure, raw, schema, success, tell

Lines = list[dict[str, Any]]


def lines_in(text: str) -> Lines:
    assert text.isascii()
    assert text.endswith("\n")
    return [check(json.loads(line), "events") for line in text.splitlines()]


def lines_of(add: Any, **how: Any) -> Lines:
    stream = io.StringIO()
    tell(StreamView(stream), add, **how)
    return lines_in(stream.getvalue())


def of_type(lines: Lines, name: str) -> Lines:
    return [line for line in lines if line["type"] == name]


def printed(lines: Lines, stream: str = "stdout") -> str:
    return "".join(line["text"] for line in of_type(lines, "command_printed") if line["stream"] == stream)


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_ending_has_a_first_and_a_last_line(ending: str) -> None:
    lines = lines_of(ENDINGS[ending])
    assert lines[0]["type"] == "start"
    assert lines[-1]["type"] == "end"
    assert len(of_type(lines, "start")) == len(of_type(lines, "end")) == 1
    assert lines[-1]["exit_code"] == {"success": 0, "interrupt": 130}.get(ending, 1)


def test_what_a_run_tells() -> None:
    lines = lines_of(success)
    kinds = [line["type"] for line in lines]
    order = ["start", "step", "operation_planned", "plan", "run_started", "operation_started", "operation_host_started",
             "command_started", "command_ended", "operation_host_ended", "operation_ended", "run_ended", "results",
             "end"]  # fmt: skip
    assert sorted(order, key=kinds.index) == order
    ended = of_type(lines, "operation_host_ended")
    assert [(line["host"], line["name"], line["changed"]) for line in ended[:2]] == [
        ("web1", "Paint it", True), ("web2", "Paint it", True),
    ]  # fmt: skip
    assert lines[-1]["hosts"] == {"ok": 2, "failed": 0, "unreachable": 0, "interrupted": 0}
    assert lines[-1]["totals"]["success"] == 4
    assert all(line["v"] == 1 for line in lines)
    times = [line["time"] for line in lines]
    assert times == sorted(times)


def test_failures_are_told_when_they_happen() -> None:
    lines = lines_of(partial_failure)
    (failed,) = of_type(lines, "host_failed")
    assert failed["failure"]["command"] == "fail 7"
    ended = [line for line in of_type(lines, "operation_host_ended") if not line["ok"]]
    assert {line["ignored"] for line in ended} == {True, False}
    assert all(line["error"]["exit_status"] for line in ended)
    assert lines.index(failed) < lines.index(of_type(lines, "run_ended")[0])


def test_every_event_of_the_engine_is_in_the_schema() -> None:
    described = {part["properties"]["type"]["const"] for part in schema("events")["oneOf"]}
    assert {type_name(kind) for kind in event_types()} <= described
    assert type_name(CommandPrinted) == "command_printed"


def test_each_line_is_flushed() -> None:
    written: list[str] = []

    class Stream(io.StringIO):
        def flush(self) -> None:
            written.append(self.getvalue())

    view = StreamView(Stream())
    view.begin(RunInfo(Form.DEPLOY, "deploy.py"))
    view.step(Step.CONNECT, "2 hosts")
    assert [text.count("\n") for text in written] == [1, 2]


def test_a_run_that_never_began_has_both_lines() -> None:
    stream = io.StringIO()
    view = StreamView(stream)
    view.problem(Problem(ProblemKind.USAGE, "no such file"))
    view.end(2)
    view.end(2)
    view.log(logging.INFO, "after the end")
    start, problem, end = lines_in(stream.getvalue())
    assert start["run"] is None
    assert problem["kind"] == "usage"
    assert end["exit_code"] == 2
    assert end["hosts"] is None
    assert end["totals"] is None


def test_other_things_that_are_told() -> None:
    stream = io.StringIO()
    view = StreamView(stream)
    view.begin(RunInfo(Form.FACT, "server.Os"))
    view.log(logging.WARNING, "take care\x1b[31m")
    view.facts([FactReport("server.Os", "", {"web1": "Linux"}, {"web2": "it broke"})])
    view.inventory([{"name": "web1", "groups": ["web"], "data": {"ssh_password": "hunter2", "port": 1}}])
    view.end(1)
    _, log, fact, host, _ = lines_in(stream.getvalue())
    assert log["level"] == "warning"
    assert fact["values"] == {"web1": "Linux"}
    assert fact["unread"] == {"web2": "it broke"}
    assert host["data"] == {"ssh_password": "*MASKED*", "port": 1}


def test_unreachable_hosts() -> None:
    state = State(inventory=Inventory((["@local", ("@ssh/gone", {"ssh_hostname": "127.0.0.1", "ssh_port": 1})], {})))
    stream = io.StringIO()
    view = StreamView(stream)
    view.attach(state)
    connect_all(state)
    view.end(3)
    lines = lines_in(stream.getvalue())
    (failed,) = of_type(lines, "host_connect_failed")
    assert failed["error"]
    assert lines[-1]["hosts"] == {"ok": 1, "failed": 0, "unreachable": 1, "interrupted": 0}


def test_output_of_a_real_process() -> None:
    state = State(inventory=Inventory((["@local"], {})))
    connect_all(state)
    lines = lines_of(
        lambda state: add_op(state, server.shell, commands="printf 'caf\\303\\251 \\377'; echo oh >&2"), state=state
    )
    assert printed(lines) == "café \ufffd"
    assert printed(lines, "stderr") == "oh\n"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.binary(), min_size=1, max_size=6), st.text(st.characters(exclude_categories=()), min_size=1))
def test_any_output_in_any_pieces(pieces: list[bytes], name: str) -> None:
    """A character that arrives in two pieces is one character all the same."""
    lines = lines_of(lambda state: add_op(state, run, raw(*pieces), name=name), state=bytes_state())
    assert printed(lines) == b"".join(pieces[::2]).decode("utf-8", "replace")
    assert printed(lines, "stderr") == b"".join(pieces[1::2]).decode("utf-8", "replace")


def test_hostile_names() -> None:
    lines = lines_of(
        lambda state: add_op(state, run, HOSTILE, "fail 1", name=HOSTILE),
        state=bytes_state([HOSTILE_NAME]),
        title=HOSTILE,
    )
    assert of_type(lines, "host_failed")[0]["host"] == HOSTILE_NAME


def test_secrets_and_what_facts_print_are_left_out() -> None:
    from pyinfra.api import operation

    @operation()
    def login(password: Any) -> Any:
        yield StringCommand("set", "key", HiddenValue("hunter2"))

    def add(state: State) -> None:
        add_op(state, login, password="hunter2")
        success(state)

    stream = io.StringIO()
    tell(StreamView(stream), add)
    lines = lines_in(stream.getvalue())
    assert "hunter2" not in stream.getvalue()
    assert any("*MASKED*" in line["command"] for line in of_type(lines, "command_started"))
    assert all(line["operation"] for line in of_type(lines, "command_started") + of_type(lines, "command_printed"))
    assert of_type(lines, "fact_read")


def test_a_reader_that_goes_away_does_not_stop_the_run() -> None:
    class Pipe(io.StringIO):
        def write(self, text: str) -> int:
            if self.tell() > 500:
                raise BrokenPipeError("nobody reads")
            return super().write(text)

    stream = Pipe()
    state = toy_state()
    with pytest.raises(BrokenPipeError):
        tell(StreamView(stream), success, state=state)
    assert not state.failed_hosts
    assert all(data.operation_meta.did_succeed() for operations in state.ops.values() for data in operations.values())
    assert stream.getvalue().endswith("}\n")


def test_lines_of_several_threads_stay_whole() -> None:
    stream = io.StringIO()
    view = StreamView(stream)
    threads = [
        threading.Thread(target=lambda: [view.log(logging.INFO, "x" * 200) for _ in range(200)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert len(of_type(lines, "log")) == 800
    assert len(of_type(lines, "start")) == 1
