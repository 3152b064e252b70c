"""Real runs on hosts in memory as people see them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from pyinfra._core.context import host
from pyinfra._engine.prepare.operation import operation
from pyinfra.api import Config, Inventory, State
from pyinfra.api.operation import add_op
from pyinfra.operations import python

from ...engine.toy import ensure
from .tape import Tape, play, widest

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

SITE = """
add_op(state, ensure, name="Install nginx", key="nginx", value="1.22")
add_op(state, ensure, name="Install it again", key="nginx", value="1.22")
add_op(state, ensure, name="Remove apache", key="apache", value="")
diff = "@@ -1 +1 @@\\n-a\\n+b"
add_op(state, write, "/etc/nginx.conf", ("mode", 644, 640), ("content", "9 bytes", diff), name="Write")
add_op(state, run, "say hello")
"""
FAILING = """
one, two, three = state.inventory
add_op(state, ensure, name="Install nginx", key="nginx", value="1.22")
add_op(state, run, "fail 4", name="Perhaps", _ignore_errors=True)
add_op(state, run, "say before", "fail 7", "say after", name="Reload", host=two)
add_op(state, ensure, name="Last", key="last", value="1")
add_op(state, run, "say x", name="Never", _if=lambda: False)
"""


@pytest.fixture(autouse=True)
def only_the_view_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger("pyinfra.failures"), "disabled", True)


@pytest.mark.parametrize("source", [SITE, FAILING], ids=["site", "failing"])
@pytest.mark.parametrize(
    "options",
    [{}, {"verbosity": 1}, {"verbosity": 2}, {"output": "quiet"}, {"diff": True}],
    ids=["normal", "v", "vv", "quiet", "diff"],
)
def test_runs(source: str, options: dict[str, Any], snapshot: SnapshotAssertion) -> None:
    tape = Tape(**options)
    play(tape, source)
    assert tape.text == snapshot
    assert widest(tape.out) <= 80
    assert widest(tape.err) <= 80


def test_ci_is_normal_where_nothing_moves(snapshot: SnapshotAssertion) -> None:
    normal, ci = Tape(), Tape(output="ci")
    play(normal, SITE)
    play(ci, SITE)
    assert normal.text == ci.text


@pytest.mark.parametrize("how", ["serial", "no_wait"])
def test_hosts_one_by_one_or_at_their_own_pace(how: str, snapshot: SnapshotAssertion) -> None:
    tape = Tape()
    play(tape, FAILING, **{how: True})
    assert tape.text == snapshot


def test_one_host_in_serial_is_told_by_operation() -> None:
    tape = Tape()
    play(tape, SITE, ["web1"], serial=True)
    assert "[1/5] Install nginx: changed on web1" in tape.err


def test_failures_of_many_hosts_are_told_once(snapshot: SnapshotAssertion) -> None:
    tape = Tape()
    hosts = [f"web{n}" for n in range(1, 13)]
    source = """
add_op(state, run, "say ok", "fail 3", name="Break", host=list(state.inventory)[:8])
add_op(state, run, "say x", name="Go on")
"""
    play(tape, source, hosts)
    assert tape.err.count("--> Failed") == 1
    assert tape.text == snapshot


def test_all_hosts_fail(snapshot: SnapshotAssertion) -> None:
    tape = Tape()
    play(tape, 'add_op(state, run, "fail 1", name="Break")\nadd_op(state, run, "say x", name="Go on")')
    assert tape.text == snapshot


def test_retries_are_said() -> None:
    tape = Tape()
    play(tape, 'add_op(state, run, "fail 1", name="Again", _retries=2, _retry_delay=0)', ["web1", "web2"])
    assert "[1/1] Again: failed on web1, web2, 4 retries" in tape.err
    more = Tape(verbosity=1)
    play(more, 'add_op(state, run, "fail 1", name="Again", _retries=2, _retry_delay=0)', ["web1"])
    assert "    [web1] Again: trying again (1 of 2)\n    [web1] Again: trying again (2 of 2)\n" in more.err
    assert "    [web1] Again: failed, on try 3\n" in more.err


def fake_state(*names: str, **responses: Any) -> State:
    data = {"fake_responses": responses, "fake_delay": 0, "fake_delay_jitter": 0}
    return State(inventory=Inventory(([f"@fake/{name}" for name in names], data)), config=Config())


HOSTILE_OUTPUT = {"stdout": "one\n    [1/1] Fake: changed\n--> Results\n\x1b[2Jclear\nno end", "stderr": "[web9] who\n"}


@pytest.mark.parametrize("options", [{"output": "live"}, {"verbosity": 3}], ids=["live", "vvv"])
def test_output_of_hosts_cannot_be_taken_for_ours(options: dict[str, Any], snapshot: SnapshotAssertion) -> None:
    tape = Tape(**options)
    play(tape, 'add_op(state, says, "echo", name="Say")', state=fake_state("web1", echo=HOSTILE_OUTPUT))
    printed = [line for line in tape.err.split("\n") if not line.startswith(("    ", "--> "))]
    assert all(line.startswith(("[@fake/web1] ", "[@fake/web1 stderr] ")) for line in printed if line)
    assert "[@fake/web1] no end" in printed
    assert "\x1b" not in tape.err
    assert tape.text == snapshot


@operation()
def already() -> Iterator[str]:
    """Find everything as it should be."""
    host.noop("everything is as it should be")
    yield from ()


def calls_another() -> None:
    already(name="Inner")


def test_notes_and_facts_of_those_who_ask() -> None:
    tape = Tape(verbosity=1)

    def ours(state: State) -> None:
        add_op(state, ensure, name="Install", key="nginx", value="1.22")
        add_op(state, already, name="Look")
        add_op(state, python.call, name="Call", function=calls_another)

    play(tape, ours, ["web1"])
    assert "    [web1] fact tests.unit.engine.toy.Value (key='nginx')\n" in tape.err
    assert "    [web1] note: everything is as it should be\n" in tape.err
    assert "    [web1] nested Inner: no change\n" in tape.err


def test_the_programs_own_messages_are_indented() -> None:
    tape = Tape()
    with tape.told() as view:
        view.log(logging.INFO, "said by the user\n--> Results")
        view.log(logging.WARNING, "careful\x1b[2J")
        view.log(logging.ERROR, "bad")
        view.log(logging.DEBUG, "small")
    assert tape.err == (
        "    said by the user\n    --> Results\n    warning: careful\\x1b[2J\n    error: bad\n    debug: small\n"
    )


def test_what_deploy_code_says_for_every_host_is_told_once() -> None:
    from pyinfra.api.deploy import add_deploy

    def ours(state: State) -> None:
        def site() -> None:
            tape.view.log(logging.INFO, "hello\nthere")
            tape.view.log(logging.WARNING, "careful")

        add_deploy(state, site)

    tape = Tape()
    play(tape, ours)
    assert tape.err.count("    hello\n    there\n    warning: careful\n") == 1
    assert "    3 times: hello\n    3 times: careful\n" in tape.err


def test_quiet_keeps_to_errors() -> None:
    tape = Tape(output="quiet")
    with tape.told() as view:
        view.log(logging.WARNING, "careful")
        view.log(logging.ERROR, "bad")
    assert tape.text == "|     error: bad"


def test_quiet_tells_what_a_question_is_about() -> None:
    from pyinfra._report.plan import PlanReport

    tape = Tape(output="quiet")
    with tape.told() as view:
        view.plan(PlanReport((), ("web1",), True))
        assert tape.text == ""
        with view.paused():
            assert tape.err == "--> Plan: no operations for 1 host\n"
    dry = Tape(output="quiet")
    with dry.told(dry=True) as view:
        view.plan(PlanReport((), ("web1",), True))
    assert dry.err == "--> Plan: no operations for 1 host\n"


def test_a_host_that_cannot_be_reached(snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch) -> None:
    from pyinfra._core.errors import ConnectError

    from ...engine.toy import ToySession

    async def refuse(session: ToySession) -> None:
        if session.name != "web2":
            raise ConnectError(f"cannot connect to {session.name}: refused", hint="is sshd running?")

    monkeypatch.setattr(ToySession, "open", refuse)
    tape = Tape()
    inventory = Inventory((["@toy/web1", "@toy/web2", "@toy/web3"], {}))
    play(tape, SITE, state=State(inventory=inventory, config=Config()))
    assert tape.err.count("Cannot connect to") == 1
    assert tape.text == snapshot


def test_deploy_code_that_raises(snapshot: SnapshotAssertion) -> None:
    from pyinfra.api.deploy import add_deploy

    def ours(state: State) -> None:
        names: dict[str, Any] = {}
        source = "from pyinfra import host\n\n\ndef site():\n    port()\n\n\ndef port():\n    return {}['port']\n"
        exec(compile(source, "deploy.py", "exec"), names)
        add_deploy(state, names["site"])

    tape = Tape()
    play(tape, ours)
    assert tape.text == snapshot
