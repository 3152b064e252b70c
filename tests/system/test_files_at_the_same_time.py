"""Several runs edit one file of one host at the same time: nothing is lost, and nobody is overruled without a word."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.lab import Host

ROOT = Path(__file__).parents[2]
FOLDER = "/srv/edited at the same time"
PATH = f"{FOLDER}/f"

Calls = list[tuple[str, dict[str, Any]]]


@pytest.fixture(params=["debian", "busybox"])
def host(request: pytest.FixtureRequest) -> Host:
    found: Host = (
        request.getfixturevalue("busybox_host")
        if request.param == "busybox"
        else request.getfixturevalue("plain_hosts")[0]
    )
    found.sh(f"rm -rf '{FOLDER}'; mkdir '{FOLDER}'")
    return found


def at_the_same_time(host: Host, *runs: Calls) -> list[list[str]]:
    """Plan runs, each in a process of its own; when all of them are planned, run all; return the errors of each."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "tests.system.one_of_several"]
    processes = [
        subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in runs
    ]
    try:
        for process, calls in zip(processes, runs, strict=True):
            tell(process, json.dumps({"host": host.name, "data": host.ssh_data(), "calls": calls}, default=str))
        assert [hear(process) for process in processes] == ["planned"] * len(runs)
        for process in processes:
            tell(process, "go")
        return [json.loads(hear(process)) for process in processes]
    finally:
        for process in processes:
            process.communicate()


def tell(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdin
    process.stdin.write(text + "\n")
    process.stdin.flush()


def hear(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def lines_of(host: Host) -> list[str]:
    return (host.root / PATH.lstrip("/")).read_text().splitlines()


def in_the_end(host: Host, *runs: Calls) -> None:
    """Repeat what failed, as whoever sees its error does, until nothing is left to do."""
    left: Sequence[Calls] = runs
    for _ in range(sum(map(len, runs))):
        errors = at_the_same_time(host, *left)
        told = [error for found in errors for error in found if error]
        assert all("changed by somebody else" in error for error in told), told
        remaining = [
            [call for call, error in zip(calls, found, strict=True) if error]
            for calls, found in zip(left, errors, strict=True)
        ]
        left = [calls for calls in remaining if calls]
        if not left:
            return
    raise AssertionError(f"still failing: {left}")


def test_lines_are_added_by_all(host: Host) -> None:
    host.sh(f"printf 'first\\nlast' >'{PATH}'")
    runs: list[Calls] = [
        [("line", {"path": PATH, "line": f"run {run} line {number}"}) for number in range(8)] for run in range(3)
    ]
    assert at_the_same_time(host, *runs) == [[""] * 8] * 3
    lines = lines_of(host)
    assert lines[:2] == ["first", "last"]
    assert sorted(lines[2:]) == sorted(f"run {run} line {number}" for run in range(3) for number in range(8))


@pytest.mark.parametrize("before", ["first\n", None])
def test_a_line_that_all_want_comes_once(host: Host, before: str | None) -> None:
    if before:
        host.sh(f"echo first >'{PATH}'")
    runs: list[Calls] = [[("line", {"path": PATH, "line": "- $(wanted)", "escape_regex_characters": True})]] * 3
    assert at_the_same_time(host, *runs) == [[""]] * 3
    assert lines_of(host) == [*(before or "").split(), "- $(wanted)"]


def test_lines_are_replaced_by_all(host: Host) -> None:
    host.sh(f"printf '%s\\n' a=1 b=1 c=1 >'{PATH}'")
    runs: list[Calls] = [[("line", {"path": PATH, "line": f"^{name}=", "replace": f"{name}=2"})] for name in "abc"]
    errors = at_the_same_time(host, *runs)
    done = [not found[0] for found in errors]
    assert any(done)
    assert lines_of(host) == [f"{name}={2 if ok else 1}" for name, ok in zip("abc", done, strict=True)]


def test_adding_replacing_and_blocks(host: Host) -> None:
    """Whoever adds a line while another one rewrites the file keeps it."""
    host.sh(f"for n in 0 1 2 3 4 5; do echo $n=1; done >'{PATH}'")
    adding: Calls = [("line", {"path": PATH, "line": f"added {number}"}) for number in range(6)]
    replacing: Calls = [
        ("line", {"path": PATH, "line": f"^{number}=", "replace": f"{number}=2"}) for number in range(6)
    ]
    others: Calls = [
        ("block", {"path": PATH, "content": "b"}),
        ("replace", {"path": PATH, "text": "^5=", "replace": "FIVE="}),
        ("line", {"path": PATH, "line": "^0=", "present": False}),
    ]
    errors = at_the_same_time(host, adding, replacing[1:5], others)
    assert errors[0] == [""] * 6, "adding needs nobody's consent"
    assert {f"added {number}" for number in range(6)} <= set(lines_of(host))
    in_the_end(host, replacing[1:5], others)
    lines = lines_of(host)
    assert sorted(lines) == sorted([
        *(f"{number}=2" for number in range(1, 5)), "FIVE=1", *(f"added {number}" for number in range(6)),
        "# BEGIN PYINFRA BLOCK", "b", "# END PYINFRA BLOCK",
    ])  # fmt: skip


def test_a_new_file_is_made_by_one_of_them(host: Host) -> None:
    runs: list[Calls] = [
        [("block", {"path": PATH, "content": f"of {name}", "marker": f"# {{mark}} {name}"})] for name in "abc"
    ]
    errors = at_the_same_time(host, *runs)
    done = [name for name, found in zip("abc", errors, strict=True) if not found[0]]
    assert done
    assert [line for line in lines_of(host) if line.startswith("of")] == [f"of {name}" for name in done]


def test_somebody_keeps_the_lock(host: Host) -> None:
    """Then it is done nevertheless: the lock is a help, and no condition."""
    host.sh(f"printf '%s\\n' a=1 >'{PATH}'; rm -rf /tmp/.pyinfra-turn; mkdir /tmp/.pyinfra-turn")
    host.sh(f"(command -v flock && setsid flock '{FOLDER}' sleep 9) >/dev/null 2>&1 </dev/null & sleep 0")
    assert at_the_same_time(host, [("line", {"path": PATH, "line": "^a=", "replace": "a=2"})]) == [[""]]
    assert lines_of(host) == ["a=2"]
