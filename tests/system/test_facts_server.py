"""Facts about whole systems, read over SSH, against what the host's own files say."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from pyinfra.api.facts import get_facts
from pyinfra.facts import server
from pyinfra.facts.server import (
    Date,
    Groups,
    Home,
    Hostname,
    Kernel,
    LinuxName,
    Mounts,
    Port,
    Processes,
    Uptime,
    User,
    Users,
    Which,
)

from .runs import run_on

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lab import Host as LabHost

NEEDS_ARGUMENTS = {"AuthorizedKeys": ("root",), "Command": ("echo hello",), "Port": (22,), "Which": ("sh",)}


def read(host: LabHost, fact: Any, *args: Any, user: str = "root", **kwargs: Any) -> Any:
    with run_on([host], user) as state:
        (value,) = get_facts(state, fact, args=args, kwargs=kwargs).values()
    return value


@pytest.fixture(params=["plain", "busybox"])
def host(request: pytest.FixtureRequest) -> LabHost:
    if request.param == "plain":
        first: LabHost = request.getfixturevalue("plain_hosts")[0]
        return first
    busybox: LabHost = request.getfixturevalue("busybox_host")
    return busybox


def fields_of(host: LabHost, file: str) -> list[list[str]]:
    return [line.split(":") for line in host.sh(f"cat {file}").splitlines() if line]


def test_users_and_groups(host: LabHost) -> None:
    users = read(host, Users)
    groups = fields_of(host, "/etc/group")
    shadow = {fields[0]: fields[1] for fields in fields_of(host, "/etc/shadow")}
    accounts = fields_of(host, "/etc/passwd")
    assert list(users) == [fields[0] for fields in accounts]
    for name, _, uid, gid, comment, home, shell in accounts:
        assert users[name]["uid"] == int(uid)
        assert users[name]["gid"] == int(gid)
        assert users[name]["comment"] == (comment or None)
        assert (users[name]["home"], users[name]["shell"]) == (home, shell)
        assert users[name]["password"] == shadow.get(name, "x")
        assert users[name]["groups"] == [
            group[0] for group in groups if name in group[3].split(",") and group[0] != users[name]["group"]
        ]
    assert read(host, Groups) == [fields[0] for fields in groups]


def test_users_as_somebody_who_may_not_read_passwords(host: LabHost) -> None:
    users = read(host, Users, user="deploy")
    assert users["deploy"]["home"] == read(host, Home, "deploy")
    assert {user["password"] for user in users.values()} == {None}
    assert read(host, User, user="deploy") == "deploy"


def test_the_system(host: LabHost) -> None:
    assert read(host, Kernel) == "Linux"
    assert read(host, Hostname) == host.sh("uname -n").strip()
    assert abs(read(host, Date).timestamp() - time.time()) < 10
    assert abs(read(host, Uptime) - float(host.sh("cat /proc/uptime").split()[0])) < 10
    assert read(host, Which, "sh") in ("/bin/sh", "/usr/bin/sh")
    assert read(host, Which, "no-such-program") is None
    assert read(host, Mounts)["/"]["type"] in host.sh("cat /proc/self/mounts")
    processes = read(host, Processes)
    assert processes[1]["user"] == "root"
    if host.kind != "busybox":
        assert read(host, LinuxName) == "Debian"


def test_a_port(plain_hosts: list[LabHost]) -> None:
    name, pid = read(plain_hosts[0], Port, 22)
    assert name == "sshd"
    assert str(pid) in plain_hosts[0].sh("ls /proc")


@pytest.mark.parametrize("name", server.__all__)
def test_every_fact_can_be_read(name: str, host: LabHost) -> None:
    fact: Callable[[], Any] = getattr(server, name)
    if not hasattr(fact, "command") and not hasattr(fact, "fact"):
        pytest.skip("not a fact")
    if host.kind == "busybox" and name in ("Port", "Ports"):
        pytest.skip("its netstat may not tell programs")
    with run_on([host]) as state:
        get_facts(state, fact, args=NEEDS_ARGUMENTS.get(name, ()))
        assert not state.failed_hosts
