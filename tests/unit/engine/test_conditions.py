"""Conditions are foreseen where they only ask about other operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pyinfra._engine.execute.runs import run_ops
from pyinfra._engine.model.operation_meta import OperationMeta
from pyinfra._engine.prepare.adding import add_op
from pyinfra.operations.util import all_changed, any_changed

from .toy import ensure, run, session, toy_state


def only(metas: dict[Any, OperationMeta]) -> OperationMeta:
    (meta,) = metas.values()
    return meta


asked: list[str] = []


def asks(name: str) -> bool:
    asked.append(name)
    return True


CONDITIONS: dict[str, tuple[Callable[[OperationMeta, OperationMeta], Any], bool | None]] = {
    "changes": (lambda new, same: new.did_change, True),
    "does not change": (lambda new, same: same.did_change, False),
    "not changed": (lambda new, same: same.did_not_change, True),
    "goes well": (lambda new, same: new.did_succeed, True),
    "fails": (lambda new, same: new.did_error, False),
    "any": (lambda new, same: any_changed(new, same), True),
    "all": (lambda new, same: all_changed(new, same), False),
    "a lambda": (lambda new, same: lambda: new.did_change() and not same.did_change(), True),
    "several": (lambda new, same: [new.did_change, same.did_change], False),
    "a comprehension": (lambda new, same: lambda: any(op.did_change for op in [same, same]), False),
    "code of the user's": (lambda new, same: lambda: asks("x"), None),
    "code and operations": (lambda new, same: lambda: new.did_change() and asks("y"), None),
    "output": (lambda new, same: lambda: new.stdout == "", None),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_foreseen(name: str):
    asked.clear()
    make, expected = CONDITIONS[name]
    state = toy_state()
    session(state).values["a"] = "1"
    same = only(add_op(state, ensure, key="a", value="1"))
    new = only(add_op(state, ensure, key="b", value="1"))
    last = only(add_op(state, run, "say hello", _if=make(new, same)))
    assert asked == []
    assert last.plan is not None
    assert last.plan.condition is expected
    assert last.will_change is (expected is not False)
    run_ops(state)
    if expected is not None:
        assert last.did_change == expected
        assert last.skipped is not expected


def test_what_is_not_going_to_run_has_no_effect_on_the_plans_after_it():
    state = toy_state()
    session(state).values["a"] = "1"
    same = only(add_op(state, ensure, key="a", value="1"))
    add_op(state, ensure, key="a", value="2", _if=same.did_change)
    add_op(state, run, "set a 3", _if=same.did_change)
    after = only(add_op(state, ensure, key="a", value="1"))
    assert not after.will_change
    assert after.plan is not None
    assert after.plan.certainty.value == "certain"


def test_what_perhaps_runs_makes_the_plans_after_it_unknown():
    state = toy_state()
    add_op(state, ensure, key="a", value="2", _if=lambda: asks("z"))
    after = only(add_op(state, ensure, key="a", value="2"))
    assert after.plan is not None
    assert after.plan.certainty.value == "unknown"
    run_ops(state)
    assert not after.did_change


def test_wrongly_foreseen_the_body_runs_anew():
    state = toy_state()
    sly = only(add_op(state, run, "fail 1", _ignore_errors=True))
    then = only(add_op(state, ensure, key="b", value="1", _if=sly.did_error))
    assert not then.will_change
    run_ops(state)
    assert then.did_change
    assert session(state).values["b"] == "1"


def test_operations_without_a_plan_are_not_foreseen():
    state = toy_state()
    state.check_for_changes = False
    first = only(add_op(state, ensure, key="a", value="1"))
    state.check_for_changes = True
    last = only(add_op(state, run, "say hello", _if=first.did_change))
    assert last.plan is not None
    assert last.plan.condition is None
