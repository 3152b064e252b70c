"""What one run asks of a host, the next one asks for at once."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pyinfra._core.context import host
from pyinfra._engine.connect.connections import disconnect_all
from pyinfra._engine.execute.runs import run_ops
from pyinfra._engine.facts.lessons import lessons_of
from pyinfra._engine.facts.lessons_file import LessonsFile
from pyinfra._engine.model.state import State
from pyinfra._engine.prepare.adding import add_deploy, add_op

from .toy import Anything, Value, ensure, run, session, toy_state


@pytest.fixture(autouse=True)
def state_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYINFRA_PREFETCH", "1")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path


def files(home: Path) -> list[Path]:
    return sorted(home.glob("pyinfra/lessons/*"))


def a_run(deploy: Callable[[], Any], *, job: tuple[str, ...] = ("deploy.py",), **values: str) -> State:
    state = toy_state()
    state.job = job
    session(state).values.update(values)
    add_deploy(state, deploy)
    run_ops(state)
    disconnect_all(state)
    return state


def three() -> None:
    for key in "abc":
        host.get_fact(Value, key=key)


def in_flight(state: State, deploy: Callable[[], Any]) -> list[int]:
    """How many requests had been sent when each value arrived."""
    seen: list[int] = []

    def watched() -> None:
        for key in "abc":
            host.get_fact(Value, key=key)
            seen.append(len(session(state).batches))
        deploy()

    add_deploy(state, watched)
    return seen


def test_requests_leave_before_the_first_answer() -> None:
    first, second = toy_state(), toy_state()
    first.job = second.job = ("deploy.py",)
    assert in_flight(first, lambda: None) == [1, 2, 3]
    disconnect_all(first)
    assert in_flight(second, lambda: None) == [3, 3, 3]


VALUE = f"{Value.__module__}:{Value.__qualname__}"


def assuming(*facts: tuple[str, tuple[Any, ...], dict[str, Any]]) -> State:
    state = toy_state()
    state.job = ("deploy.py",)
    lessons = lessons_of(state)
    assert lessons is not None
    lessons.assume(facts)
    return state


def test_hosts_without_a_lesson_are_asked_for_what_is_assumed() -> None:
    state = assuming((VALUE, ("a",), {}), (VALUE, (), {"key": "b"}))
    assert in_flight(state, lambda: None) == [2, 2, 3]


def test_a_lesson_knows_better_than_what_is_assumed() -> None:
    a_run(lambda: host.get_fact(Value, key="a"))
    state = assuming((VALUE, ("b",), {}))
    add_deploy(state, lambda: host.get_fact(Value, key="a"))
    assert session(state).log == ["get a"]


def test_what_was_assumed_in_vain_is_not_learned() -> None:
    state = assuming((VALUE, ("b",), {}))
    add_deploy(state, lambda: host.get_fact(Value, key="a"))
    disconnect_all(state)
    assert session(a_run(three)).log == ["get a", "get b", "get c"]
    assert session(state).log == ["get b", "get a"]


@pytest.mark.parametrize(
    "fact",
    [
        ("pyinfra.facts.missing:Users", (), {}),
        ("pyinfra.facts.server:Missing", (), {}),
        (VALUE, (), {}),
        (VALUE, (), {"strange": 1}),
        (VALUE, ("a", "b"), {}),
    ],
)
def test_what_cannot_be_asked_for_is_not_assumed(fact: Any) -> None:
    assert in_flight(assuming(fact), lambda: None) == [1, 2, 3]


def test_jobs_have_lessons_of_their_own(state_home: Path) -> None:
    a_run(three, job=("one.py",))
    assert session(a_run(lambda: host.get_fact(Value, key="x"), job=("two.py",))).log == ["get x"]
    assert len(files(state_home)) == 2


def test_what_is_asked_for_no_longer_is_forgotten() -> None:
    a_run(three)
    assert session(a_run(lambda: host.get_fact(Value, key="b"))).log == ["get a", "get b", "get c"]
    assert session(a_run(lambda: host.get_fact(Value, key="b"))).log == ["get b"]


def test_what_ran_outdates_what_was_read_ahead() -> None:
    def deploy() -> None:
        ensure(key="a", value="1")
        host.get_fact(Value, key="b")

    a_run(deploy, a="1")
    state = toy_state()
    state.job = ("deploy.py",)
    session(state).values.update(a="0", b="old")
    add_op(state, ensure, key="a", value="1")  # asks for b, too
    assert session(state).log == ["get a", "get b"]
    add_op(state, run, "set b new")
    run_ops(state)
    add_op(state, ensure, key="b", value="new")
    assert state.meta[state.inventory.get_host("one")].ops_no_change == 1


def test_only_what_was_asked_for_before_anything_ran_is_a_lesson() -> None:
    state = toy_state()
    state.job = ("deploy.py",)
    add_op(state, ensure, key="a", value="1")
    run_ops(state)
    add_op(state, ensure, key="b", value="1")
    disconnect_all(state)
    assert session(a_run(lambda: host.get_fact(Value, key="c"))).log == ["get a", "get c"]


class Login(Value):
    def command(self, password: str) -> str:  # type: ignore[override]
        return f"get {password}"

    def resources(self, password: str) -> list[Any]:  # type: ignore[override]
        return []


def test_what_is_not_written_down(state_home: Path) -> None:
    def deploy() -> None:
        host.get_fact(Login, password="canary")
        host.get_fact(Anything, key="a")  # may depend on what is no business of ours
        host.get_fact(Value, key="b", _env={"TOKEN": "canary"})
        host.get_fact(Value, key="c", _sudo=True, _sudo_password="canary")
        host.get_fact(Value, key="d", _sudo=True, _sudo_user="app")
        host.get_fact(Value, key=("e",))

    a_run(deploy)
    [path] = files(state_home)
    assert "canary" not in path.read_text()
    written = [
        (fact.rpartition(":")[2], arguments, whom) for fact, arguments, whom in json.loads(path.read_text())["facts"]
    ]
    assert written == [("Value", {"key": "d"}, [["sudo", "app", False, False, None]])]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_another_user_is_remembered() -> None:
    def deploy() -> None:
        host.get_fact(Value, key="a")
        host.get_fact(Value, key="d", _sudo=True, _sudo_user="app")

    a_run(deploy)
    second = toy_state()
    second.job = ("deploy.py",)
    add_deploy(second, deploy)
    assert session(second).log == ["get a", "get d"], "the value that was read ahead is the one that was wanted"


def of_facts(*facts: Any) -> str:
    return json.dumps({"version": 1, "facts": facts, "lists": [list(range(len(facts)))], "hosts": {"one": 0}})


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"version": 2}',
        '{"version": 1, "facts": [], "lists": [[5]], "hosts": {"one": 0}}',
        of_facts(["os:system", {"command": "touch pwned"}, None]),
        of_facts(["no.such:Thing", {}, None], 7, [1, 2, 3]),
        of_facts(["pyinfra.facts.server:Which", {"nothing": 1}, None]),
        of_facts(["pyinfra.facts.server:Os", {}, [["magic", None, False, False, None]]]),
    ],
)
def test_a_file_that_makes_no_sense_is_replaced(content: str, state_home: Path) -> None:
    a_run(three)
    [path] = files(state_home)
    path.write_text(content)
    assert session(a_run(three)).log == ["get a", "get b", "get c"]
    assert json.loads(path.read_text())["hosts"] == {"one": 0}


def test_a_place_that_cannot_be_written_does_no_harm(state_home: Path) -> None:
    (state_home / "pyinfra").write_text("in the way")
    assert session(a_run(three)).log == ["get a", "get b", "get c"]


@pytest.mark.parametrize("off", ["0", "no", "false"])
def test_the_off_switch(off: str, state_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYINFRA_PREFETCH", off)
    a_run(three)
    assert not files(state_home)
    assert LessonsFile.of_job("deploy.py") is None


def test_an_unchanged_lesson_is_not_written_again(state_home: Path) -> None:
    a_run(three)
    [path] = files(state_home)
    os.utime(path, (1, 1))
    a_run(three)
    assert path.stat().st_mtime == 1


def test_hosts_that_are_asked_the_same_share_a_list(state_home: Path) -> None:
    state = toy_state([f"h{number}" for number in range(50)])
    state.job = ("deploy.py",)
    add_deploy(state, three)
    disconnect_all(state)
    found = json.loads(files(state_home)[0].read_text())
    assert len(found["facts"]) == 3
    assert found["lists"] == [[0, 1, 2]]
    assert len(found["hosts"]) == 50
