from __future__ import annotations

import re
import time
from io import BytesIO

import pytest

from pyinfra.api import Config, HiddenValue, Inventory, State, StringCommand
from pyinfra.api.connect import connect_all, disconnect_all
from pyinfra.connectors.fake import FakeConnector

QUICK = {"fake_delay": 0, "fake_delay_jitter": 0}


@pytest.mark.parametrize(
    ("name", "hosts"),
    [(None, ["@fake"]), ("", ["@fake"]), ("a", ["@fake/a"]), ("a, b,,c", ["@fake/a", "@fake/b", "@fake/c"])],
)
def test_names(name: str | None, hosts: list[str]) -> None:
    assert list(FakeConnector.make_names_data(name)) == [(host, {}, ["@fake"]) for host in hosts]


@pytest.fixture
def connected():
    def connect(**data: object) -> FakeConnector:
        inventory = Inventory((["@fake/one"], {**QUICK, **data}))
        state = State(inventory=inventory, config=Config())
        connect_all(state)
        states.append(state)
        return inventory.get_host("@fake/one").connector

    states: list[State] = []
    yield connect
    for state in states:
        disconnect_all(state)


def test_responses(connected) -> None:
    connector = connected(
        fake_responses={
            "uname": "Linux",
            re.compile(r"^cat \S+$"): ["a", "b"],
            "bad": {"stdout": "o", "stderr": ["e"], "success": False},
            "masked": "***",
        }
    )
    run = connector.run_shell_command
    ok, output = run(StringCommand("uname", "-r"), False, False)
    assert (ok, output.stdout_lines, output.stderr_lines) == (True, ["Linux"], [])
    assert run(StringCommand("cat /x"))[1].stdout_lines == ["a", "b"]
    ok, output = run(StringCommand("bad"), _sudo=True)
    assert (ok, output.stdout, output.stderr) == (False, "o", "e")
    ok, output = run(StringCommand("anything else"))
    assert (ok, output.output_lines) == (True, [])
    run(StringCommand("login", HiddenValue("secret", "masked")))
    assert connector.executed_commands == ["uname -r", "cat /x", "bad", "anything else", "login masked"]


def test_files_always_succeed(connected, tmp_path) -> None:
    connector = connected()
    assert connector.put_file(BytesIO(b"x"), "/etc/motd") is True
    assert connector.get_file("/etc/motd", str(tmp_path / "motd")) is True
    assert connector.executed_commands == []


def test_delay(connected, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYINFRA_FAKE_DELAY", "60")  # host data counts more
    connector = connected(fake_delay=0.1)
    began = time.monotonic()
    connector.run_shell_command(StringCommand("x"))
    assert 0.1 <= time.monotonic() - began < 5
