"""Promises are checked when that is asked for, and accounts are noticed to change."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import EVERYTHING, Effects, named, path
from pyinfra._engine.execute.accounts import changes_accounts
from pyinfra._engine.execute.runs import run_ops
from pyinfra._engine.execute.verification import kept
from pyinfra._engine.prepare.adding import add_op
from pyinfra._engine.prepare.authoring import promise
from pyinfra._engine.prepare.operation import operation
from pyinfra._engine.prepare.plans import Plan, Promise

from .toy import Value, ensure, session, toy_state


@operation()
def liar(key: str) -> Iterator[str]:
    yield f"set {key} other"
    promise(Value, "what it said", key=key)


def test_broken_promises_are_found():
    state = toy_state()
    state.verify_promises = True
    add_op(state, ensure, key="a", value="1")
    add_op(state, liar, key="b")
    run_ops(state)
    (broken,) = state.broken_promises
    assert "'what it said'" in broken.message
    assert "'other'" in broken.message
    assert session(state).log[-1] == "get b"


@pytest.mark.parametrize(
    ("promised", "exact", "found", "expected"),
    [
        ("a", True, "a", True),
        ("a", False, "b", False),
        ({"mode": 644, "mtime": None}, False, {"mode": 644, "mtime": 5, "more": 1}, True),
        ({"mode": 644, "mtime": None}, True, {"mode": 644, "mtime": 5}, False),
        ({"bob": {"uid": None, "shell": "/bin/sh"}}, False, {"bob": {"uid": 5, "shell": "/bin/sh"}}, True),
        ({"bob": {"uid": None, "shell": "/bin/sh"}}, False, {"bob": {"uid": 5, "shell": "/bin/zsh"}}, False),
        (None, True, {"mode": 644}, False),
    ],
)
def test_fields_that_cannot_be_known_are_not_compared(promised: object, exact: bool, found: object, expected: bool):
    assert kept(Promise(promised, exact), found) is expected


@pytest.mark.parametrize(
    ("text", "effects", "expected"),
    [
        ("usermod -aG docker bob", EVERYTHING, True),
        ("echo x > /etc/sudoers.d/bob", EVERYTHING, True),
        ("echo powers", EVERYTHING, False),
        ("true", Effects.of([named("users")]), True),
        ("true", Effects.of([path("/etc/sudoers.d/bob")]), True),
        ("usermod --help", Effects.of([path("/tmp/x")]), False),
    ],
)
def test_changed_accounts_are_noticed(text: str, effects: Effects, expected: bool):
    assert changes_accounts([StringCommand(text)], Plan(effects=effects)) is expected
