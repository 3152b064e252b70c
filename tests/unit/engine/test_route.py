"""What an operation changes and later ones need to know is read behind its commands, in the same round trip."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfra._core.context import host
from pyinfra._core.effects import named
from pyinfra._engine.execute.runs import run_ops
from pyinfra._engine.model.state import State
from pyinfra._engine.prepare.adding import add_op
from pyinfra._engine.prepare.authoring import affects, promise
from pyinfra._engine.prepare.operation import operation

from .toy import Value, ensure, run, session, toy_state


@operation()
def bump(key: str, status: int = 0) -> Iterator[str]:
    """Change something in a way that cannot be foreseen."""
    host.get_fact(Value, key=key)
    yield f"set {key} bumped"
    if status:
        yield f"fail {status}"
    affects(named(key))


@operation()
def depends(key: str, then: str) -> Iterator[str]:
    """Do something that depends on a value."""
    found = host.get_fact(Value, key=key)
    yield f"set {then} after-{found}"
    promise(Value, f"after-{found}", key=then)


def ran(state: State) -> list[list[str]]:
    """The batches of commands and reads while operations are executed."""
    before = len(session(state).batches)
    run_ops(state)
    return session(state).batches[before:]


def test_what_is_changed_is_read_behind_the_commands():
    state = toy_state()
    add_op(state, bump, key="a")
    add_op(state, depends, key="a", then="b")
    assert ran(state) == [["set a bumped", "get a"], ["set b after-bumped"]]
    assert session(state).values["b"] == "after-bumped"


def test_what_is_not_changed_is_not_read():
    state = toy_state()
    add_op(state, bump, key="a")
    add_op(state, depends, key="c", then="b")
    assert ran(state) == [["set a bumped"], ["set b after-"]]


def test_what_is_promised_is_known():
    state = toy_state()
    add_op(state, ensure, key="a", value="1")
    add_op(state, depends, key="a", then="b")
    assert ran(state) == [["set a 1"], ["set b after-1"]]


def test_what_is_changed_again_before_it_is_needed_is_read_later():
    state = toy_state()
    add_op(state, bump, key="a")
    add_op(state, run, "set a 3")
    add_op(state, depends, key="a", then="b")
    assert ran(state) == [["set a bumped"], ["set a 3", "get a"], ["set b after-3"]]


def test_after_a_failure_nothing_is_taken():
    state = toy_state(FAIL_PERCENT=100)
    add_op(state, bump, key="a", status=1, _ignore_errors=True)
    add_op(state, depends, key="a", then="b")
    batches = ran(state)
    assert batches[0] == ["set a bumped", "fail 1", "get a"]
    assert "get a" in batches[1]
    assert session(state).values["b"] == "after-bumped"


def test_a_read_that_fails_is_read_when_it_is_needed():
    @operation()
    def losing(key: str) -> Iterator[str]:
        host.get_fact(Value, key=key)
        yield f"set {key} x"
        affects(named(key), named("bad key"))

    state = toy_state()
    add_op(state, losing, key="a")
    add_op(state, depends, key="bad key", then="b", _ignore_errors=True)
    add_op(state, depends, key="a", then="c")
    run_ops(state)
    assert session(state).values["c"] == "after-x"


def test_other_users_read_by_themselves():
    state = toy_state()
    add_op(state, bump, key="a")
    add_op(state, depends, key="a", then="b", _sudo=True)
    assert ran(state) == [["set a bumped"], ["get a"], ["set b after-bumped"]]
