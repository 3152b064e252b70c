"""What programs that embed us print."""

from __future__ import annotations

import inspect
import json
import logging

import pytest

from pyinfra.api import Host
from pyinfra.api.facts import get_facts
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra_cli import prints

from ..engine.toy import Value, ensure, run, toy_state
from ..report.runs import HOSTILE, check, partial_failure


def test_the_table_of_a_plan(capsys: pytest.CaptureFixture[str]) -> None:
    state = toy_state([f"web{n}" for n in range(1, 13)])
    add_op(state, ensure, "colour", "", name="Nothing to do")
    add_op(state, run, "say a", "say b")
    add_op(state, ensure, "colour", "blue", name="Paint it", host=state.inventory.get_host("web2"))
    add_op(state, run, "say c", name="Perhaps", _if=lambda: True)
    prints.print_meta(state)
    captured = capsys.readouterr()
    assert captured.out == ""
    twelve = "12 (web1, web10, web11, web12, web2, web3, web4, ...)"
    assert captured.err.splitlines() == [
        f"    {'Operation':26}{'Change':57}Conditional Change",
        f"    {'Nothing to do':26}{'-':57}-",
        f"    {'toy.run (say a, say b)':26}{twelve:57}-",
        f"    {'Paint it':26}{'1 (web2)':57}-",
        f"    {'Perhaps':26}{'-':57}{twelve}",
    ]


def _columns(text: str) -> list[list[str]]:
    head, *_ = lines = text.splitlines()
    starts = [index for index, character in enumerate(head) if character != " " and head[index - 2 : index] == "  "]
    ends = [*starts[1:], None]
    return [[line[start:end].strip() for start, end in zip(starts, ends, strict=True)] for line in lines]


def test_the_table_of_results(capsys: pytest.CaptureFixture[str]) -> None:
    state = toy_state(["web1", "web2"])
    partial_failure(state)
    run_ops(state)
    prints.print_results(state)
    assert _columns(capsys.readouterr().err) == [
        ["Operation", "Hosts", "Success", "Error", "No Change"],
        ["Perhaps", "2", "-", "2", "-"],
        ["Break it", "1", "-", "1", "-"],
        ["Paint it", "2", "1", "-", "-"],
        ["Only if", "2", "-", "-", "1"],
        ["Grand total", "7", "1", "3", "1"],
    ]


def test_tables_are_padded_by_the_widest_cell(capsys: pytest.CaptureFixture[str]) -> None:
    prints.print_rows([("a", "b", "c"), ("long text", "b", "c"), ("short",), "alone"])
    assert capsys.readouterr().err.splitlines() == [
        "    a            b    c", "    long text    b    c", "    short", "    alone",
    ]  # fmt: skip


def test_rows_may_say_how_they_are_printed() -> None:
    told: list[str] = []
    prints.print_rows([(told.append, ["a", 1]), (told.append, ["longer", 2])])
    assert told == ["    a         1", "    longer    2"]


def test_names_of_hosts_and_operations_are_safe_to_print(capsys: pytest.CaptureFixture[str]) -> None:
    state = toy_state(["web1"])
    add_op(state, ensure, "colour", "blue", name=HOSTILE)
    prints.print_meta(state)
    text = capsys.readouterr().err
    assert "\x1b" not in text
    assert "\\x1b[31m" in text


def test_json_of_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    state = toy_state(["web1", "web2"])
    partial_failure(state)
    prints.print_run_json(state, True)
    before = json.loads(capsys.readouterr().out)
    assert before["results"] is None
    run_ops(state)
    prints.print_run_json(state, dry=False)
    after = json.loads(capsys.readouterr().out)
    assert set(after) == {"plan", "results"}
    assert after["results"]["failed_hosts"] == ["web1"]
    assert prints.build_plan_json(state) == after["plan"]
    assert prints.build_results_json(state)["totals"] == after["results"]["totals"]
    whole = {"version": 1, "exit_code": 1, "problem": None, "run": None, "hosts": {}, "failures": [], **after}
    check(whole, "run")


def test_operations_of_a_state(capsys: pytest.CaptureFixture[str]) -> None:
    state = toy_state(["web1", "web2"])
    add_op(state, ensure, "colour", "blue", name="Paint it", host=state.inventory.get_host("web2"))
    prints.print_state_operations_json(state)
    shown = json.loads(capsys.readouterr().out)
    (op_hash,) = state.get_op_order()
    assert shown["op_order"] == [{"op_hash": op_hash, "names": ["Paint it"], "hosts": ["web2"]}]
    assert shown["op_meta"] == {op_hash: "Paint it"}
    assert shown["operations"]["web1"] == {}
    assert shown["operations"]["web2"][op_hash].startswith("OperationMeta(")
    prints.print_state_operations(state)
    text = capsys.readouterr().err
    assert "--> Operation order:" in text
    assert op_hash in text


def test_facts(capsys: pytest.CaptureFixture[str]) -> None:
    state = toy_state(["web1"])
    values = get_facts(state, Value, kwargs={"key": "colour"})
    prints.print_facts({"toy.Value (key=colour)": values})
    assert capsys.readouterr().out == '--> Fact data for: toy.Value (key=colour)\n{\n    "web1": ""\n}\n'
    prints.print_facts_json({"toy.Value (key=colour)": values, "other": None})
    assert json.loads(capsys.readouterr().out) == {"toy.Value (key=colour)": {"web1": ""}, "other": None}


def test_inventory_without_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    state = toy_state(["web1"], {"ssh_password": "hunter2", "port": 80})
    prints.print_inventory(state)
    text = capsys.readouterr().out
    assert text.startswith("[web1]\n--> Groups: \n--> Data:\n{\n")
    assert "hunter2" not in text
    prints.print_inventory_json(state)
    assert json.loads(capsys.readouterr().out) == [
        {"name": "web1", "groups": [], "data": {"ssh_password": "*MASKED*", "port": 80}}
    ]


def test_json_of_anything(capsys: pytest.CaptureFixture[str]) -> None:
    assert prints.jsonify({"b": {2, 1}, "a": b"x"}) == '{"b": [1, 2], "a": "x"}'
    assert prints.jsonify({"b": {2, 1}, "a": b"x"}, sort_keys=True, indent=1).startswith('{\n "a": "x",')
    prints.print_json({"a": float("nan"), "b": "\udcff"})
    assert json.loads(capsys.readouterr().out) == {"a": None, "b": "\ufffd"}


def test_small_things(capsys: pytest.CaptureFixture[str]) -> None:
    assert prints.truncate("short", 5) == "short"
    assert prints.truncate("longer than that", 10) == "longer ..."
    assert prints.truncate("longer", 2) == "lo"
    prints.print_groups_by_comparison(["files.put", "apt.key", "files.get"], lambda item: item.split(".")[0])
    assert capsys.readouterr().err == "    apt.key\n    files.put, files.get\n"
    prints.print_support_info()
    text = capsys.readouterr().out
    assert "pyinfra: v" in text
    assert "asyncssh: v" in text


def test_the_name_of_an_operation() -> None:
    state = toy_state(["web1"])
    add_op(state, run, "say a")
    (op_hash,) = state.get_op_order()
    assert prints.pretty_op_name(state.get_op_meta(op_hash)) == "toy.run (say a)"


def test_a_program_that_embeds_us(capsys: pytest.CaptureFixture[str]) -> None:
    """The usual four lines, also when every host fails."""
    state = toy_state(["web1"])
    add_op(state, run, "fail 1")
    prints.print_meta(state)
    with pytest.raises(Exception, match="No hosts"):
        run_ops(state)
    prints.print_results(state)
    assert [line.split() for line in capsys.readouterr().err.splitlines()] == [
        ["Operation", "Change", "Conditional", "Change"],
        ["toy.run", "(fail", "1)", "1", "(web1)", "-"],
        ["Operation", "Hosts", "Success", "Error", "No", "Change"],
        ["toy.run", "(fail", "1)", "1", "-", "1", "-"],
        ["Grand", "total", "1", "-", "1", "-"],
    ]


def test_the_surface_is_the_given_one() -> None:
    assert prints.Host is Host
    assert isinstance(prints.logger, logging.Logger)
    given = {"print_run_json": ["state", "dry"], "jsonify": ["data", "args", "kwargs"], "print_support_info": []}
    for name, parameters in given.items():
        assert list(inspect.signature(getattr(prints, name)).parameters) == parameters
    for name in prints.__all__:
        assert hasattr(prints, name)
