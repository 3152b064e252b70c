"""Users, groups and host names on real systems; what came of it is read from the hosts' own files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pyinfra.api import HiddenValue, OperationError
from pyinfra.operations import server
from tests.unit.operations.machine import Machine

from . import busybox_accounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lab import Host, Lab

HASH = "$6$abcdefgh$k8s9Tn1CzTgPnZK0wq3o3l7o0w2m7b6Q0x8xk5m3Qv0Xk2uYF4c9l3nU0hXr6x7jZb1cQyVt9o5sWm2kq1pR/"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB7ZAm9vYmFyYmF6 someone@somewhere"


@pytest.fixture(scope="module")
def busybox_with_accounts(lab: Lab) -> Iterator[Host]:
    """A host with BusyBox only, and with its account tools."""
    (host,) = lab.up(1, "busybox")
    busybox_accounts.install(host)
    yield host
    lab.remove(host)


@pytest.fixture(params=["root", "sudo", "busybox"])
def accounts(request: pytest.FixtureRequest) -> tuple[Host, Machine]:
    """A host with account tools, and how operations reach it as root."""
    if request.param == "busybox":
        box: Host = request.getfixturevalue("busybox_with_accounts")
        return box, Machine(box.name, box.ssh_data())
    host: Host = request.getfixturevalue("plain_hosts")[0]
    if request.param == "root":
        return host, Machine(host.name, host.ssh_data())
    return host, Machine(host.name, host.ssh_data("deploy"), _sudo=True)


@pytest.fixture(params=["root", "sudo", "busybox"])
def place(request: pytest.FixtureRequest) -> tuple[Host, Machine]:
    """A host, and how operations reach it as root."""
    if request.param == "busybox":
        box: Host = request.getfixturevalue("busybox_host")
        return box, Machine(box.name, box.ssh_data())
    host: Host = request.getfixturevalue("plain_hosts")[0]
    if request.param == "root":
        return host, Machine(host.name, host.ssh_data())
    return host, Machine(host.name, host.ssh_data("deploy"), _sudo=True)


def entry(host: Host, name: str, file: str = "/etc/passwd") -> list[str]:
    lines = host.sh(f"grep '^{name}:' {file} || true").splitlines()
    return lines[0].split(":") if lines else []


def members(host: Host, group: str) -> list[str]:
    return entry(host, group, "/etc/group")[3].split(",")


@pytest.mark.timeout(300)  # programs may have to be built
def test_a_user_from_its_making_to_its_end(accounts: tuple[Host, Machine]) -> None:
    host, machine = accounts
    host.sh("rm -rf /srv/homes; userdel ann 2>/dev/null || deluser ann 2>/dev/null; groupdel team 2>/dev/null || true")
    machine.apply(server.group, group="team", gid=4242)
    for group in ("games", "sys"):
        machine.once(server.group, group=group, system=True)
    assert entry(host, "team", "/etc/group")[2] == "4242"
    made: dict[str, Any] = {
        "user": "ann", "home": "/srv/homes/ann", "shell": "/bin/sh", "group": "team", "groups": ["games"],
        "uid": 4243, "comment": "Ann $(touch /tmp/pwned) O'Hara", "password": HASH, "public_keys": [KEY],
    }  # fmt: skip
    meta = machine.apply(server.user, **made)
    assert HASH not in f"{[str(command) for command in meta.commands]} {meta.stdout} {meta.stderr}"
    _, _, uid, gid, comment, home, shell = entry(host, "ann")
    assert (uid, gid, comment, home, shell) == ("4243", "4242", made["comment"], made["home"], "/bin/sh")
    assert entry(host, "ann", "/etc/shadow")[1] == HASH
    assert "ann" in members(host, "games")
    assert host.sh("stat -c '%U %G %a %n' /srv/homes/ann/.ssh /srv/homes/ann/.ssh/authorized_keys").splitlines() == [
        "ann team 700 /srv/homes/ann/.ssh", "ann team 600 /srv/homes/ann/.ssh/authorized_keys",
    ]  # fmt: skip
    assert host.sh("cat /srv/homes/ann/.ssh/authorized_keys") == f"{KEY}\n"
    assert host.sh("stat -c %U /srv/homes/ann") == "ann\n"

    machine.apply(server.user, user="ann", groups=["sys"], append=True, shell="/bin/false", comment="a & b/c\\d")
    assert entry(host, "ann")[4:] == ["a & b/c\\d", "/srv/homes/ann", "/bin/false"]
    assert "ann" in members(host, "games")
    assert "ann" in members(host, "sys")
    machine.apply(server.user, user="ann", groups=["sys"], password=HiddenValue("!"), home="/srv/homes/other")
    assert "ann" not in members(host, "games")
    assert entry(host, "ann", "/etc/shadow")[1] == "!"
    assert host.sh("stat -c %U /srv/homes/other") == "ann\n"
    machine.apply(server.user, user="ann", group="games")
    assert entry(host, "ann")[3] == entry(host, "games", "/etc/group")[2]
    machine.unchanged(server.user, user="ann", uid=1)

    machine.apply(server.user, user="ann", present=False)
    assert entry(host, "ann") == []
    machine.apply(server.group, group="team", present=False)
    assert entry(host, "team", "/etc/group") == []
    assert host.sh("ls /tmp/pwned 2>/dev/null || true") == ""


@pytest.mark.timeout(300)
def test_a_user_with_nothing_said(accounts: tuple[Host, Machine]) -> None:
    host, machine = accounts
    host.sh("rm -rf /home/plainly; userdel plainly 2>/dev/null || deluser plainly 2>/dev/null || true")
    machine.apply(server.user, user="plainly", create_home=True)
    assert host.sh("stat -c '%U %G' /home/plainly") == "plainly plainly\n"
    machine.apply(server.user_authorized_keys, user="plainly", public_keys=[KEY, KEY.replace("7Z", "8Z")])
    machine.apply(server.user_authorized_keys, user="plainly", public_keys=KEY, delete_keys=True)
    assert host.sh("cat /home/plainly/.ssh/authorized_keys") == f"{KEY}\n"
    machine.apply(server.user, user="plainly", present=False)


def test_a_host_without_account_tools(busybox_host: Host) -> None:
    machine = Machine(busybox_host.name, busybox_host.ssh_data())
    error = machine.fails(server.user, user="ann")
    assert isinstance(error, OperationError)
    assert "shadow" in (error.details.hint or "")
    machine.unchanged(server.user, user="alice")
    machine.apply(server.user_authorized_keys, user="alice", group="alice", public_keys=[KEY])
    assert busybox_host.sh("stat -c '%U %G %a' ~alice/.ssh/authorized_keys") == "alice alice 600\n"
    assert KEY in busybox_host.sh("cat ~alice/.ssh/authorized_keys").splitlines()


@pytest.mark.parametrize("kind", ["plain", "busybox"])
def test_a_host_name(kind: str, request: pytest.FixtureRequest) -> None:
    host: Host = request.getfixturevalue("busybox_host" if kind == "busybox" else "fresh_host")
    machine = Machine(host.name, host.ssh_data())
    before = host.sh("hostname").strip()
    machine.apply(server.hostname, hostname="other-name")
    assert host.sh("hostname; cat /etc/hostname").splitlines() == ["other-name", "other-name"]
    machine.apply(server.hostname, hostname=before)


def test_a_host_name_with_systemd(systemd_host: Host) -> None:
    machine = Machine(systemd_host.name, systemd_host.ssh_data())
    before = systemd_host.sh("cat /etc/hostname").strip()
    meta = machine.apply(server.hostname, hostname="other-name")
    assert [str(command) for command in meta.commands] == ["hostnamectl set-hostname other-name"]
    assert systemd_host.sh("hostname; cat /etc/hostname").splitlines() == ["other-name", "other-name"]
    machine.once(server.hostname, hostname=before or systemd_host.name)


def test_waiting_for_a_port(place: tuple[Host, Machine]) -> None:
    _, machine = place
    assert machine.once(server.wait, port=22, _timeout=20).did_succeed()


def test_a_script_leaves_nothing(place: tuple[Host, Machine], tmp_path: Any) -> None:
    host, machine = place
    script = tmp_path / "it's a script.sh"
    script.write_text('#!/bin/sh\nprintf "<%s>" "$@"; ls -l "$0" >&2; echo\n')
    before = host.snapshot()
    meta = machine.once(server.script, src=str(script), args=("a;touch /tmp/pwned", "it's", "$(touch /tmp/pwned)", ""))
    assert meta.stdout == "<a;touch /tmp/pwned><it's><$(touch /tmp/pwned)><>"
    assert meta.stderr.startswith("-rwx------")
    assert [leak for leak in host.leaks(before) if "/tmp" in leak] == []
