"""Plans are exact: what one operation will do is what the next one is planned against."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pyinfra._core.context import host
from pyinfra._core.errors import OperationError
from pyinfra._engine.execute.runs import run_ops
from pyinfra._engine.facts.keys import FactKey, Question
from pyinfra._engine.prepare.adding import add_deploy, add_op, add_ops
from pyinfra._engine.prepare.authoring import prefetch, promise
from pyinfra._engine.prepare.operation import operation
from pyinfra._engine.prepare.plans import Certainty, Promise, changes_from
from pyinfra._transport.base import PLAIN

from .toy import Anything, Value, ensure, ensure_silently, run, session, toy_state


def planned(result: dict) -> list[bool]:
    return [meta.will_change for meta in result.values()]


def test_create_then_delete_predicts_both_changes():
    state = toy_state()
    create = add_op(state, ensure, key="file", value="content")
    delete = add_op(state, ensure, key="file", value="")
    again = add_op(state, ensure, key="file", value="")
    assert [*planned(create), *planned(delete), *planned(again)] == [True, True, False]
    run_ops(state)
    (one,) = state.inventory
    assert (bool(create[one].did_change), bool(delete[one].did_change), bool(again[one].did_change)) == (
        True, True, False,
    )  # fmt: skip
    assert session(state).log == ["get file", "set file content", "del file"]


def test_the_changes_are_structured():
    state = toy_state()
    (meta,) = add_op(state, ensure, key="colour", value="red").values()
    (change,) = meta.changes
    assert (change.resource, change.attribute, change.before, change.after) == ("value colour", "present", "", "red")


def test_a_converged_run_sends_nothing():
    state = toy_state()
    session(state).values["a"] = "1"
    add_op(state, ensure, key="a", value="1")
    sent = len(session(state).batches)
    assert sent == 1
    run_ops(state)
    assert len(session(state).batches) == sent


def test_reads_of_a_batch_travel_together():
    state = toy_state()
    calls = [(ensure, {"key": f"n{n}", "value": "1"}) for n in range(20)]
    results = add_ops(state, calls)
    assert all(planned(result) == [True] for result in results)
    turns = session(state).batches
    assert len(turns) == 20
    (one,) = state.inventory
    assert one.facts.epoch == 1


def test_a_plan_that_rests_on_a_promise_is_inferred_and_holds():
    state = toy_state()

    def deploy() -> None:
        first = ensure(key="x", value="1")
        second = ensure(key="x", value="2")
        assert first.will_change
        assert second.will_change
        assert first.plan.certainty is Certainty.CERTAIN
        assert second.plan.certainty is Certainty.INFERRED

    add_deploy(state, deploy)
    run_ops(state)
    assert session(state).log == ["get x", "set x 1", "set x 2"]


def test_after_a_raw_command_nothing_is_certain_and_facts_are_read_again():
    state = toy_state()
    add_op(state, run, "set x 1")
    (meta,) = add_op(state, ensure, key="x", value="1").values()
    assert meta.will_change  # as far as can be known now
    assert meta.plan.certainty is Certainty.UNKNOWN
    run_ops(state)
    assert not meta.did_change
    assert session(state).log == ["get x", "set x 1", "get x"]


def test_an_operation_that_promises_nothing_is_taken_to_change_anything():
    state = toy_state()
    add_op(state, ensure_silently, key="y", value="1")
    (meta,) = add_op(state, ensure, key="x", value="1").values()
    assert meta.plan.certainty is Certainty.UNKNOWN


def test_a_fact_that_does_not_say_what_it_looks_at_is_doubted_after_any_change():
    @operation()
    def doubtful() -> Iterator[str]:
        if host.get_fact(Anything, key="z") != "1":
            yield "set z 1"

    state = toy_state()
    add_op(state, ensure, key="x", value="1")
    (meta,) = add_op(state, doubtful).values()
    assert meta.plan.certainty is Certainty.UNKNOWN


def test_unrelated_promises_leave_a_plan_certain():
    state = toy_state()
    add_op(state, ensure, key="x", value="1")
    (meta,) = add_op(state, ensure, key="other", value="1").values()
    assert meta.plan.certainty is Certainty.CERTAIN
    run_ops(state)
    assert session(state).log == ["get x", "get other", "set x 1", "set other 1"]


def test_one_refresh_serves_all_operations_after_a_raw_command():
    state = toy_state()
    for n in range(5):
        session(state).values[f"n{n}"] = "1"
    add_op(state, run, "say hello")
    add_ops(state, [(ensure, {"key": f"n{n}", "value": "1"}) for n in range(5)])
    before = len(session(state).batches)
    run_ops(state)
    # five reads behind the raw command, in one round trip
    assert len(session(state).batches) - before == 1
    assert session(state).log[-5:] == [f"get n{n}" for n in range(5)]


def test_an_inexact_promise_plans_but_is_read_again_before_it_is_relied_on():
    @operation()
    def inexact(key: str) -> Iterator[str]:
        yield f"set {key} real"
        promise(Value, "guess", exact=False, key=key)

    state = toy_state()
    add_op(state, inexact, key="x")
    (meta,) = add_op(state, ensure, key="x", value="real").values()
    assert meta.will_change
    run_ops(state)
    assert not meta.did_change
    assert session(state).log[-1] == "get x"


def test_a_body_that_needs_the_result_of_its_own_command_runs_while_it_is_executed():
    @operation()
    def counting() -> Iterator[str]:
        yield "set count 1"
        seen = host.get_fact(Value, key="count")
        yield f"set seen {seen}"

    state = toy_state()
    (meta,) = add_op(state, counting).values()
    assert meta.will_change
    run_ops(state)
    assert session(state).values == {"count": "1", "seen": "1"}


def test_a_body_that_raises_after_its_first_command_is_planned_with_details_unknown():
    @operation()
    def fragile() -> Iterator[str]:
        yield "set count 7"
        yield f"set seen {int(host.get_fact(Value, key='count'))}"

    state = toy_state()
    (meta,) = add_op(state, fragile).values()
    assert meta.will_change
    assert meta.plan.certainty is Certainty.UNKNOWN
    run_ops(state)
    assert meta.did_change
    assert session(state).values["seen"] == "7"


def test_prefetched_facts_cost_one_turn():
    @operation()
    def two_facts() -> Iterator[str]:
        prefetch(Value, key="a")
        prefetch(Value, key="b")
        if host.get_fact(Value, key="a") != host.get_fact(Value, key="b"):
            yield "set a b"

    state = toy_state()
    add_op(state, two_facts)
    assert session(state).log == ["get a", "get b"]
    assert len(session(state).batches) == 2


def test_an_error_in_one_hosts_body_fails_that_host_only():
    @operation()
    def picky() -> Iterator[str]:
        if host.name == "two":
            raise OperationError("not on two")
        yield "set ok 1"

    state = toy_state(["one", "two", "three"])
    result = add_op(state, picky)
    assert [h.name for h in state.active_hosts] == ["one", "three"]
    assert state.failures[-1].message == "not on two"
    run_ops(state)
    assert {h.name: m.is_complete() for h, m in result.items()} == {"one": True, "two": False, "three": True}


def test_an_error_on_all_hosts_surfaces_where_the_operation_was_added():
    @operation()
    def broken() -> Iterator[str]:
        raise OperationError("no good anywhere")
        yield

    state = toy_state(["one", "two"])
    with pytest.raises(OperationError, match="no good anywhere") as caught:
        add_op(state, broken)
    assert caught.value.details.host == "one"
    assert "test_planning.py" in (caught.value.details.place or "")


def test_deploy_code_sees_the_host_as_it_is():
    state = toy_state()

    def deploy() -> None:
        ensure(key="x", value="1")
        assert host.get_fact(Value, key="x") == ""

    add_deploy(state, deploy)


def test_facts_are_copies():
    class Words(Value):
        def process(self, output: list[str]) -> list[str]:
            return output[0].split(",")

    state = toy_state()
    session(state).values["w"] = "a,b"
    (one,) = state.inventory
    one.get_fact(Words, key="w").append("mine")
    assert one.get_fact(Words, key="w") == ["a", "b"]
    assert session(state).log == ["get w"]


def test_what_nobody_can_know_yet_is_no_absence():
    before = {"mode": None, "user": "root"}
    key = FactKey(Question(Value, {"key": "a"}), PLAIN)
    promised = {key: Promise({"mode": 640, "user": "root"})}
    (vague,) = changes_from({key: before}, promised, {key})
    (known,) = changes_from({key: before}, promised)
    assert (vague.before, vague.after) == ("unknown", 640)
    assert (known.before, known.after) == (None, 640)


@operation()
def picky(key: str) -> Iterator[str]:
    """Ensure nothing, on a host that is prepared for it."""
    if not host.get_fact(Value, key=key):
        raise OperationError(f"there is no {key}")
    yield from ()


def test_a_body_that_raised_too_early_is_given_another_try():
    """Bodies of a batch begin together: what the second one misses, the first one brings."""
    state = toy_state()
    add_ops(state, [(ensure, {"key": "a", "value": "1"}), (picky, {"key": "a"})])
    run_ops(state)
    assert not state.failed_hosts
    assert session(state).log == ["get a", "set a 1"]


def test_a_body_that_raises_with_good_reason_fails_its_host():
    state = toy_state()
    with pytest.raises(OperationError, match="there is no b"):
        add_ops(state, [(ensure, {"key": "a", "value": "1"}), (picky, {"key": "b"})])
