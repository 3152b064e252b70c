"""Bad input gives a specific exception that names the argument, the host and the place, and says what to do."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import pytest

from pyinfra.api import Config, Inventory, State
from pyinfra.api.connect import connect_all
from pyinfra.api.deploy import add_deploy
from pyinfra.api.exceptions import (
    ArgumentTypeError,
    ConnectError,
    ConnectorDataTypeError,
    InventoryError,
    NoConnectorError,
    NoGroupError,
    NoHostError,
    OperationTypeError,
    OperationValueError,
    PyinfraError,
)
from pyinfra.api.operation import add_op
from pyinfra.operations import files, server

QUICK = {"fake_delay": 0.0, "fake_delay_jitter": 0.0}


@pytest.fixture
def state() -> State:
    state = State(Inventory((["@fake/a", "@fake/b"], QUICK)), Config())
    connect_all(state)
    return state


Call = Callable[[State], Any]
CASES: list[tuple[str, Call, type[PyinfraError], str, str | None]] = [
    ("unknown global argument", lambda s: add_op(s, server.shell, commands=[], _sud=True), ArgumentTypeError,
     "no global argument _sud (did you mean _sudo?)", "_sud"),
    ("wrong type", lambda s: add_op(s, server.shell, commands=[], _timeout="5"), ArgumentTypeError,
     "_timeout takes int | None, not str ('5')", "_timeout"),
    ("missing argument", lambda s: add_op(s, server.shell), OperationTypeError,
     "server.shell: the argument 'commands' is missing", "commands"),
    ("unknown argument", lambda s: add_op(s, server.shell, comands=[]), OperationTypeError,
     "server.shell has no argument 'comands' (did you mean commands?)", "comands"),
    ("impossible value", lambda s: add_op(s, files.file, path="/x", mode="9z"), OperationValueError, "mode '9z'",
     "mode"),
    ("wrong type of an operation's argument", lambda s: add_op(s, files.file, path=5), OperationTypeError,
     "path must be", "path"),
    ("unknown host", lambda s: add_op(s, server.shell, commands=[], host="@fake/aa"), NoHostError,
     "did you mean @fake/a?", None),
    ("unknown group", lambda s: s.inventory.get_group("@fak"), NoGroupError, "did you mean @fake?", "@fak"),
    ("unknown connector", lambda s: Inventory((["@lcal"], {})), NoConnectorError, "did you mean local?", None),
    ("conflicting host", lambda s: Inventory(([("a", {"x": 1}), ("a", {"x": 2})], {})), InventoryError, "'a'", None),
    ("text for a list", lambda s: Inventory(("web1", {})), InventoryError, "where a list is needed", None),
    ("no dictionary", lambda s: Inventory((["web1"], [])), InventoryError, "no dictionary", None),
    ("no name", lambda s: Inventory(([5], {})), InventoryError, "no text and no pair", None),
    ("empty name", lambda s: Inventory(([""], {})), InventoryError, "empty name", None),
    ("control characters", lambda s: Inventory((["a\nb"], {})), InventoryError, "control characters", None),
    ("data of a connector", lambda s: State(Inventory(([("h", {"ssh_port": "22"})], {})), Config()),
     ConnectorDataTypeError, "ssh_port", None),
]  # fmt: skip


@pytest.mark.parametrize(("call", "kind", "text", "argument"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_bad_input(state: State, call: Call, kind: type[PyinfraError], text: str, argument: str | None):
    with pytest.raises(kind) as caught:
        call(state)
    assert text in str(caught.value)
    assert caught.value.details.argument == argument
    assert "test_bad_input.py" in (caught.value.details.place or "")
    shown = "".join(traceback.format_exception(caught.value))
    assert "\nat: " in shown


def test_errors_name_the_host(state: State):
    with pytest.raises(OperationValueError) as caught:
        add_op(state, files.file, path="/x", mode="9z", host="@fake/b")
    assert caught.value.details.host == "@fake/b"
    with pytest.raises(ConnectorDataTypeError) as caught_data:
        State(Inventory(([("h", {"ssh_port": "22"})], {})), Config())
    assert caught_data.value.details.host == "h"


def test_an_unreachable_host_says_why_and_which():
    state = State(Inventory(([("h", {"ssh_hostname": "127.0.0.1", "ssh_port": 1})], {})), Config())
    with pytest.raises(PyinfraError, match="No hosts remaining") as caught:
        connect_all(state)
    assert "h: Could not connect" in (caught.value.details.hint or "")
    assert isinstance(caught.value.__cause__, ConnectError)
    assert caught.value.__cause__.details.host == "h"
    assert "Connection refused" in str(caught.value.__cause__)


def test_a_state_without_hosts_says_what_to_do():
    with pytest.raises(AttributeError, match=r"call state\.init"):
        add_op(State(), server.shell, commands=[])
    unconnected = State(Inventory((["@fake/a"], QUICK)), Config())
    with pytest.raises(PyinfraError, match="no host takes part") as caught:
        add_op(unconnected, server.shell, commands=[])
    assert "connect_all" in (caught.value.details.hint or "")


def test_a_misspelt_operation_in_a_deploy_is_the_users_own_error(state: State):
    def deploy() -> None:
        server.shel(commands=[])  # type: ignore[attr-defined]

    with pytest.raises(AttributeError, match="shel"):
        add_deploy(state, deploy)
