"""One real host that reaches another with its own ssh; judged by what is there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from pyinfra.operations import ssh
from tests.lab import Host, Lab
from tests.unit.operations.machine import Machine


@pytest.fixture
def pair(lab: Lab) -> Iterator[tuple[Host, Host]]:
    """Two hosts: root of the first may log in to the second, but does not know it."""
    near, far = lab.take(), lab.take()
    key = near.root / "root/.ssh/id_ed25519"
    key.parent.mkdir(mode=0o700, exist_ok=True)
    shutil.copy(lab.key, key)
    key.chmod(0o600)
    yield near, far
    lab.remove(near, far)


def test_keys(pair: tuple[Host, Host]) -> None:
    near, far = pair
    machine = Machine(near.name, near.ssh_data())
    meta = machine.once(ssh.command, hostname=far.address, command="id", _ignore_errors=True)
    assert "verification failed" in meta.stderr
    near.sh("printf 'other.test ssh-ed25519 AAAA' >/root/.ssh/known_hosts")  # no newline in the end
    machine.apply(ssh.keyscan, hostname=far.address)
    known = near.sh("cat /root/.ssh/known_hosts").splitlines()
    assert known[0] == "other.test ssh-ed25519 AAAA"
    assert any(line.split()[:2] == [far.address, "ssh-ed25519"] for line in known[1:])
    machine.unchanged(ssh.keyscan, hostname=far.address, force=True)
    far.sh("rm /etc/ssh/ssh_host_*; ssh-keygen -A; kill -HUP $(pgrep -o -x sshd)")
    far.wait()
    machine.unchanged(ssh.keyscan, hostname=far.address)
    machine.apply(ssh.keyscan, hostname=far.address, force=True)
    assert near.sh(f"ssh -o StrictHostKeyChecking=yes {far.address} echo hello") == "hello\n"
    meta = machine.once(ssh.keyscan, hostname=far.address, port=2, _ignore_errors=True)
    assert "no keys were shown" in meta.stderr


def test_commands_and_files(pair: tuple[Host, Host]) -> None:
    near, far = pair
    machine = Machine(near.name, near.ssh_data())
    near.sh("printf 'one\\n' >\"/root/it's \\$(touch x)\"; cp /bin/true /root/program")
    source = "/root/it's $(touch x)"
    meta = machine.once(ssh.upload, hostname=far.address, filename=source, ssh_keyscan=True)
    assert meta.did_change(), meta.stderr
    assert (far.root / source[1:]).read_text() == "one\n"
    for user in ("deploy", "cshy", "fishy"):
        home = f"home/{user}"
        assert machine.once(ssh.upload, hostname=far.address, filename=source, remote_filename="~/got $x", user=user)
        assert far.sh(f"stat -c %U '/{home}/got $x'") == f"{user}\n"
    machine.once(ssh.upload, hostname=far.address, filename="/root/program", remote_filename="/opt", user="deploy",
                 use_remote_sudo=True)  # fmt: skip
    assert far.sh("stat -c '%U %a' /opt/program; cmp /bin/true /opt/program") == "root 755\n"
    meta = machine.once(
        ssh.command, hostname=far.address, user="deploy", command="""echo "$(id -un)" 'a'\\''b' >done"""
    )
    assert meta.did_change(), meta.stderr
    assert (far.root / "home/deploy/done").read_text() == "deploy a'b\n"
    wanted: dict[str, Any] = {
        "hostname": far.address,
        "filename": "/home/deploy/got $x",
        "local_filename": "/srv/back $(x)",
    }
    machine.apply(ssh.download, **wanted)
    assert near.sh("cat '/srv/back $(x)'") == "one\n"
    far.sh("echo two >'/home/deploy/got $x'")
    machine.unchanged(ssh.download, **wanted)
    machine.apply(ssh.download, **wanted, force=True, again=False)
    assert near.sh("cat '/srv/back $(x)'") == "two\n"
    wanted = {"hostname": far.address, "filename": "/nothing", "local_filename": "/srv/nothing"}
    meta = machine.once(ssh.download, **wanted, _ignore_errors=True)
    assert meta.did_error()
    assert near.sh("ls /srv") == "back $(x)\n"
