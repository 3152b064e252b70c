"""Settings in files on real systems, BusyBox among them; judged by what the hosts' own shells and kernels say."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pyinfra.api import PyinfraError
from pyinfra.facts.server import EtcHosts, Mounts, SecurityLimits, Sysctl
from pyinfra.operations import server
from tests.unit.operations.machine import Machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lab import Host, Lab

WRITTEN = ("etc/hosts", "etc/sysctl.d/60-ours.conf", "etc/security/limits.conf")
RANGE = "net.ipv4.ip_local_port_range"
KEYS = [f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB7ZAm9vYmFyYmF{n} someone@somewhere" for n in range(8)]


@pytest.fixture(scope="module")
def debian(lab: Lab) -> Iterator[Host]:
    """A host of these tests alone: sudo itself reads files that they write."""
    (host,) = lab.up(1)
    yield host
    lab.remove(host)


@pytest.fixture(params=["root", "sudo", "busybox"])
def place(request: pytest.FixtureRequest) -> Iterator[tuple[Host, Machine]]:
    """A host whose files are as they were afterwards, and how operations reach it as root."""
    host: Host = request.getfixturevalue("busybox_host" if request.param == "busybox" else "debian")
    before = {name: file.read_bytes() for name in WRITTEN if (file := host.root / name).exists()}
    sudo = request.param == "sudo"
    yield host, Machine(host.name, host.ssh_data("deploy"), _sudo=True) if sudo else Machine(host.name, host.ssh_data())
    for name in WRITTEN:
        (host.root / name).unlink(missing_ok=True)
    for name, content in before.items():
        (host.root / name).write_bytes(content)


def test_names_of_addresses(place: tuple[Host, Machine]) -> None:
    host, machine = place
    host.sh("cat >/etc/hosts; chmod 664 /etc/hosts", input="127.0.0.1 localhost # $(x)\n\n# ours: `y`\n10.1.1.1 old")
    machine.apply(server.etc_hosts, ip="10.1.1.2", hostnames=["db.lab", "db"])
    machine.apply(server.etc_hosts, ip="10.1.1.1", hostnames=["new.lab"])
    machine.apply(server.etc_hosts, ip="10.1.1.2", hostnames="db", present=False)
    assert host.sh("cat /etc/hosts") == (
        "127.0.0.1 localhost # $(x)\n\n# ours: `y`\n10.1.1.1 new.lab\n10.1.1.2 db.lab\n"
    )
    assert host.sh("stat -c '%a %U' /etc/hosts") == "664 root\n"
    assert machine.fact(EtcHosts)["10.1.1.2"] == ["db.lab"]
    if host.kind != "busybox":
        assert host.sh("getent hosts db.lab").split() == ["10.1.1.2", "db.lab"]
    machine.apply(server.etc_hosts, ip="10.1.1.2", present=False)
    assert "10.1.1.2" not in host.sh("cat /etc/hosts")


def test_kernel_settings(place: tuple[Host, Machine]) -> None:
    host, machine = place
    host.sh(f"echo 32768 60999 >/proc/sys/{RANGE.replace('.', '/')}")
    kept: dict[str, Any] = {"persist": True, "persist_file": "/etc/sysctl.d/60-ours.conf"}
    machine.apply(server.sysctl, key=RANGE, value=[20000, 50000], **kept)
    assert host.sh(f"cat /proc/sys/{RANGE.replace('.', '/')}").split() == ["20000", "50000"]
    assert host.sh("cat /etc/sysctl.d/60-ours.conf") == f"{RANGE} = 20000 50000\n"
    machine.unchanged(server.sysctl, key=RANGE, value="20000\t50000")
    machine.apply(server.sysctl, key="net.ipv4.ip_forward", value=1, **kept)
    machine.apply(server.sysctl, key="net/ipv4/ip_forward", value="0", **kept)
    assert host.sh("cat /etc/sysctl.d/60-ours.conf").splitlines()[1] == "net/ipv4/ip_forward = 0"
    host.sh("rm /etc/sysctl.d/60-ours.conf")
    machine.apply(server.sysctl, key="net.ipv4.ip_forward", value=0, **kept)
    assert machine.fact(Sysctl, keys=["net.ipv4.ip_forward"]) == {"net.ipv4.ip_forward": 0}


def test_kernel_settings_without_a_program(busybox_host: Host) -> None:
    host = busybox_host
    machine = Machine(host.name, host.ssh_data())
    program = host.sh("ls /sbin/sysctl /usr/sbin/sysctl /bin/sysctl 2>/dev/null || :").split()[0]
    host.sh(f"mv {program} /srv/sysctl")
    try:
        host.sh(f"echo 32768 60999 >/proc/sys/{RANGE.replace('.', '/')}")
        machine.apply(server.sysctl, key=RANGE, value="20000 50000")
        assert host.sh(f"cat /proc/sys/{RANGE.replace('.', '/')}").split() == ["20000", "50000"]
    finally:
        host.sh(f"mv /srv/sysctl {program}")


def test_limits(place: tuple[Host, Machine]) -> None:
    host, machine = place
    host.sh("[ ! -e /etc/security/limits.conf ] || echo '# ours' >/etc/security/limits.conf")
    machine.apply(server.security_limit, domain="@crew", limit_type="soft", item="nofile", value=4096)
    machine.apply(server.security_limit, domain="*", limit_type="-", item="core", value="unlimited")
    machine.apply(server.security_limit, domain="@crew", limit_type="soft", item="nofile", value=8192)
    assert host.sh("grep -v '^#' /etc/security/limits.conf") == ("@crew\tsoft\tnofile\t8192\n*\t-\tcore\tunlimited\n")
    assert [limit["value"] for limit in machine.fact(SecurityLimits)] == ["8192", "unlimited"]


def test_mounts(place: tuple[Host, Machine]) -> None:
    host, machine = place
    host.sh("mkdir -p '/srv/a mount'")
    given: dict[str, Any] = {"path": "/srv/a mount", "device": "tmpfs", "fs_type": "tmpfs"}
    try:
        machine.apply(server.mount, **given, options=["noexec", "size=1m", "mode=0750", "nofail"])
        found = machine.fact(Mounts)["/srv/a mount"]
        assert {"noexec", "size=1024k", "mode=750"} <= {*found["options"]}
        host.sh("touch '/srv/a mount/kept'")
        machine.apply(server.mount, **given, options=["noexec", "size=2m"])
        line = next(line for line in host.sh("cat /proc/mounts").splitlines() if " /srv/a\\040mount " in line)
        assert "size=2048k" in line
        assert host.sh("ls '/srv/a mount'") == "kept\n", "it was not mounted anew"
        machine.apply(server.mount, path="/srv/a mount", options=["ro"])
        assert host.run(["touch", "/srv/a mount/x"], check=False).returncode
        host.sh("ln -s '/srv/a mount' /srv/link")
        machine.unchanged(server.mount, **{**given, "path": "/srv/link"})
        machine.apply(server.mount, path="/srv/a mount", mounted=False)
        assert "a\\040mount" not in host.sh("cat /proc/mounts")
    finally:
        host.sh("umount '/srv/a mount' 2>/dev/null; rmdir '/srv/a mount'; rm -f /srv/link")


def test_signals(place: tuple[Host, Machine]) -> None:
    host, machine = place
    pid = int(host.sh("sleep 300 >/dev/null 2>&1 & echo $!"))
    assert machine.once(server.kill, pid=pid, signal="SIGKILL").did_succeed()
    host.sh(f"n=0; while [ -e /proc/{pid} ] && [ $n -lt 50 ]; do n=$((n+1)); sleep 0.1; done; [ ! -e /proc/{pid} ]")


def test_a_module_that_is_loaded(place: tuple[Host, Machine]) -> None:
    host, machine = place
    loaded = host.sh("cut -d' ' -f1 /proc/modules 2>/dev/null || :").split()
    if loaded:
        machine.unchanged(server.modprobe, module=loaded[:2])
    machine.unchanged(server.modprobe, module="no_such_module", present=False)


def test_a_script_made_for_the_host(place: tuple[Host, Machine], tmp_path: Path) -> None:
    host, machine = place
    template = tmp_path / "greet.sh"
    template.write_text('#!/bin/sh\necho "{{ word }} from $(hostname): $1"; ls -l "$0" >&2\n')
    before = host.snapshot()
    meta = machine.once(server.script_template, src=str(template), args=["it's;$(id)"], word="hello")
    assert meta.stdout == f"hello from {host.sh('hostname').strip()}: it's;$(id)"
    assert meta.stderr.startswith("-rwx------")
    assert [leak for leak in host.leaks(before) if "/tmp" in leak] == []


# -- keys ----------------------------------------------------------------------------------


@pytest.fixture
def keys(place: tuple[Host, Machine]) -> Iterator[tuple[Host, Machine, str]]:
    """A place without the one file of keys."""
    host, machine = place
    folder = "/srv/keys of deploy"
    host.sh(f"rm -rf '{folder}'")
    yield host, machine, folder
    host.sh(f"rm -rf '{folder}'")


def test_the_first_key_is_the_first_line(keys: tuple[Host, Machine, str]) -> None:
    host, machine, folder = keys
    where: dict[str, Any] = {
        "user": "deploy",
        "authorized_key_directory": folder,
        "authorized_key_filename": "it's keys",
    }
    machine.apply(server.user_authorized_keys, public_keys=KEYS[:1], **where)
    assert host.sh(f'cat "{folder}/it\'s keys"') == f"{KEYS[0]}\n"
    host.sh(f"printf '# mine\\nssh-rsa BBBB me' >\"{folder}/it's keys\"")
    machine.apply(server.user_authorized_keys, public_keys=KEYS[:2], **where)
    assert host.sh(f'cat "{folder}/it\'s keys"') == f"# mine\nssh-rsa BBBB me\n{KEYS[0]}\n{KEYS[1]}\n"
    assert host.sh(f"stat -c '%U %a' \"{folder}/it's keys\" '{folder}'").split() == ["deploy", "600", "deploy", "700"]


def test_keys_of_several_at_once(keys: tuple[Host, Machine, str]) -> None:
    """Whoever comes too late fails, and says so; nobody's key is lost without a word."""
    host, machine, folder = keys
    host.sh(f"mkdir -p '{folder}'; echo '{KEYS[0]}' >'{folder}/authorized_keys'; chown -R deploy: '{folder}'")
    added: list[str] = []

    def add(key: str) -> None:
        from pyinfra.api.operation import add_op
        from pyinfra.api.operations import run_ops

        # It may be caught while somebody else writes: then it fails, too.
        with machine.run(FAIL_PERCENT=100) as state, contextlib.suppress(PyinfraError):
            arguments = {**machine.arguments, "user": "deploy", "authorized_key_directory": folder}
            metas = add_op(state, server.user_authorized_keys, public_keys=key, _ignore_errors=True, **arguments)
            run_ops(state)
            if next(iter(metas.values())).did_succeed():
                added.append(key)

    threads = [threading.Thread(target=add, args=(key,)) for key in KEYS[1:4]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = host.sh(f"cat '{folder}/authorized_keys'").splitlines()
    assert added
    assert found[0] == KEYS[0]
    assert {*added} == {*found[1:]}
