"""Hosts that answer alike share what the bodies of operations decide, and only those."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest

from pyinfra._core.context import config, ctx_inventory, host, inventory, state
from pyinfra._core.effects import EVERYTHING
from pyinfra._core.secrets import HiddenValue
from pyinfra._engine.execute.runs import run_ops
from pyinfra._engine.model.state import State
from pyinfra._engine.prepare.adding import add_deploy, add_op, run_deploy_code
from pyinfra._engine.prepare.authoring import prefetch, promise
from pyinfra._engine.prepare.decisions import frozen
from pyinfra._engine.prepare.operation import operation

from .toy import Value, session, toy_state

NAMES = ("one", "two", "three")
ran: list[str] = []


@pytest.fixture(autouse=True)
def nothing_ran() -> None:
    ran.clear()


def ours(function: Callable[..., Any]) -> Any:
    """As if an operation belonged to the package: only of those bodies is it known what they depend on."""
    function.__module__ = "pyinfra.operations.toy"
    return operation()(function)


@ours
def ensure(key: str, value: str, log: Any = None) -> Iterator[str]:
    ran.append(key)
    prefetch(Value, key=key)
    if host.get_fact(Value, key=key) == value:
        host.noop(f"{key} is {value}")
        return
    yield f"set {key} {value}"
    promise(Value, value, key=key)


def plans(run: State) -> list[Any]:
    return [next(iter(run.ops[one].values())).plan for one in run.inventory]


def test_one_body_for_hosts_that_answer_alike():
    run = toy_state(NAMES)
    metas = add_op(run, ensure, key="a", value="1")
    assert ran == ["a"]
    assert [meta.will_change for meta in metas.values()] == [True] * 3
    first, *others = plans(run)
    assert all(plan is first for plan in others)
    run_ops(run)
    assert ran == ["a"]
    assert [session(run, name).values for name in NAMES] == [{"a": "1"}] * 3


def test_each_answer_has_its_plan():
    run = toy_state(NAMES)
    session(run, "two").values["a"] = "1"
    session(run, "three").values["a"] = "other"
    metas = add_op(run, ensure, key="a", value="1")
    assert len(ran) == 3
    assert [meta.will_change for meta in metas.values()] == [True, False, True]
    assert [meta.changes[0].before for meta in metas.values() if meta.changes] == ["", "other"]
    assert {one.name: meta.plan.notes for one, meta in metas.items()}["two"] == ("a is 1",)


def test_deploys_share_too():
    run = toy_state(NAMES)
    add_deploy(run, lambda: [ensure(key="a", value="1"), ensure(key="a", value="2"), ensure(key="a", value="2")])
    assert ran.count("a") < 9
    assert [run.meta[one].ops_change for one in run.inventory] == [2, 2, 2]
    run_ops(run)
    assert [session(run, name).values for name in NAMES] == [{"a": "2"}] * 3


def test_other_arguments_are_another_call():
    run = toy_state(NAMES)
    add_deploy(run, lambda: ensure(key="a", value=host.name))
    run_ops(run)
    assert [session(run, name).values["a"] for name in NAMES] == list(NAMES)


def test_a_plan_that_no_longer_holds_is_followed_anew():
    """What is true when operations run counts; hosts on which the same has happened still share it."""
    run = toy_state(NAMES)
    session(run, "one").values["a"] = session(run, "two").values["a"] = "1"
    add_op(run, ensure, key="a", value="1")
    ran.clear()
    for one in run.inventory:
        session(run, one.name).values["a"] = "meanwhile"
        one.facts.touch(EVERYTHING)
    run_ops(run)
    assert [session(run, name).values["a"] for name in NAMES] == ["1"] * 3
    assert len(ran) == 1, "one host found out, one followed, one was to change it anyway"


def looks_at(look: Callable[[], object]) -> Any:
    def body() -> Iterator[str]:
        ran.append("body")
        if not host.get_fact(Value, key="a"):
            yield f"set a {look()}"
            promise(Value, "set", exact=False, key="a")

    return ours(body)


@pytest.mark.parametrize(
    "look",
    [
        lambda: host.name, lambda: host.data.get("key"), lambda: str(host), lambda: len(inventory),
        lambda: state.active_hosts, lambda: bool(host), lambda: host.get_fact(Value, key="b", _env={"A": "1"}),
        lambda: host == 1, lambda: hash(host),
    ],
)  # fmt: skip
def test_a_body_that_looks_at_its_host_runs_on_each(look: Callable[[], object]):
    run = toy_state(NAMES)
    with ctx_inventory.use(run.inventory):
        add_op(run, looks_at(look))
    assert len(ran) == 3


def test_a_look_at_a_setting_is_a_question():
    def deploy() -> None:
        config.DIFF = host.name == "two"
        by_setting()

    by_setting = looks_at(lambda: "diff" if config.DIFF else "plain")
    run = toy_state(NAMES)
    run_deploy_code(run, deploy)
    run_ops(run)
    assert [session(run, name).values["a"] for name in NAMES] == ["plain", "diff", "plain"]
    assert len(ran) == 2


def test_operations_made_elsewhere_run_on_each_host():
    @operation()
    def elsewhere(key: str) -> Iterator[str]:
        ran.append(host.get_fact(Value, key=key) or "")
        yield f"set {key} 1"

    run = toy_state(NAMES)
    add_op(run, elsewhere, key="a")
    assert len(ran) == 3


def test_a_body_that_asks_otherwise_is_followed_no_more():
    @ours
    def fickle(key: str) -> Iterator[str]:
        ran.append(key)
        host.get_fact(Value, key=f"{key}{len(ran)}")
        yield "say done"

    run = toy_state(NAMES)
    for one in NAMES:
        session(run, one).values.update(a1=one, a2=one, a3=one)
    add_op(run, fickle, key="a")
    assert len(ran) == 3
    assert next(iter(run.decisions.values())).unfit


def test_conditions_are_each_hosts_own():
    run = toy_state(NAMES)

    def deploy() -> None:
        first = ensure(key="a", value="1")
        ensure(key="b", value="1", _if=first.did_change)

    session(run, "two").values["a"] = "1"
    add_deploy(run, deploy)
    second = [list(run.ops[one].values())[1].plan for one in run.inventory]
    assert [plan.condition for plan in second] == [True, False, True]
    run_ops(run)
    assert [session(run, name).values.get("b") for name in NAMES] == ["1", None, "1"]


def test_arguments_are_compared_with_their_types():
    assert frozen({"a": [1, "b"], "c": Path("/d")}) == frozen({"a": [1, "b"], "c": Path("/d")})
    assert frozen(1) != frozen(True)
    assert frozen([1]) != frozen((1,))
    assert frozen(StringIO("a")) == frozen(StringIO("a")) != frozen(StringIO("b"))
    assert frozen(StringIO("a")) != frozen(BytesIO(b"a"))
    for odd in (HiddenValue("a"), object(), lambda: 1, {"a": HiddenValue("b")}):
        with pytest.raises(TypeError):
            frozen(odd)


def test_odd_arguments_are_not_shared():
    run = toy_state(NAMES)
    add_op(run, ensure, key="a", value="1", log=HiddenValue("secret"))
    assert len(ran) == 3
    assert not run.decisions
