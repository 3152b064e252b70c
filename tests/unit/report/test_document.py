"""One JSON document on every path."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyinfra._core.locations import TraceLine
from pyinfra._report.document import DocumentView
from pyinfra._report.view import FactReport, Form, Problem, ProblemKind, RunInfo
from pyinfra.api import HiddenValue, State, StringCommand
from pyinfra.api.connect import connect_all
from pyinfra.api.inventory import Inventory
from pyinfra.api.operation import add_op
from pyinfra.operations import python, server

from ..engine.toy import ensure, run, toy_state
from .runs import (
    ENDINGS,
    HOSTILE,
    HOSTILE_NAME,
    bytes_state,
    check,
    partial_failure,
    raw,
    schema,
    success,
    tell,
    total_failure,
)


def written(view: DocumentView, stream: io.StringIO, name: str = "run") -> Any:
    return check(json.loads(stream.getvalue()), name)


def document_of(add: Any, **how: Any) -> Any:
    stream = io.StringIO()
    view = DocumentView(stream)
    tell(view, add, **how)
    return written(view, stream)


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_ending_is_one_valid_document(ending: str) -> None:
    document = document_of(ENDINGS[ending])
    assert document["version"] == 1
    assert document["exit_code"] == {"success": 0, "interrupt": 130}.get(ending, 1)
    assert (document["problem"] is not None) == (ending in ("total", "exception", "interrupt"))


def test_success() -> None:
    document = document_of(success)
    assert document["run"] == {"form": "deploy", "title": "deploy.py", "dry": False}
    assert document["hosts"]["web1"] == {"status": "ok", "connected": True, "groups": []}
    paint, say = document["plan"]
    assert paint["name"] == "Paint it"
    assert paint["hosts_with_change"] == ["web1", "web2"]
    assert paint["groups"][0]["changes"] == [
        {"resource": "value colour", "attribute": "present", "before": "", "after": "blue"}
    ]
    assert say["args"] == ["say hello", "say there"]
    results = document["results"]
    assert results["totals"]["success"] == results["totals"]["hosts"] == 4
    web1 = results["operations"][1]["by_host"]["web1"]
    assert web1["outcome"] == "changed"
    assert web1["stdout"] == "hello\nthere"
    assert web1["exit_statuses"] == [0, 0]
    assert web1["commands"] == ["say hello", "say there"]
    assert web1["error"] is None


def test_keys_of_the_compatible_shape_are_there() -> None:
    document = document_of(partial_failure)
    for item in document["plan"]:
        assert {"op_hash", "name", "names", "args", "hosts_with_change", "hosts_with_conditional_change"} <= set(item)
    assert {"operations", "totals", "failed_hosts"} <= set(document["results"])
    for item in (*document["results"]["operations"], document["results"]["totals"]):
        assert {"hosts", "success", "error", "no_change"} <= set(item)


def test_partial_failure() -> None:
    document = document_of(partial_failure)
    assert document["hosts"]["web1"]["status"] == "failed"
    assert document["hosts"]["web2"]["status"] == "ok"
    (failure,) = document["failures"]  # those that were ignored are not among them
    assert failure["host"] == "web1"
    assert failure["exit_status"] == 7
    assert failure["command"] == "fail 7"
    assert failure["place"].startswith("tests/unit/report/runs.py:")
    results = document["results"]
    assert results["failed_hosts"] == ["web1"]
    perhaps, broken, paint, only_if = results["operations"]
    assert perhaps["by_host"]["web1"]["outcome"] == "ignored"
    assert perhaps["error"] == perhaps["ignored"] == 2
    assert broken["by_host"]["web1"]["outcome"] == "failed"
    assert broken["by_host"]["web1"]["exit_statuses"] == [0, 7]
    assert broken["by_host"]["web1"]["stderr"] == "it failed"
    assert paint["by_host"]["web1"]["outcome"] == "not_run"
    assert paint["error"] == 0  # what a host never came to is not an error
    assert only_if["by_host"]["web2"]["outcome"] == "skipped"
    assert document["plan"][3]["hosts_with_conditional_change"] == ["web1", "web2"]


def test_total_failure_tells_of_every_host() -> None:
    document = document_of(total_failure)
    assert [failure["host"] for failure in document["failures"]] == ["web1", "web2"]
    assert document["results"]["totals"]["not_run"] == 2
    assert document["problem"]["kind"] == "failed"


def test_exception_in_deploy_code() -> None:
    document = document_of(ENDINGS["exception"])
    assert document["problem"]["message"]
    assert document["results"] is None


def test_interrupted_in_the_middle() -> None:
    document = document_of(ENDINGS["interrupt"])
    paint, nap = document["results"]["operations"]
    assert paint["success"] == 2
    assert (nap["error"], nap["not_run"]) == (2, 0)
    assert {found["outcome"] for found in nap["by_host"].values()} == {"interrupted"}
    assert {host["status"] for host in document["hosts"].values()} == {"interrupted"}


def test_a_dry_run_has_no_results() -> None:
    document = document_of(success, dry=True)
    assert document["results"] is None
    assert len(document["plan"]) == 2


def test_without_planning_every_host_is_unchecked() -> None:
    state = toy_state(["web1"])
    state.check_for_changes = False
    document = document_of(lambda state: add_op(state, ensure, "colour", "blue"), state=state)
    assert document["plan"][0]["hosts_unchecked"] == ["web1"]
    assert document["results"]["operations"][0]["by_host"]["web1"]["outcome"] == "changed"


def test_unreachable_hosts() -> None:
    inventory = Inventory((["@local", ("@ssh/gone", {"ssh_hostname": "127.0.0.1", "ssh_port": 1})], {}))
    state = State(inventory=inventory)
    connect_all(state)
    stream = io.StringIO()
    view = DocumentView(stream)
    tell(view, lambda state: add_op(state, server.shell, commands="echo here"), state=state)
    document = written(view, stream)
    assert document["hosts"]["@ssh/gone" if "@ssh/gone" in document["hosts"] else "gone"]["status"] == "unreachable"
    assert document["failures"][0]["phase"] == "connect"
    (operation,) = document["results"]["operations"]
    assert operation["by_host"]["@local"]["stdout"] == "here"


def test_bytes_of_a_real_process() -> None:
    inventory = Inventory((["@local"], {}))
    state = State(inventory=inventory)
    connect_all(state)
    command = "printf 'caf\\303\\251 \\377\\033[31m \"q\" \\\\ud800\\n'; echo problem >&2; exit 4"
    document = document_of(lambda state: add_op(state, server.shell, commands=command), state=state)
    (result,) = document["results"]["operations"][0]["by_host"].values()
    assert result["stdout"] == 'café \ufffd\x1b[31m "q" \\ud800'
    assert result["stderr"] == "problem"
    assert result["exit_statuses"] == [4]


def test_a_run_that_never_began() -> None:
    stream = io.StringIO()
    view = DocumentView(stream)
    trace = (TraceLine("inventory.py:3", "<module>", "raise ValueError"),)
    view.problem(Problem(ProblemKind.USAGE, "no such file: deploy.py", hint="did you mean deploy2.py?", trace=trace))
    view.problem(Problem(ProblemKind.INTERNAL, "what follows from the first"))
    view.end(2)
    view.end(1)  # only the first counts
    document = written(view, stream)
    assert document["run"] is None
    assert document["exit_code"] == 2
    assert document["problem"]["message"] == "no such file: deploy.py"
    assert document["problem"]["trace"][0]["place"] == "inventory.py:3"


def test_nested_operations() -> None:
    def callback() -> None:
        ensure("colour", "green", name="Inside")

    document = document_of(lambda state: add_op(state, python.call, function=callback), hosts=["web1"])
    nested = {operation["name"]: operation["nested"] for operation in document["results"]["operations"]}
    assert nested == {"python.call": False, "Inside": True}


def test_secrets_are_masked() -> None:
    from pyinfra.api import operation

    @operation()
    def login(user: str, password: Any) -> Any:
        yield StringCommand("say", user, HiddenValue("hunter2"))
        yield StringCommand("fail 1", HiddenValue("hunter2"))

    def add(state: State) -> None:
        add_op(state, login, "bob", password="hunter2")
        add_op(state, login, "bob", password=HiddenValue("hunter2"))

    document = document_of(add, hosts=["web1"])
    del document["results"]["operations"][0]["by_host"]["web1"]["stdout"]  # the host printed it
    text = json.dumps(document)
    assert "hunter2" not in text
    assert "*MASKED*" in text


# -- other forms ---------------------------------------------------------------------------


def test_facts_have_nothing_but_values_when_all_is_well() -> None:
    stream = io.StringIO()
    view = DocumentView(stream)
    view.begin(RunInfo(Form.FACT, "server.Os"))
    view.attach(toy_state(["web1"]))
    view.facts([FactReport("server.Os", "", {"web1": "Linux"})])
    view.facts([FactReport("files.File", "path=/etc/hosts", {"web1": {"size": 5, "mtime": None}})])
    view.end(0)
    assert written(view, stream, "facts") == {
        "server.Os": {"web1": "Linux"},
        "files.File (path=/etc/hosts)": {"web1": {"size": 5, "mtime": None}},
    }


def test_facts_that_could_not_be_read() -> None:
    stream = io.StringIO()
    view = DocumentView(stream)
    view.begin(RunInfo(Form.FACT, "server.Os"))
    view.attach(toy_state(["web1", "web2"]))
    view.facts([FactReport("server.Os", "", {"web1": "Linux"}, {"web2": "it broke"})])
    view.problem(Problem(ProblemKind.FAILED, "1 host failed"))
    view.end(1)
    document = written(view, stream, "facts")
    assert document["server.Os"] == {"web1": "Linux"}
    assert document["unread"] == {"server.Os": {"web2": "it broke"}}
    assert document["exit_code"] == 1
    assert document["problem"]["kind"] == "failed"


def test_inventory() -> None:
    stream = io.StringIO()
    view = DocumentView(stream)
    view.begin(RunInfo(Form.INVENTORY, "debug-inventory"))
    state = toy_state(["web1"], {"port": 80, "ssh_password": "hunter2"})
    view.attach(state)
    view.inventory([{"name": host.name, "groups": host.groups, "data": host.data} for host in state.inventory])
    view.end(0)
    assert written(view, stream, "inventory") == [
        {"name": "web1", "groups": [], "data": {"port": 80, "ssh_password": "*MASKED*"}}
    ]


def test_inventory_that_cannot_be_read() -> None:
    stream = io.StringIO()
    view = DocumentView(stream)
    view.begin(RunInfo(Form.INVENTORY, "debug-inventory"))
    view.problem(Problem(ProblemKind.INVENTORY, "hosts.py raised"))
    view.end(4)
    document = written(view, stream, "inventory")
    assert document["problem"]["message"] == "hosts.py raised"


def test_facts_of_a_deploy() -> None:
    stream = io.StringIO()
    view = DocumentView(stream)
    view.begin(RunInfo(Form.DEPLOY, "deploy.py", dry=True))
    view.facts([FactReport("server.Os", "", {"web1": "Linux"})])
    view.end(0)
    assert written(view, stream)["facts"] == {"server.Os": {"web1": "Linux"}}


# -- hostile texts, and the schemas --------------------------------------------------------


def test_hostile_texts_everywhere() -> None:
    def add(state: State) -> None:
        add_op(state, run, raw(HOSTILE.encode("utf-8", "surrogatepass")), HOSTILE, name=HOSTILE)
        add_op(state, run, HOSTILE, "fail 1", name=HOSTILE + "2")

    document = document_of(add, state=bytes_state(["web1", HOSTILE_NAME]), title=HOSTILE)
    assert [failure["host"] for failure in document["failures"]] == ["web1", HOSTILE_NAME]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(exclude_categories=()), min_size=1), st.binary())
def test_any_text(name: str, output: bytes) -> None:
    document = document_of(lambda state: add_op(state, run, raw(output), name=name), state=bytes_state())
    (operation,) = document["results"]["operations"]
    assert operation["name"] == re.sub("[\ud800-\udfff]", "\ufffd", name)
    printed = output.removesuffix(b"\n").decode("utf-8", "surrogateescape")
    assert operation["by_host"]["web1"]["stdout"] == re.sub("[\ud800-\udfff]", "\ufffd", printed)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_document_to_read() -> None:
    stream, plain = Terminal(), io.StringIO()
    for where in (stream, plain):
        view = DocumentView(where)
        view.begin(RunInfo(Form.FACT, "x"))
        view.end(0)
    tell(view := DocumentView(stream), success)
    assert stream.getvalue().count("\n") > 50
    assert plain.getvalue() == "{}\n"


@pytest.mark.parametrize("name", ["run", "facts", "inventory", "events"])
def test_parts_that_schemas_share_are_the_same(name: str) -> None:
    """Each file stands for itself, so that a reader needs one only."""
    shared = {**schema("events")["$defs"], **schema("run")["$defs"]}
    assert schema(name)["$id"] == f"urn:pyinfra:schema:{name}:1"
    for part, found in schema(name)["$defs"].items():
        assert found == shared.get(part, found)


def test_many_hosts_take_linear_time() -> None:
    """A document of 50 and of 200 hosts: each result is looked at once."""
    sizes = {}
    for count in (50, 200):
        stream = io.StringIO()
        tell(DocumentView(stream), success, hosts=[f"web{n}" for n in range(count)])
        sizes[count] = len(stream.getvalue())
    assert sizes[200] < 4.5 * sizes[50]
