"""The fact store: what is read, when, together with what, and as whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from pyinfra._core.effects import EVERYTHING, Effects, Resource, named
from pyinfra._core.errors import FactProcessError, FactTypeError, PyinfraError
from pyinfra._engine import bridge
from pyinfra._engine.facts.base import FactBase, ShortFactBase
from pyinfra._engine.facts.keys import hashable
from pyinfra._engine.facts.reads import get_facts

from .toy import Anything, Value, session, toy_state


class Batched(Value):
    """A fact with a batch form."""

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> str:
        return "say " + ",".join(call["key"] for call in calls)

    def batch_process(self, calls: Sequence[Mapping[str, Any]], output: list[str]) -> list[str]:
        return [f"value of {key}" for key in output[0].split(",")]


class Clock(FactBase[str]):
    cacheable = False

    def command(self) -> str:
        return "say now"


class Picky(FactBase[int]):
    @staticmethod
    def default() -> int:
        return -1

    def command(self, text: str) -> str:
        return f"say {text}" if text else "fail 3"

    def process(self, output: list[str]) -> int:
        try:
            return int(output[0])
        except ValueError as error:
            raise FactProcessError(f"not a number: {output[0]}") from error


class Double(ShortFactBase[int]):
    fact = Picky

    def process_data(self, data: int) -> int:
        return data * 2


def test_a_value_is_read_once_until_something_touches_it():
    state = toy_state()
    (one,) = state.inventory
    for _ in range(3):
        one.get_fact(Value, "a")
        one.get_fact(Value, key="a")
        one.get_fact(Anything, key="a")
    assert session(state).log == ["get a", "get a"]
    one.facts.touch(Effects.of([named("b")]))
    one.get_fact(Value, "a")
    one.get_fact(Anything, "a")  # says nothing of what it looks at
    assert session(state).log == ["get a", "get a", "get a"]
    one.facts.touch(EVERYTHING)
    one.get_fact(Value, "a")
    assert len(session(state).log) == 4


def test_what_changes_by_itself_is_never_kept():
    state = toy_state()
    (one,) = state.inventory
    assert [one.get_fact(Clock) for _ in range(2)] == ["now", "now"]
    assert len(session(state).log) == 2


def test_calls_of_one_turn_become_one_command_where_the_fact_knows_how():
    state = toy_state()
    (one,) = state.inventory
    calls = [lambda n=n: one.get_fact(Batched, key=f"k{n}") for n in range(30)]
    values = [outcome.get() for outcome in bridge.run(bridge.gather, calls)]
    assert values == [f"value of k{n}" for n in range(30)]
    assert session(state).log == ["say " + ",".join(f"k{n}" for n in range(30))]


@pytest.mark.parametrize("most", [1, 3, 12])
def test_what_is_too_much_for_one_batch_is_divided(most: int):
    class Few(Batched):
        def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> Any:
            return super().batch_command(calls) if len(calls) <= most else None

    (one,) = toy_state().inventory
    calls = [lambda n=n: one.get_fact(Few, key=f"k{n}") for n in range(30)]
    assert [outcome.get() for outcome in bridge.run(bridge.gather, calls)] == [f"value of k{n}" for n in range(30)]
    asked = [command.removeprefix("say ").split(",") for command in session(one.state).log]
    assert sorted(key for keys in asked for key in keys) == sorted(f"k{n}" for n in range(30))
    assert max(map(len, asked)) <= most


def test_an_answer_that_is_an_error_fails_its_own_call_only():
    class Mixed(Batched):
        def batch_process(self, calls: Sequence[Mapping[str, Any]], output: list[str]) -> list[Any]:
            return [FactProcessError("unreadable") if call["key"] == "k1" else call["key"] for call in calls]

    state = toy_state()
    (one,) = state.inventory
    calls = [lambda n=n: one.get_fact(Mixed, key=f"k{n}", _ignore_errors=True) for n in range(3)]
    assert [outcome.get() for outcome in bridge.run(bridge.gather, calls)] == ["k0", None, "k2"]
    assert not state.failures
    one.get_fact(Mixed, key="k1")
    assert "unreadable" in state.failures[0].message


def test_classes_of_one_family_share_a_command():
    class Upper(Batched):
        batch_family = "both"

    class Lower(Batched):
        batch_family = "both"
        batch_rank = 1

        def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> str:
            return "say " + ",".join(call["key"].lower() for call in calls)

    (one,) = toy_state().inventory
    calls = [lambda: one.get_fact(Upper, key="A"), lambda: one.get_fact(Lower, key="B")]
    assert [outcome.get() for outcome in bridge.run(bridge.gather, calls)] == ["value of a", "value of b"]
    assert session(one.state).log == ["say a,b"]


def test_the_same_value_asked_for_twice_at_once_is_read_once():
    state = toy_state()
    (one,) = state.inventory
    bridge.run(bridge.gather, [lambda: one.get_fact(Value, key="a")] * 5)
    assert session(state).log == ["get a"]


def test_as_whom_a_fact_is_read_is_a_part_of_its_identity():
    state = toy_state()
    (one,) = state.inventory
    one.get_fact(Value, key="a")
    one.get_fact(Value, key="a", _sudo=True)
    one.get_fact(Value, key="a", _sudo=True, _sudo_user="bob")
    one.get_fact(Value, key="a", _sudo=True)
    assert len(session(state).log) == 3


@pytest.mark.parametrize(
    ("args", "kwargs", "message"),
    [
        ((), {}, "the argument 'key' is missing"),
        (("a", "b"), {}, "takes 1 argument"),
        ((), {"keys": "a"}, "did you mean key"),
        (("a",), {"key": "b"}, "given twice"),
    ],
)
def test_wrong_arguments(args: tuple[str, ...], kwargs: dict[str, str], message: str):
    (one,) = toy_state().inventory
    with pytest.raises(FactTypeError, match=message):
        one.get_fact(Value, *args, **kwargs)


def test_parameters_named_like_global_arguments_are_refused():
    with pytest.raises(TypeError, match="_sudo"):

        class Wrong(FactBase[str]):
            def command(self, _sudo: bool) -> str:
                return ""


def test_a_fact_that_cannot_be_read_fails_its_host_only(caplog: pytest.LogCaptureFixture):
    state = toy_state(["one", "two"])
    one, two = state.inventory
    assert one.get_fact(Picky, text="") == -1
    assert two.get_fact(Picky, text="many") == -1
    assert "exit status 3" in caplog.text
    assert "not a number: many" in caplog.text
    assert list(state.failed_hosts) == [one, two]
    with pytest.raises(PyinfraError, match="No hosts remaining"):
        state.check_failed_hosts()


def test_facts_of_all_hosts_come_in_inventory_order():
    state = toy_state(["b", "a", "c"])
    for name in "abc":
        session(state, name).values["n"] = name
    values = get_facts(state, Value, ("n",))
    assert [(host.name, value) for host, value in values.items()] == [("b", "b"), ("a", "a"), ("c", "c")]
    assert list(get_facts(state, Double, kwargs={"text": "21"}).values()) == [42, 42, 42]


def test_keys_of_unhashable_arguments():
    assert hashable(["a", {"b": {"c"}}]) == hashable(["a", {"b": {"c"}}])
    assert hashable(["a"]) != hashable(["b"])
    hash(hashable([{}, [set()], object()]))


def test_a_program_that_is_missing_gives_the_default_without_failing_anything():
    class Needs(Picky):
        def requires_command(self, text: str) -> str:
            return "program"

    (one,) = toy_state().inventory
    one.get_fact(Needs, text="x")
    guard = session(one.state).log[0]
    assert guard.startswith("command -v program >/dev/null 2>&1 || { echo ")
    assert guard.endswith("\nsay x")


def test_resources_are_asked_for_with_the_arguments():
    seen: list[Any] = []

    class Looks(FactBase[str]):
        def command(self, items: list[str]) -> str:
            return f"say {items[0]}"

        def resources(self, items: list[str]) -> list[Resource]:
            seen.append(items)
            return [named(items[0])]

    (one,) = toy_state().inventory
    assert one.get_fact(Looks, items=["x"]) == "x"
    one.facts.touch(Effects.of([named("y")]))
    assert one.get_fact(Looks, items=["x"]) == "x"
    assert session(one.state).log == ["say x"]
    assert all(items == ["x"] for items in seen)
