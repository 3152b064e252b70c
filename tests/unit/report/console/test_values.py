"""Facts and the inventory as text."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from pyinfra._core.secrets import HiddenValue
from pyinfra._report.console.values import value_lines
from pyinfra._report.view import FactReport, Form

from .tape import HOSTILE, Tape

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

USERS = {
    "root": {"uid": 0, "groups": ["root", "adm"], "password": "in clear", "comment": ""},
    "app": {
        "last": datetime(2026, 1, 2, 3, 4),
        "keys": [{"a": 1, "b": [1, 2]}, {"c": "yes"}],
        "shell": None,
        "on": True,
    },
}


def text(value: Any) -> str:
    return "\n".join(" " * indent + line for indent, line in value_lines(value))


def test_facts(snapshot: SnapshotAssertion) -> None:
    tape = Tape()
    hosts = [f"web{n}" for n in range(1, 13)]
    with tape.told(Form.FACT) as view:
        view.facts(
            [
                FactReport("server.Os", "", {"web1": "Linux", "web2": "Linux", "web3": "FreeBSD"}, {"db": "refused"}),
                FactReport("server.Users", "", dict.fromkeys(hosts, USERS)),
                FactReport("files.File", "path=/x", {"a": None, "b": {}, "c": {"mode": 644}}),
                FactReport("server.Command", HOSTILE, {HOSTILE: HOSTILE}, {"b\n": f"{HOSTILE}\nmore"}),
            ]
        )
    assert tape.err == ""
    assert tape.out == snapshot


def test_facts_in_quiet_are_still_the_result() -> None:
    tape = Tape(output="quiet")
    with tape.told(Form.FACT) as view:
        view.facts([FactReport("server.Os", "", {"web1": "Linux"})])
    assert tape.out == "--> server.Os\n    web1: Linux\n"


def test_inventory(snapshot: SnapshotAssertion) -> None:
    data = {"ssh_user": "root", "ssh_password": "hunter2", "ports": [80, 443], "app": {"token": "abc", "name": HOSTILE}}
    tape = Tape()
    with tape.told(Form.INVENTORY) as view:
        view.inventory(
            [
                {"name": "web1", "groups": ["all", "web"], "data": data},
                {"name": HOSTILE, "groups": [], "data": {}},
            ]
        )
    assert "hunter2" not in tape.out
    assert "abc" not in tape.out
    assert tape.out == snapshot


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("plain text", "plain text"),
        ("/etc/hosts", "/etc/hosts"),
        ("yes", '"yes"'),
        ("1.20", '"1.20"'),
        ("", '""'),
        (" led", '" led"'),
        ("a: b", '"a: b"'),
        ("- item", '"- item"'),
        ("\x1b[1m", '"\\u001b[1m"'),
        ("two\nlines\n", "|\n    two\n    lines"),
        (None, "null"),
        (True, "true"),
        (1.5, "1.5"),
        ([], "[]"),
        ({}, "{}"),
        ({3, 1, 2}, "- 1\n- 2\n- 3"),
        ([[1, 2], [3]], "- - 1\n  - 2\n- - 3"),
        ({"a": [{"b": 1, "c": {"d": 2}}]}, "a:\n    - b: 1\n      c:\n          d: 2"),
        ({"m": "x\ny"}, "m: |\n    x\n    y"),
        (b"\xffbytes", '"\\xffbytes"'),
        (HiddenValue("secret", "*****"), "*****"),
        ({"password": None, "token": "t"}, "password: null\ntoken: *MASKED*"),
        (len, "len"),
    ],
)
def test_values(value: Any, shown: str) -> None:
    assert text(value) == shown
