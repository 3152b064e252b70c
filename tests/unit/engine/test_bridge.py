"""The bridge between synchronous code and the loop."""

import asyncio
import contextvars
import threading
import time

import pytest

from pyinfra._engine import bridge


def pause(seconds: float = 0.01) -> None:
    bridge.wait(asyncio.sleep(seconds))


def test_wait_returns_the_result_from_any_thread():
    assert bridge.wait(asyncio.sleep(0, "from outside")) == "from outside"
    assert bridge.run(lambda: bridge.wait(asyncio.sleep(0, "in a greenlet"))) == "in a greenlet"
    in_thread = bridge.run(lambda: bridge.wait(bridge.in_thread(lambda: bridge.wait(asyncio.sleep(0, "thread")))))
    assert in_thread == "thread"


def test_waiting_in_a_coroutine_is_refused_because_it_would_block_the_loop():
    async def wrong() -> None:
        bridge.wait(asyncio.sleep(0))

    with pytest.raises(RuntimeError, match="block the engine"):
        bridge.wait(wrong())


def test_run_inside_of_a_running_loop():
    async def main() -> tuple[int, int]:
        return bridge.run(lambda: 1), await bridge.run_async(lambda: (pause(), 2)[1])

    assert asyncio.run(main()) == (1, 2)


def test_user_code_may_use_asyncio_itself():
    assert bridge.run(lambda: asyncio.run(asyncio.sleep(0, "own loop"))) == "own loop"


def test_calls_run_side_by_side():
    together = asyncio.Barrier(200)  # nobody passes before all are here
    outcomes = bridge.run(bridge.gather, [lambda: bridge.wait(together.wait())] * 200)
    assert sorted(outcome.get() for outcome in outcomes) == list(range(200))


def test_outcomes_keep_the_order_of_the_calls_and_their_errors():
    def call(number: int) -> int:
        if number % 2:
            pause(0.01 / number)
        if number == 3:
            raise ValueError("three")
        return number

    outcomes = bridge.run(bridge.gather, [lambda n=n: call(n) for n in range(5)])
    assert [outcome.value for outcome in outcomes] == [0, 1, 2, None, 4]
    with pytest.raises(ValueError, match="three"):
        outcomes[3].get()


def test_the_limit_holds_and_has_no_barrier():
    running: set[int] = set()
    most = ended = 0
    others_ended = asyncio.Event()

    def call(number: int) -> None:
        nonlocal most, ended
        running.add(number)
        most = max(most, len(running))
        if number == 0:
            bridge.wait(others_ended.wait())  # the slow one holds up nobody
        pause()
        running.discard(number)
        ended += 1
        if ended == 11:
            others_ended.set()

    bridge.run(bridge.gather, [lambda n=n: call(n) for n in range(12)], 2)
    assert (most, ended) == (2, 12)


def test_each_call_has_a_context_of_its_own():
    variable: contextvars.ContextVar[int] = contextvars.ContextVar("variable", default=-1)
    variable.set(100)

    def call(number: int) -> tuple[int, int]:
        before = variable.get()
        variable.set(number)
        if number % 2:
            pause()
        return before, variable.get()

    outcomes = bridge.run(bridge.gather, [lambda n=n: call(n) for n in range(20)])
    assert [outcome.get() for outcome in outcomes] == [(100, n) for n in range(20)]
    assert variable.get() == 100


def test_cancelling_reaches_every_call_and_waits_for_their_cleanup():
    cleaned: list[int] = []

    def call(number: int) -> None:
        try:
            pause(60)
        except asyncio.CancelledError:
            pause(0.01)
            cleaned.append(number)
            raise

    future = bridge.submit(bridge.gather, [lambda n=n: call(n) for n in range(5)], 3)
    time.sleep(0.1)
    bridge.cancel(future)
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - concurrent.futures or asyncio, both are named so
        future.result(timeout=5)
    assert type(caught.value).__name__ == "CancelledError"
    assert sorted(cleaned) == [0, 1, 2]  # 3 and 4 had not begun


def test_threads_take_the_context_along_and_hand_errors_back():
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")

    def call() -> str:
        variable.set("here")
        return bridge.wait(bridge.in_thread(lambda: (variable.get(), threading.current_thread().name)[0]))

    assert bridge.run(call) == "here"
    with pytest.raises(ZeroDivisionError):
        bridge.run(lambda: bridge.wait(bridge.in_thread(lambda: 1 // 0)))


def test_a_blocked_thread_does_not_hold_up_others():
    release = threading.Event()

    def call() -> str:
        blocked = bridge.in_thread(release.wait)
        quick = bridge.wait(bridge.in_thread(lambda: "quick"))
        release.set()
        bridge.wait(blocked)
        return quick

    assert bridge.run(call) == "quick"


def test_started_calls_keep_their_contexts_apart_and_go_on_when_others_wait():
    name: contextvars.ContextVar[str] = contextvars.ContextVar("name", default="nobody")
    told: list[tuple[str, str]] = []
    gate = asyncio.Event()

    def call(who: str, waits: bool) -> None:
        before = name.get()
        name.set(who)
        if waits:
            bridge.wait(gate.wait())
        told.append((before, name.get()))
        if who == "bad":
            raise ValueError(who)

    def main() -> str:
        name.set("main")
        for who in ("a", "bad", "b"):
            bridge.start(lambda who=who: call(who, waits=False))
        for who in ("c", "d"):
            bridge.start(lambda who=who: call(who, waits=True))
        bridge.start(lambda: call("e", waits=False))
        assert len(told) == 4
        gate.set()
        while len(told) < 6:
            pause(0.001)
        bridge.start(lambda: call("f", waits=False))
        return name.get()

    assert bridge.run(main) == "main"
    assert sorted(told) == [("main", who) for who in ("a", "b", "bad", "c", "d", "e", "f")]
