"""Processes that converged operations begin on a host: they do not grow with what is looked at."""

from __future__ import annotations

from collections.abc import Callable, Generator
from io import StringIO

import pytest

from pyinfra import host as pyinfra_host
from pyinfra.api import FileUploadCommand, operation
from pyinfra.api.deploy import add_deploy
from pyinfra.api.operations import run_ops
from pyinfra.facts.deb import DebPackages
from pyinfra.facts.server import Groups, Hostname, Kernel, LinuxDistribution, Mounts, Users
from pyinfra.operations import apt, files, server, sysvinit
from tests.lab import Host

from .counting import counted
from .runs import run_on

NAMES = ["base-files", "bash", "coreutils", "cron", "dash", "diffutils", "dpkg", "findutils", "grep", "gzip",
         "hostname", "login", "mount", "passwd", "perl-base", "procps", "sed", "sudo", "tar", "util-linux"]  # fmt: skip


@pytest.fixture
def host(fresh_host: Host) -> Host:
    return fresh_host


def spent(host: Host, deploy: Callable[[], object]) -> int:
    """How many processes it takes to plan something; nothing of it is to be done."""
    with run_on([host]) as state:
        with counted(host) as count:
            add_deploy(state, deploy)
        [meta] = state.meta.values()
        assert meta.ops_change == 0
    return count.processes


def test_a_login(host: Host) -> None:
    """sshd's own ones, the shell, and two that tell who it is."""
    with counted(host) as count, run_on([host]):
        pass
    assert count.processes <= 8


def test_packages(host: Host) -> None:
    one = spent(host, lambda: apt.packages(packages=NAMES[:1]))
    assert one <= 4
    assert spent(host, lambda: apt.packages(packages=NAMES)) == one
    assert spent(host, lambda: [apt.packages(packages=[name]) for name in NAMES]) == one


def test_services(host: Host) -> None:
    """Each script is asked by itself: there is no other way. The rest is asked once."""
    host.sh(
        "for n in 1 2 3 4 5 6 7 8; do printf '#!/bin/sh\\nexit 0\\n' >/etc/init.d/s$n; chmod 755 /etc/init.d/s$n; done"
    )
    names = [f"s{number}" for number in range(1, 9)]
    one = spent(host, lambda: sysvinit.service(service="s1"))
    assert spent(host, lambda: [sysvinit.service(service=name) for name in names]) <= one + 14


def test_files(host: Host) -> None:
    host.sh(
        "mkdir /srv/many; cd /srv/many; for n in 0 1 2 3 4 5 6 7 8 9; do echo $n >$n; ln -s $n l$n; mkdir d$n; done"
    )

    def of(numbers: range) -> Callable[[], None]:
        def deploy() -> None:
            for n in numbers:
                files.file(path=f"/srv/many/{n}")
                files.directory(path=f"/srv/many/d{n}")
                files.link(path=f"/srv/many/l{n}", target=str(n))
                files.line(path=f"/srv/many/{n}", line=str(n))

        return deploy

    one = spent(host, of(range(1)))
    assert one <= 12  # a stat for all, one for where links lead, and three more for all contents
    assert spent(host, of(range(10))) == one


def test_accounts(host: Host) -> None:
    def of(users: list[str]) -> Callable[[], None]:
        def deploy() -> None:
            for user in users:
                server.group(group=user)
                server.user(user=user)

        return deploy

    one = spent(host, of(["deploy"]))
    assert one <= 12
    assert spent(host, of(["deploy", "alice", "bob", "fishy", "cshy"])) == one


def test_facts(host: Host) -> None:
    def deploy() -> None:
        for fact in (Users, Groups, Hostname, Kernel, LinuxDistribution, Mounts, DebPackages):
            pyinfra_host.get_fact(fact)

    assert spent(host, deploy) <= 20


def test_accounts_and_groups_together(host: Host) -> None:
    """A file whose owner and group are given as numbers asks for both: grep and lastlog tell all."""

    def deploy() -> None:
        files.file(path="/etc/passwd", user="0", group="0")

    one = spent(host, lambda: files.file(path="/etc/passwd", user="0"))
    assert spent(host, deploy) <= one


@operation(is_idempotent=False)
def fifty_files() -> Generator[FileUploadCommand, None, None]:
    """Write small files."""
    for number in range(50):
        yield FileUploadCommand(StringIO(f"{number}\n"), f"/srv/new/{number}")


def test_many_new_files(host: Host) -> None:
    """A directory of ours, a move, and a few more for fifty files."""
    host.sh("mkdir -p /srv/new")
    with run_on([host]) as state:
        add_deploy(state, fifty_files)
        with counted(host) as count:
            run_ops(state)
    assert host.sh("cat /srv/new/* | wc -l").strip() == "50"
    assert count.processes <= 12
