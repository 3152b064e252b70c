"""Executing: order, failures, retries, conditions, callbacks, nesting."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from pyinfra._core.commands import FunctionCommand
from pyinfra._core.context import host
from pyinfra._core.errors import NestedOperationError, OperationError, PyinfraError
from pyinfra._core.events import CommandPrinted, Event, HostFailed, OperationHostEnded
from pyinfra._engine import bridge
from pyinfra._engine.execute.runs import run_ops
from pyinfra._engine.model.callbacks import BaseStateCallback
from pyinfra._engine.model.state import State
from pyinfra._engine.prepare.adding import add_deploy, add_op
from pyinfra._engine.prepare.deploys import deploy
from pyinfra._engine.prepare.operation import operation

from .toy import Value, ensure, run, session, sleepers, toy_state


@operation(is_idempotent=False, _set_in_op=False)
def call(function: Any, *args: Any, **kwargs: Any) -> Iterator[FunctionCommand]:
    yield FunctionCommand(function, args, kwargs)


def only(result: dict) -> Any:
    (meta,) = result.values()
    return meta


# -- results -------------------------------------------------------------------------------


def test_results_of_an_operation():
    state = toy_state()
    meta = only(add_op(state, run, "say one", "fail 0", "say two"))
    with pytest.raises(RuntimeError, match="_if="):
        bool(meta.did_change)
    assert "not known" in repr(meta.did_change)
    run_ops(state)
    assert meta.did_change
    assert meta.did_change()
    assert meta.did_succeed
    assert not meta.did_error
    assert not meta.did_not_change()
    assert str(meta.did_change) == "True"
    assert meta.stdout_lines == ["one", "two"]
    assert meta.stderr == "it failed"
    assert repr(meta).startswith("OperationMeta(executed=True, success=True, ")
    assert "commands=3" in repr(meta)


def test_a_state_can_be_prepared_and_run_again():
    state = toy_state()
    first = only(add_op(state, run, "say one"))
    run_ops(state)
    second = only(add_op(state, run, "say two"))
    run_ops(state)
    run_ops(state)
    assert session(state).log == ["say one", "say two"]
    assert (first.stdout, second.stdout) == ("one", "two")


def test_the_commands_of_an_operation_travel_together_and_stop_at_the_first_failure():
    state = toy_state(["one", "two"])
    meta = add_op(state, run, "say a", "fail 3", "say b", host="one")
    later = add_op(state, run, "say later")
    run_ops(state)
    one, two = state.inventory
    assert session(state).batches == [["say a", "fail 3", "say b"]]
    assert session(state).log == ["say a", "fail 3"]
    assert meta[one].did_error
    assert not later[one].is_complete()
    assert later[two].did_change
    assert list(state.failed_hosts) == [one]
    results = state.results[one]
    assert (results.ops, results.error_ops, results.partial_ops) == (0, 1, 1)


def test_when_no_host_is_left_the_run_says_why():
    state = toy_state()
    add_op(state, run, "fail 1")
    with pytest.raises(PyinfraError, match="No hosts remaining") as caught:
        run_ops(state)
    assert "exit status 1" in (caught.value.details.hint or "")


@pytest.mark.parametrize(("percent", "raises"), [(49, True), (50, False)])
def test_fail_percent(percent: int, raises: bool):
    state = toy_state(["one", "two"], FAIL_PERCENT=percent)
    add_op(state, run, "fail 1", host="one")
    if raises:
        with pytest.raises(PyinfraError, match="Over 49% of hosts failed"):
            run_ops(state)
    else:
        run_ops(state)


def test_ignored_errors_keep_the_host():
    state = toy_state()
    failed = only(add_op(state, run, "fail 1", "say no", _ignore_errors=True))
    after = only(add_op(state, run, "say after"))
    run_ops(state)
    assert failed.did_error
    assert after.did_change
    results = next(iter(state.results.values()))
    assert (results.ops, results.ignored_error_ops, results.success_ops) == (2, 1, 1)


def test_continue_on_error_runs_the_rest_and_still_fails():
    state = toy_state()
    meta = only(add_op(state, run, "fail 1", "say rest", _continue_on_error=True, _ignore_errors=True))
    run_ops(state)
    assert meta.did_error
    assert session(state).log == ["fail 1", "say rest"]


def test_success_exit_codes():
    state = toy_state()
    meta = only(add_op(state, run, "fail 3", _success_exit_codes=[0, 3]))
    run_ops(state)
    assert meta.did_succeed


def test_an_exception_in_a_body_while_it_is_executed_fails_that_host_only():
    @operation()
    def late() -> Iterator[str]:
        yield "set a 1"
        if host.get_fact(Value, key="a") == "1" and host.name == "two":
            raise OperationError("two cannot do this")

    state = toy_state(["one", "two", "three"])
    result = add_op(state, late)
    after = add_op(state, run, "say after")
    run_ops(state)
    assert {h.name: bool(m.did_succeed) for h, m in result.items()} == {"one": True, "two": False, "three": True}
    assert sum(m.is_complete() for m in after.values()) == 2


# -- conditions and retries ----------------------------------------------------------------


def test_conditions_are_asked_when_the_turn_comes():
    state = toy_state()
    session(state).values["a"] = "1"
    same = only(add_op(state, ensure, key="a", value="1"))
    other = only(add_op(state, ensure, key="b", value="1"))
    handlers = [
        only(add_op(state, run, "say same", _if=same.did_change)),
        only(add_op(state, run, "say other", _if=other.did_change)),
        only(add_op(state, run, "say both", _if=[other.did_change, same.did_change])),
        only(add_op(state, run, "say not", _if=same.did_not_change)),
    ]
    assert [meta.will_change for meta in handlers] == [False, True, False, True]
    run_ops(state)
    assert [bool(meta.did_change) for meta in handlers] == [False, True, False, True]


def test_retries():
    state = toy_state()
    meta = only(add_op(state, run, "fail 1", _retries=2, _retry_delay=0, _ignore_errors=True))
    run_ops(state)
    assert session(state).log == ["fail 1"] * 3
    assert meta.get_retry_info() == {
        "retry_attempts": 2, "max_retries": 2, "was_retried": True, "retry_succeeded": False,
    }  # fmt: skip
    assert "retries=2/2 (failed)" in repr(meta)


def test_retry_until_is_asked_with_what_was_printed():
    seen: list[dict[str, Any]] = []

    def once_more(data: dict[str, Any]) -> bool:
        seen.append(data)
        return len(seen) < 2

    state = toy_state()
    meta = only(add_op(state, run, "say hello", name="greet", _retries=5, _retry_delay=0, _retry_until=once_more))
    run_ops(state)
    assert meta.retry_attempts == 1
    assert meta.retry_succeeded is True
    assert seen[0] == {
        "stdout_lines": ["hello"], "stderr_lines": [], "commands": ["say hello"], "executed_commands": 1,
        "host": "one", "operation": "greet",
    }  # fmt: skip


def test_waiting_to_retry_holds_up_nobody_else():
    state = toy_state(["one", "two"])
    add_op(state, run, "fail 1", host="one", _retries=1, _retry_delay=0.5, _ignore_errors=True)
    add_op(state, run, "say hello", host="two")
    ended: list[str] = []
    state.events.subscribe(lambda event: ended.append(event.host), OperationHostEnded)
    run_ops(state, no_wait=True)
    assert ended == ["two", "one"]


# -- strategies ----------------------------------------------------------------------------


class Recorder(BaseStateCallback):
    def __init__(self) -> None:
        self.seen: list[str] = []

    def __getattribute__(self, name: str) -> Any:
        if name.startswith(("host_", "operation_")):
            seen, state_names = object.__getattribute__(self, "seen"), {}

            def record(state: State, *args: Any) -> None:
                texts = [state.op_meta[a].name if isinstance(a, str) else getattr(a, "name", a) for a in args]
                seen.append(" ".join(map(str, [name, *texts])) + "".join(state_names))

            return record
        return object.__getattribute__(self, name)


def test_callbacks_come_in_the_documented_order():
    state = toy_state(["one"])
    recorder = Recorder()
    state.add_callback_handler(recorder)
    add_op(state, run, "say hello", name="A")
    add_op(state, run, "fail 1", name="B", _retries=1, _retry_delay=0, _ignore_errors=True)
    run_ops(state)
    assert recorder.seen == [
        "operation_start A", "operation_host_start one A", "operation_host_success one A 0", "operation_end A",
        "operation_start B", "operation_host_start one B", "operation_host_retry one B 1 1",
        "operation_host_error one B 1 1", "operation_end B",
    ]  # fmt: skip


@pytest.mark.parametrize("mode", [{"serial": True}, {"no_wait": True}])
def test_failures_are_known_in_every_mode_and_operations_begin_and_end(mode: dict[str, bool]):
    state = toy_state(["one", "two"])
    recorder = Recorder()
    state.add_callback_handler(recorder)
    add_op(state, run, "say hello", name="A")
    add_op(state, run, "fail 1", name="B", host="one")
    add_op(state, run, "say bye", name="C")
    run_ops(state, **mode)
    assert [h.name for h in state.failed_hosts] == ["one"]
    assert session(state, "two").log == ["say hello", "say bye"]
    for name in "ABC":
        assert recorder.seen.count(f"operation_start {name}") == 1
        assert recorder.seen.count(f"operation_end {name}") == 1


def test_serial_runs_host_by_host_and_no_wait_lets_a_fast_host_go_on():
    state = toy_state(["one", "two"])
    order: list[str] = []
    state.events.subscribe(lambda e: order.append(f"{e.host}{state.op_meta[e.operation].name}"), OperationHostEnded)
    add_op(state, run, "sleep 0.2", name="A", host="one")
    add_op(state, run, "say x", name="B")
    run_ops(state, no_wait=True)
    assert order[0] == "twoB"
    order.clear()
    add_op(state, run, "say x", name="C")
    add_op(state, run, "say x", name="D")
    run_ops(state, serial=True)
    assert order == ["oneC", "oneD", "twoC", "twoD"]


def test_serial_operations_and_parallel_limits():
    state = toy_state([f"h{n}" for n in range(6)])
    sleepers.most = 0
    add_op(state, run, "sleep 0.02", _serial=True)
    run_ops(state)
    assert sleepers.most == 1
    add_op(state, run, "sleep 0.02", _parallel=3)
    run_ops(state)
    assert sleepers.most == 3
    add_op(state, run, "sleep 0.02")
    run_ops(state)
    assert sleepers.most == 6


def test_run_once_runs_on_the_first_host_of_the_inventory():
    state = toy_state(["c", "a", "b"])
    result = add_op(state, run, "say once", _run_once=True)
    run_ops(state)
    assert [len(session(state, name).log) for name in "cab"] == [1, 0, 0]
    assert [bool(meta.will_change) for meta in result.values()] == [True, False, False]


@pytest.mark.parametrize("slow", ["c", "a", "b", ""])
def test_run_once_does_not_depend_on_who_is_ready_first(slow: str):
    def deploy() -> None:
        for number in range(9 if host.name == slow else 0):
            host.get_fact(Value, key=f"{number}")
        run("say once", _run_once=True)

    state = toy_state(["c", "a", "b"])
    add_deploy(state, deploy)
    run_ops(state)
    assert [session(state, name).log.count("say once") for name in "cab"] == [1, 0, 0]


def test_order_of_hosts_is_that_of_the_inventory():
    names = [f"h{n}" for n in (9, 3, 7, 1)]
    state = toy_state(names)
    result = add_op(state, run, "say x", _serial=True)
    assert [h.name for h in result] == names
    assert [h.name for h in state.active_hosts] == names


# -- deploys, nesting, callbacks in Python -------------------------------------------------


def test_deploys_give_names_arguments_and_data():
    @deploy("Outer", data_defaults={"colour": "red"})
    def outer() -> None:
        run("say outer")
        inner()
        assert host.data.colour == "red"

    @deploy("Inner")
    def inner() -> None:
        assert host.in_deploy
        assert host.current_deploy_name == "Outer | Inner"
        run(f"say {host.data.colour}", name="named")

    state = toy_state()
    add_deploy(state, outer, _ignore_errors=True)
    names = [state.op_meta[op].name for op in state.get_op_order()]
    assert names == ["Outer | toy.run", "Outer | Inner | named"]
    data = next(iter(state.ops.values()))
    assert all(one.global_arguments["_ignore_errors"] for one in data.values())
    run_ops(state)
    assert session(state).log == ["say outer", "say red"]


def test_when_and_arguments_nest_and_add_up():
    yes, no = (lambda: True), (lambda: False)

    @deploy("D")
    def nested() -> None:
        with host.when(yes), host.arguments(_timeout=5):
            run("say a", _if=yes)
            with host.when(no):
                run("say b")
        run("say c", _if=[no])

    state = toy_state()
    add_deploy(state, nested, _sudo=True, _if=yes)
    data = list(state.ops[next(iter(state.inventory))].values())
    assert [d.global_arguments["_timeout"] for d in data] == [5, 5, None]
    assert all(d.global_arguments["_sudo"] for d in data)
    assert {name for meta in state.op_meta.values() for name in meta.names} == {"D | toy.run"}
    run_ops(state)
    assert session(state).log == ["say a"]


def test_loops_and_conditions_give_one_order_for_all_hosts():
    def looping() -> None:
        for n in range(3):
            if host.name == "one" or n != 1:
                run(f"say {n}", name="first")
            run(f"say {n}!", name="second")

    state = toy_state(["one", "two"])
    add_deploy(state, looping)
    run_ops(state)
    assert session(state).log == ["say 0", "say 0!", "say 1", "say 1!", "say 2", "say 2!"]
    assert session(state, "two").log == ["say 0", "say 0!", "say 1!", "say 2", "say 2!"]


def test_host_loop_keeps_iterations_together_and_leaves_nothing_behind():
    def looping() -> None:
        for n in host.loop(range(3)):
            assert host.loop_position == [n]
            if host.name == "one" or n != 1:
                run(f"say {n}", name=f"op{n}")
            if n == 2:
                break
        assert host.loop_position == []

    state = toy_state(["one", "two"])
    add_deploy(state, looping)
    assert [sorted(state.op_meta[op].names) for op in state.get_op_order()] == [["op0"], ["op1"], ["op2"]]


def test_an_operation_inside_of_another_is_refused():
    @operation()
    def outer() -> Iterator[str]:
        run("say x")
        yield "say y"

    state = toy_state()
    with pytest.raises(PyinfraError, match="_inner"):
        add_op(state, outer)


def test_python_callbacks_run_in_threads_and_may_call_operations():
    results: list[Any] = []

    def work(word: str, times: int = 1) -> None:
        time.sleep(0.01)
        meta = run(*[f"say {word}"] * times)
        results.append((meta.stdout_lines, host.name, host.get_fact(Value, key="a")))
        ensure(key="a", value=word)
        results.append(host.get_fact(Value, key="a"))

    state = toy_state(["one", "two"])
    meta = add_op(state, call, work, "hi", times=2)
    run_ops(state)
    assert sorted(map(str, results)) == sorted(
        map(str, [(["hi", "hi"], "one", ""), (["hi", "hi"], "two", ""), "hi", "hi"])
    )
    assert all(m.did_change for m in meta.values())


def test_a_nested_operation_that_fails_fails_its_callback_unless_it_is_caught():
    def careless() -> None:
        run("fail 1")

    def careful() -> None:
        with pytest.raises(NestedOperationError):
            run("fail 1")
        assert run("fail 1", _ignore_errors=True).did_error

    state = toy_state()
    first = only(add_op(state, call, careful))
    second = only(add_op(state, call, careless, _ignore_errors=True))
    run_ops(state)
    assert first.did_succeed
    assert second.did_error


def test_old_form_of_callbacks():
    def old(state: State, host: Any, answer: bool) -> bool:
        return answer

    run_state = toy_state()
    metas = [only(add_op(run_state, call, old, answer, _ignore_errors=True)) for answer in (True, False)]
    run_ops(run_state)
    assert [bool(meta.did_succeed) for meta in metas] == [True, False]


def test_a_callback_that_does_not_end_is_given_up_after_its_timeout():
    state = toy_state()
    go_on = threading.Event()
    meta = only(add_op(state, call, go_on.wait, 60, _timeout=1, _ignore_errors=True))
    try:
        run_ops(state)
        assert not go_on.is_set()
        assert meta.did_error
    finally:
        go_on.set()


# -- observers -----------------------------------------------------------------------------


def test_observers_that_raise_are_dropped_and_harm_nothing(caplog: pytest.LogCaptureFixture):
    class Bad(BaseStateCallback):
        @staticmethod
        def operation_start(state: State, op_hash: str) -> None:
            raise ValueError("bad observer")

    def bad_subscriber(event: Event) -> None:
        raise ValueError("bad subscriber")

    state = toy_state()
    state.add_callback_handler(Bad())
    state.events.subscribe(bad_subscriber, OperationHostEnded)
    metas = [only(add_op(state, run, "say x")) for _ in range(2)]
    run_ops(state)
    assert all(meta.did_change for meta in metas)
    assert state.callback_handlers == []
    assert caplog.text.count("is dropped") == 2


def test_only_instances_are_handlers():
    with pytest.raises(TypeError, match="instance of BaseStateCallback"):
        toy_state().add_callback_handler(Recorder)  # type: ignore[arg-type]


def test_failures_have_fields():
    state = toy_state(["one", "two"])
    events: list[Any] = []
    state.events.subscribe(events.append, OperationHostEnded, HostFailed, CommandPrinted)
    add_op(state, run, "say before", "fail 7", name="break it", host="one")
    run_ops(state)
    ended = next(event for event in events if isinstance(event, OperationHostEnded))
    assert not ended.ok
    failure = ended.error
    assert failure is not None
    assert (failure.host, failure.exit_status, failure.command, failure.last_lines) == (
        "one", 7, "fail 7", ("it failed",),
    )  # fmt: skip
    assert failure.name == "break it"
    assert "test_execution.py" in (failure.place or "")
    assert any(isinstance(event, HostFailed) for event in events)


# -- interruption --------------------------------------------------------------------------


def test_an_interrupted_run_ends_what_is_in_flight():
    state = toy_state(["one", "two"])
    add_op(state, run, "sleep 60")
    future = bridge.submit(run_ops, state)
    time.sleep(0.2)
    bridge.cancel(future)
    with pytest.raises(BaseException) as caught:  # noqa: PT011
        future.result(timeout=5)
    assert type(caught.value).__name__ == "CancelledError"
    assert all(session(state, name).interrupted for name in ("one", "two"))
    assert not state.is_executing


def test_the_asyncio_face():
    from pyinfra.api import aio

    async def main() -> list[str]:
        state = toy_state(["one", "two"])
        result = await aio.add_op(state, run, "say hi")
        assert all("test_execution.py" in (meta.place or "") for meta in state.op_meta.values())
        await aio.run_ops(state)
        values = await aio.get_facts(state, Value, kwargs={"key": "a"})
        await aio.disconnect_all(state)
        return [meta.stdout for meta in result.values()] + list(values.values())

    assert asyncio.run(main()) == ["hi", "hi", "", ""]


def test_adding_is_for_programs_not_for_deploy_files(monkeypatch: pytest.MonkeyPatch):
    import pyinfra

    state = toy_state()
    monkeypatch.setattr(pyinfra, "is_cli", True)
    with pytest.raises(PyinfraError, match="programs that use the API"):
        add_op(state, run, "say x")
    with pytest.raises(PyinfraError, match="programs that use the API"):
        add_deploy(state, lambda: None)
