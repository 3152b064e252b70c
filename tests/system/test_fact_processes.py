"""Processes that reading facts takes: as many on a host that has much of everything as on one that has little."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from benchmarks.fact_costs import question, questions, run_once

from pyinfra.api import FactBase
from pyinfra.facts.deb import DebPackage
from tests.lab import Host, Lab

from .hostile_values import all_facts

MANY = 40
# Accounts, files of all kinds, mounts, jobs, processes: whatever there can be many of without programs of its own.
_ON_ALL = """
numbers=$(seq 1 40)
for n in $numbers; do
echo "many$n:x:$((3000+n)):$((3000+n)):Many:/home/many$n:/bin/sh" >>/etc/passwd
echo "many$n:*:19000:0:99999:7:::" >>/etc/shadow
echo "many$n:x:$((3000+n)):root" >>/etc/group
echo "10.9.8.$n many$n.example.org" >>/etc/hosts
mkdir -p /etc/many/d$n /mnt/many$n
echo "# BEGIN PYINFRA BLOCK" >/etc/many/f$n
ln -s f$n /etc/many/l$n
mount -t tmpfs many$n /mnt/many$n
sleep 300 >/dev/null 2>&1 &
done
"""
_ON_DEBIAN = """
for n in $numbers; do
echo "deb [trusted=yes] file:/srv/none$n ./" >/etc/apt/sources.list.d/many$n.list
cp /usr/share/keyrings/debian-archive-keyring.gpg /etc/apt/keyrings/many$n.gpg
echo "many$n soft nofile 4096" >>/etc/security/limits.conf
{ echo "Package: many$n"; printf '%s\\n' 'Status: install ok installed' 'Architecture: all' 'Version: 1' \\
'Maintainer: x' 'Description: x' ''; } >>/var/lib/dpkg/status
printf '#!/bin/sh\\nexit 0\\n' >/etc/init.d/many$n; chmod 755 /etc/init.d/many$n
echo "$n 3 * * * true"
done | crontab -
"""
_PACKAGES = ["bash", "dash", "dpkg", "grep", "gzip", "hostname", "none-of-these", "sed", "tar"]
# Plans for packages are apt's own affair, with files of its own; it is not asked how it does that.
_NOT_OURS = {"apt.SimulateOperationWillChange"}
# Facts about paths that take a program for each: nothing else does regular expressions as grep does.
_ONE_BY_ONE = {"files.FindInFile"}


@pytest.fixture(params=["plain", "busybox"])
def host(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Host]:
    host = lab.up(1, request.param)[0]
    yield host
    lab.remove(host)


def spent(host: Host) -> dict[str, int]:
    """How many processes each fact takes that a host has."""
    found = {name: run_once(host, command, program) for name, command, program in questions() if name not in _NOT_OURS}
    return {name: seen[0] for name, seen in found.items() if seen is not None}


def test_many_of_everything(host: Host) -> None:
    host.sh("mkdir -p /etc/apt/keyrings /etc/many; cd /etc/many; echo >f0; ln -s f0 l0; echo >/etc/apt/keyrings/m.gpg")
    before = spent(host)
    assert len(before) > 50
    host.sh(_ON_ALL + (_ON_DEBIAN if host.kind == "plain" else ""))
    after = spent(host)
    assert {name: after.get(name) for name in before} == before
    if host.kind == "plain":
        assert host.sh("crontab -l | wc -l; dpkg -l 'many*' | grep -c ^ii").split() == [str(MANY), str(MANY)]
    assert host.sh("grep -c ' /mnt/many' /proc/self/mounts").strip() == str(MANY)


def test_many_paths_asked_together(host: Host) -> None:
    """What operations on many paths ask comes in one command, with no more processes than for one path."""
    host.sh("mkdir /srv/m; for n in $(seq 1 40); do echo x >/srv/m/f$n; ln -s f$n /srv/m/l$n; mkdir /srv/m/d$n; done")
    checked = set()
    for name, fact in all_facts().items():
        if not name.startswith("files.") or name in _ONE_BY_ONE:
            continue
        kind = {"files.Link": "l", "files.Directory": "d"}.get(name, "f")
        if fact.batch_command is FactBase.batch_command:
            continue
        calls = [{"path": f"/srv/m/{kind}{number}"} for number in range(1, MANY + 1)]
        one = run_once(host, *question(fact, *calls[:1]))
        many = run_once(host, *question(fact, *calls))
        assert one is not None, name
        assert many is not None, name
        assert one[0] == many[0], name
        assert one[1] < many[1] or name == "files.Sha384File", name  # BusyBox has no program for that
        checked.add(name)
    calls = [{"package": name} for name in _PACKAGES]
    if host.kind == "plain":
        one = run_once(host, *question(DebPackage, *calls[:1]))
        many = run_once(host, *question(DebPackage, *calls))
        assert one is not None
        assert many is not None
        assert one[0] == many[0]
    assert checked >= {"files.File", "files.Link", "files.Sha256File", "files.Block", "files.FileContents"}


def test_few_processes(host: Host) -> None:
    """The shell of the command, and the program."""
    most = {
        "server.Users": 3, "server.Groups": 2, "server.Mounts": 2, "server.Sysctl": 3, "server.Hostname": 1,
        "server.Kernel": 1, "server.LinuxDistribution": 1, "server.Which": 1, "server.Uptime": 1, "files.File": 2,
        "files.Link": 3, "files.Sha1File": 2, "files.FileContents": 4, "deb.DebPackages": 2, "apt.AptSources": 2,
        "server.Processes": 4,
    }  # fmt: skip
    found = spent(host)
    assert {name: found[name] for name in most if found.get(name, 0) > most[name]} == {}
