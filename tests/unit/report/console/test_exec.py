"""``exec``: what the command prints is the result, and stands alone on standard output."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from pyinfra._report.view import Form
from pyinfra.api import Config, Inventory, State

from .tape import Tape, play

ECHO = 'add_op(state, says, "echo")'


@pytest.fixture(autouse=True)
def only_the_view_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger("pyinfra.failures"), "disabled", True)


def fakes(*answers: Any) -> State:
    hosts = [(f"@fake/web{n}", {"fake_responses": {"echo": answer}}) for n, answer in enumerate(answers, 1)]
    return State(inventory=Inventory((hosts, {"fake_delay": 0, "fake_delay_jitter": 0})), config=Config())


def run_exec(*answers: Any, source: str = ECHO, **options: Any) -> Tape:
    tape = Tape(**options)
    play(tape, source, state=fakes(*answers), form=Form.EXEC, title="echo")
    return tape


def test_one_host_is_printed_as_it_comes() -> None:
    tape = run_exec({"stdout": "hello\nthere", "stderr": "oops"})
    assert tape.out == "[@fake/web1] hello\n[@fake/web1] there\n[@fake/web1 stderr] oops\n"
    assert tape.err == "    1 host: 1 ok (1.2 s)\n"


def test_many_hosts_are_folded_by_what_they_print() -> None:
    tape = run_exec("same", "same", "other", {"stdout": "same\n", "stderr": "odd\n"}, "same")
    assert tape.out == (
        "[3 hosts: @fake/web1, @fake/web2, @fake/web5]\n"
        "    same\n"
        "[@fake/web3] other\n"
        "[@fake/web4] same\n"
        "[@fake/web4 stderr] odd\n"
    )
    assert tape.err == "    5 hosts: 5 ok (1.2 s)\n"


def test_all_hosts_the_same() -> None:
    tape = run_exec({"stdout": "one\n--> Results", "stderr": "bad"}, {"stdout": "one\n--> Results", "stderr": "bad"})
    assert tape.out == "[all 2 hosts: @fake/web1, @fake/web2]\n    one\n    --> Results\n  ! bad\n"


def test_hosts_that_print_nothing() -> None:
    assert run_exec("", "").out == ""
    assert run_exec("", "x", "").out == "[2 hosts: @fake/web1, @fake/web3] no output\n[@fake/web2] x\n"


def test_live_is_prefixed_whatever_the_number_of_hosts() -> None:
    tape = run_exec("same", "same", output="live")
    assert sorted(tape.out.splitlines()) == ["[@fake/web1] same", "[@fake/web2] same"]


def test_quiet_still_prints_the_result() -> None:
    tape = run_exec("same", "same", output="quiet")
    assert tape.out == "[all 2 hosts: @fake/web1, @fake/web2]\n    same\n"


def test_a_connector_that_does_not_stream() -> None:
    tape = Tape()
    play(tape, 'add_op(state, run, "say hello")', ["web1"], form=Form.EXEC)
    assert tape.out == "[web1] hello\n"


def test_a_failure_does_not_repeat_the_output() -> None:
    tape = Tape()
    play(tape, 'add_op(state, run, "say hello", "fail 3")', ["web1", "web2"], form=Form.EXEC, title="x")
    assert tape.out == "[all 2 hosts: web1, web2]\n    hello\n  ! it failed\n"
    assert "--> Failed: toy.run on web1, web2\n    the command failed with exit status 3\n" in tape.err
    assert "| it failed" not in tape.err
    assert tape.err.endswith("    2 hosts: 2 failed (1.2 s)\n")
