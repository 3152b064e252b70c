"""Paths of operation calls: the same on every host, and sorted like the program."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyinfra._engine.prepare.call_path import CallPath, loops_of

Log = list[tuple[str, tuple[int, ...]]]


def follow(program: Callable[[Callable[[str], None]], None]) -> Log:
    """Run a program whose calls of its argument are operations; return them with their paths."""
    path, log = CallPath(), []

    def op(label: str) -> None:
        frames: list[FrameType] = []
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_name != "follow":
            frames.append(frame)
            frame = frame.f_back
        log.append((label, path.advance(frames[::-1])))

    program(op)
    return log


def helper(op: Callable[[str], None], label: str) -> None:
    op(f"{label}.1")
    op(f"{label}.2")


def test_loops_are_read_from_bytecode():
    def code() -> None:
        for item in ():
            while item:
                print(item)

    outer, inner = loops_of(code.__code__)[:2]
    assert outer.start < inner.start <= inner.end <= outer.end


def test_paths_grow_and_are_unique():
    def program(op: Callable[[str], None]) -> None:
        op("before")
        for n in range(3):
            helper(op, f"a{n}")
            for m in range(2):
                op(f"b{n}{m}")
        while True:
            op("w")
            break
        op("after")
        helper(op, "c")
        helper(op, "d")

    log = follow(program)
    paths = [path for _, path in log]
    assert paths == sorted(paths)
    assert len(set(paths)) == len(paths)


def test_what_follows_a_loop_is_the_same_however_often_it_went_round():
    def program(times: int) -> Callable[[Callable[[str], None]], None]:
        def run(op: Callable[[str], None]) -> None:
            for _ in range(times):
                op("in")
            op("after")

        return run

    assert follow(program(3))[-1] == follow(program(1))[-1] == follow(program(0))[-1]


def test_a_long_loop_body_needs_a_longer_instruction_and_is_still_found():
    body = "\n".join(f"        x = [{n}, {n}, {n}, {n}, {n}]" for n in range(60))
    source = "\n".join(
        [
            "def program(op):",
            "    for n in range(2):",
            "        op(f'first{n}')",
            body,
            "        op(f'last{n}')",
            "    op('after')",
        ]
    )
    names: dict[str, Callable[[Callable[[str], None]], None]] = {}
    exec(source, names)
    log = follow(names["program"])
    assert [label for label, _ in sorted(log, key=lambda item: item[1])] == [
        "first0",
        "last0",
        "first1",
        "last1",
        "after",
    ]


@given(st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=2, max_size=4), st.integers(0, 9))
def test_hosts_that_take_different_branches_never_contradict_one_another(branches: list[list[bool]], seed: int):
    def program(choice: list[bool]) -> Callable[[Callable[[str], None]], None]:
        def run(op: Callable[[str], None]) -> None:
            for n in range(5):
                if choice[n]:
                    op("if")
                    if n % 2:
                        helper(op, "if")
                else:
                    helper(op, "else")
                op("always")
            for n in random.Random(seed).sample(range(3), 2):
                op(f"last{n}")

        return run

    logs = [follow(program(choice)) for choice in branches]
    merged = sorted({path for log in logs for _, path in log})
    for log in logs:
        ours = [path for _, path in log]
        assert [path for path in merged if path in set(ours)] == ours
    always = [[path for label, path in log if label == "always"] for log in logs]
    assert all(paths == always[0] for paths in always)  # the same operation on every host


def test_recursion_and_generators():
    def program(op: Callable[[str], None]) -> None:
        def walk(depth: int) -> None:
            op(f"down{depth}")
            if depth:
                walk(depth - 1)
            op(f"up{depth}")

        def each() -> object:
            for n in range(3):
                op(f"gen{n}")
                yield n

        walk(3)
        for n in each():
            op(f"use{n}")

    paths = [path for _, path in follow(program)]
    assert paths[:8] == sorted(paths[:8])
    assert len(set(paths[:8])) == 8


@pytest.mark.parametrize("times", [1, 5])
def test_a_frame_that_is_gone_is_not_taken_for_its_successor(times: int):
    def program(op: Callable[[str], None]) -> None:
        for n in range(times):
            helper(op, str(n))

    log = follow(program)
    assert [label for label, _ in sorted(log, key=lambda item: item[1])] == [label for label, _ in log]
    assert len({path for _, path in log}) == 2 * times
