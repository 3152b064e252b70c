"""A thousand hosts: what is shown stays readable, and costs the engine next to nothing."""

from __future__ import annotations

import io
import time

from pyinfra._core.events import EventBus, OperationEnded, OperationHostEnded, OperationStarted
from pyinfra.api import Config, Inventory, State

from .tape import Tape, play, widest

NAMES = [f"@fake/host{n}" for n in range(1000)]
SOURCE = """
for number in range(5):
    add_op(state, says, f"echo {number}", name=f"Operation {number}")
"""


def thousand() -> State:
    return State(inventory=Inventory((NAMES, {"fake_delay": 0, "fake_delay_jitter": 0})), config=Config())


def test_a_thousand_hosts_take_few_lines() -> None:
    tape = Tape()
    play(tape, SOURCE, state=thousand())
    assert len(tape.text.split("\n")) < 40
    assert widest(tape.out) <= 80
    assert "    [1/5] Operation 0: changed on all 1000 hosts\n" in tape.err.replace(" (0.", "\n")
    assert "1000 hosts: 1000 ok; 5 of 5 operations changed something" in tape.out


def test_a_thousand_hosts_at_their_own_pace() -> None:
    tape = Tape()
    play(tape, SOURCE, state=thousand(), no_wait=True)
    assert len(tape.out.split("\n")) < 40
    assert widest(tape.err) <= 80


def test_noting_an_event_costs_the_engine_little() -> None:
    """Compared with calling a function that does nothing, since machines differ."""
    tape = Tape(stderr=io.StringIO(), clock=time.monotonic)
    event = OperationHostEnded("host", "hash", True, True, 1, 0.1)

    def cost(handler: object) -> float:
        bus = EventBus()
        bus.subscribe(handler, OperationHostEnded)  # type: ignore[arg-type]
        best = 1.0
        for _ in range(5):
            began = time.process_time()
            for _ in range(2000):
                bus.emit(event)
            best = min(best, time.process_time() - began)
        return best

    assert cost(tape.view._feed.put) < 6 * cost(lambda event: None)


def test_showing_takes_less_than_the_engine_needs() -> None:
    tape = Tape()
    view = tape.begin()
    running = view._running
    handlers = running.handlers(moves=False)
    handlers[OperationStarted](0.0, OperationStarted("hash", "Name"))
    began = time.process_time()
    for name in NAMES * 10:
        handlers[OperationHostEnded](0.0, OperationHostEnded(name, "hash", True, True, 1, 0.1))
    handlers[OperationEnded](0.0, OperationEnded("hash", "Name"))
    assert time.process_time() - began < 0.5  # 50 us each, ten times what it takes
    view.end(0)
