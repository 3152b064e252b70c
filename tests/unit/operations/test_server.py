"""``server`` operations: what their bodies yield, and what can be run on any machine."""

from __future__ import annotations

import os
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from pyinfra._lib.accounts import AccountPrograms, Programs
from pyinfra.api import (
    HiddenValue,
    OperationError,
    OperationTypeError,
    OperationValueError,
    PyinfraError,
    StringCommand,
)
from pyinfra.facts.files import Directory, File, Link
from pyinfra.facts.server import Groups, Home, Hostname, Os, Users
from pyinfra.operations import server

from .machine import Machine
from .stub import StubHost, commands_of

SHADOW = Programs("Linux", frozenset({"useradd", "usermod", "userdel", "groupadd", "groupdel", "chpasswd"}))
ANN = {
    "home": "/home/ann", "comment": "Ann", "shell": "/bin/sh", "group": "ann", "groups": ["adm"],
    "uid": 1000, "gid": 1000, "lastlog": None, "login_time": None, "password": "$6$old",
}  # fmt: skip
HOME = {"user": "ann", "group": "ann", "mode": 755}
KEY = "ssh-ed25519 AAAA ann@desk"


def user(facts: dict[Any, Any] | None = None, **kwargs: Any) -> list[str]:
    given = {AccountPrograms: SHADOW, Users: {"ann": ANN}, Groups: ["ann", "adm", "sys"], Directory: HOME}
    return commands_of(server.user, {**given, **(facts or {})}, **{"user": "ann", **kwargs})


# -- server.user ---------------------------------------------------------------------------


def test_nothing_to_do() -> None:
    assert user() == []
    assert user(home="/home/ann", shell="/bin/sh", group="ann", groups=["adm"], comment="Ann", uid=1000) == []
    assert user(groups=[]) == []
    assert user(password="$6$old") == []
    assert user(password=HiddenValue("$6$old")) == []
    assert user({Users: {}}, present=False) == []


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"shell": "/bin/false"}, "usermod -s /bin/false ann"),
        ({"groups": ["adm", "sys"]}, "usermod -a -G sys ann"),
        ({"groups": ["sys"]}, "usermod -G sys ann"),
        ({"groups": ["sys"], "append": True}, "usermod -a -G sys ann"),
        ({"comment": ""}, "usermod -c '' ann"),
        ({"password": "$6$new"}, "chpasswd -e"),
        ({"present": False}, "userdel ann"),
    ],
)
def test_only_what_differs(arguments: dict[str, Any], expected: str) -> None:
    assert user(**arguments) == [expected]


def test_a_new_user() -> None:
    new: dict[Any, Any] = {Users: {}, Directory: None}
    assert user(new, user="bob", groups=["adm"]) == [
        "useradd -d /home/bob -G adm -M bob", "mkdir -p /home/bob", "chown bob: /home/bob",
    ]  # fmt: skip
    assert user(new, user="sys", ensure_home=False) == ["useradd -d /home/sys -g sys -M sys"]
    assert user(new, user="bob", create_home=True) == ["mkdir -p /home", "useradd -d /home/bob -m bob"]


def test_the_home_directory() -> None:
    assert user({Directory: {**HOME, "user": "root"}}) == ["chown ann:ann /home/ann"]
    assert user({Directory: False, Link: {"link_target": "/x"}}) == []
    with pytest.raises(OperationError, match="is not a directory"):
        user({Directory: False, Link: False})


def test_keys() -> None:
    made = user(public_keys=KEY)
    assert [line.split(" ")[0] for line in made] == ["chmod", "WriteFileCommand(<StringIO>,"]
    assert "mode='600', user='ann'" in made[1]


def test_keys_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key.pub"
    file.write_text(f"# comment\n{KEY}\n")
    facts = {Home: "/home/ann", Directory: {**HOME, "mode": 700}}
    assert len(commands_of(server.user_authorized_keys, facts, user="ann", public_keys=[str(file)])) == 1
    with pytest.raises(OperationValueError, match="neither a key nor a file"):
        commands_of(server.user_authorized_keys, facts, user="ann", public_keys=["no/such/file"])


def test_another_uid_is_reported() -> None:
    stub = StubHost({AccountPrograms: SHADOW, Users: {"ann": ANN}, Groups: ["ann"], Directory: HOME})
    from pyinfra.context import ctx_host

    with ctx_host.use(stub):
        assert list(server.user._inner(user="ann", uid=7)) == []
    assert any("keeps its uid 1000" in note for note in stub.notes)


def test_a_host_without_programs() -> None:
    none = {AccountPrograms: Programs("Linux", frozenset())}
    assert user(none) == []
    with pytest.raises(OperationError, match="no programs to manage accounts"):
        user(none, shell="/bin/false")


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({"user": "-x"}, "user"),
        ({"user": ""}, "user"),
        ({"user": "a:b"}, "user"),
        ({"user": "a b"}, "user"),
        ({"user": "$(id)"}, "user"),
        ({"home": "/a\nroot2:x:0:0::/:/bin/sh"}, "home"),
        ({"shell": "/bin/sh:x"}, "shell"),
        ({"comment": "a:b"}, "comment"),
        ({"password": "x\nroot:y"}, "password"),
        ({"groups": "adm"}, "groups"),
        ({"groups": ["a,b"]}, "groups"),
        ({"uid": "x"}, "uid"),
        ({"public_keys": 5}, "public_keys"),
    ],
)
def test_arguments_that_make_no_sense(arguments: dict[str, Any], argument: str) -> None:
    with pytest.raises((OperationValueError, OperationTypeError)) as caught:
        user(**arguments)
    assert caught.value.details.argument == argument


# -- server.group, server.hostname ---------------------------------------------------------


def test_a_group() -> None:
    facts = {AccountPrograms: SHADOW, Groups: ["adm"]}
    assert commands_of(server.group, facts, group="adm") == []
    assert commands_of(server.group, facts, group="team", gid="7", system=True) == ["groupadd -r team --gid 7"]
    assert commands_of(server.group, facts, group="adm", present=False) == ["groupdel adm"]
    assert commands_of(server.group, facts, group="team", present=False) == []
    with pytest.raises(OperationValueError):
        commands_of(server.group, facts, group="-x")


def test_a_host_name() -> None:
    from pyinfra.operations._server.hostname import SystemdRuns

    facts: dict[Any, Any] = {Os: "Linux", Hostname: "old"}
    made = commands_of(server.hostname, {**facts, Directory: HOME}, hostname="new")
    assert made[0] == "hostname new"
    assert "'/etc/hostname'" in made[1]
    by_systemd = commands_of(server.hostname, {**facts, SystemdRuns: True}, hostname="new")
    assert by_systemd == ["hostnamectl set-hostname new"]
    assert commands_of(server.hostname, {**facts, Hostname: "new", SystemdRuns: True}, hostname="new") == []
    for name in ("-x", "a b", "a;b", "$(id)", "", "a\n"):
        with pytest.raises(OperationValueError):
            commands_of(server.hostname, facts, hostname=name)


# -- server.shell, server.script, server.wait ----------------------------------------------


def test_commands(machine: Machine) -> None:
    assert machine.once(server.shell, commands="echo one; echo two").stdout_lines == ["one", "two"]
    meta = machine.once(server.shell, commands=["echo one", StringCommand("echo", HiddenValue("two"))])
    assert meta.stdout_lines == ["one", "two"]
    assert [str(command) for command in meta.commands] == ["echo one", "echo *MASKED*"]
    for wrong in (5, {"a": 1}, [5]):
        assert isinstance(machine.fails(server.shell, commands=wrong), OperationTypeError)


@pytest.mark.parametrize("status", [0, 3])
def test_a_script_leaves_nothing(status: int, machine: Machine, tmp_path: Path) -> None:
    script = tmp_path / "it's; a $(script)"
    script.write_text(f'echo "$0"; for a in "$@"; do echo "<$a>"; done; exit {status}\n')
    args = ["a b", "it's", "$(touch pwned)", "-n", "", "a;b", "*"]
    with machine.run(FAIL_PERCENT=100) as state:
        from pyinfra.api.operation import add_op
        from pyinfra.api.operations import run_ops

        (meta,) = add_op(state, server.script, src=str(script), args=args, _ignore_errors=True).values()
        run_ops(state)
    assert meta.did_succeed() == (status == 0)
    path, *shown = meta.stdout_lines
    assert shown == [f"<{arg}>" for arg in args]
    assert not os.path.lexists(path)


def test_waiting(machine: Machine) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]

        def listen_soon() -> None:
            time.sleep(0.3)
            listener.listen()

        thread = threading.Thread(target=listen_soon)
        thread.start()
        assert machine.once(server.wait, port=port, _timeout=20).did_succeed()
        thread.join()
    for wrong in (0, "x", 70000, True, None, "22; id"):
        error = machine.fails(server.wait, port=wrong)
        assert isinstance(error, PyinfraError)
        assert error.details.argument == "port"


def test_waiting_has_an_end(machine: Machine) -> None:
    from pyinfra.api.operation import add_op
    from pyinfra.api.operations import run_ops

    with socket.socket() as closed, machine.run(FAIL_PERCENT=100) as state:
        closed.bind(("127.0.0.1", 0))
        arguments = {"port": closed.getsockname()[1], "_timeout": 1, "_ignore_errors": True}
        (meta,) = add_op(state, server.wait, **arguments).values()
        run_ops(state)
    assert not meta.did_succeed()


# -- plans ---------------------------------------------------------------------------------


def test_what_follows_is_planned_against_what_will_be(machine: Machine) -> None:
    from pyinfra.api.operation import add_ops

    calls = [
        (server.user, {"user": "nobody-yet", "groups": ["daemon"], "ensure_home": False}),
        (server.user, {"user": "nobody-yet", "groups": ["daemon"], "ensure_home": False}),
        (server.user, {"user": "nobody-yet", "shell": "/bin/false", "ensure_home": False}),
        (server.user, {"user": "nobody-yet", "present": False}),
        (server.user, {"user": "nobody-yet", "present": False}),
    ]
    if "useradd" not in machine.fact(AccountPrograms).names:
        pytest.skip("no account tools here")
    with machine.run() as state:
        metas = [next(iter(meta.values())) for meta in add_ops(state, calls)]
        assert [meta.will_change for meta in metas] == [True, False, True, True, False]


def test_facts_that_are_asked_for() -> None:
    stub = StubHost({AccountPrograms: SHADOW, Users: {"ann": ANN}, Groups: ["ann"], Directory: HOME})
    from pyinfra.context import ctx_host

    with ctx_host.use(stub):
        list(server.user._inner(user="ann"))
    assert set(stub.asked) <= {Users, Groups, AccountPrograms, Directory, File, Link}
