"""The examples run as they stand on real hosts, twice: the first run changes something, the second finds it done."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.lab import Host, Lab

from .borrowed import PLACE, ROOT, BorrowedPython

WANTED = "pyinfra:x:/home/pyinfra:/bin/bash"


def account(host: Host) -> str:
    """What the host itself says of the user that the example makes: name, password, home and shell."""
    fields = host.sh("getent passwd pyinfra").strip().split(":")
    return ":".join([*fields[:2], *fields[5:]])


@pytest.mark.parametrize("user", ["root", "deploy"])
def test_api_localhost(fresh_host: Host, user: str) -> None:
    python = BorrowedPython(fresh_host)
    program = f"{PLACE}/checkout/examples/api_localhost.py"
    before = fresh_host.snapshot()
    first = python.run(program, user=user).stdout.splitlines()
    assert account(fresh_host) == WANTED
    second = python.run(program, user=user).stdout.splitlines()
    assert [first[0].split()[0], second[0].split()[0]] == ["True", "False"]
    for lines in (first, second):
        assert lines[1] == "True root"
        assert lines[2].startswith("/"), "the PATH of the host"
        assert any("GNU bash" in line for line in lines)
        assert "Linux" in lines[-1]
    assert not fresh_host.leaks(before)


@pytest.fixture(scope="module")
def three_hosts(lab: Lab) -> Generator[list[Host]]:
    hosts = lab.up(3)
    yield hosts
    lab.remove(*hosts)


@pytest.mark.parametrize("user", ["root", "deploy"])
def test_api_ssh(lab: Lab, three_hosts: list[Host], user: str, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(f"Host *\n  User {user}\nInclude {lab.ssh_config}\n")
    environment = {**os.environ, "SSH_CONFIG": str(config)}
    command = [sys.executable, str(ROOT / "examples" / "api_ssh.py"), *(host.name for host in three_hosts)]

    def run() -> list[str]:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    for host in three_hosts:
        host.sh("userdel --remove pyinfra 2>/dev/null", check=False)
    for changed in ("True", "False"):
        lines = run()
        for host in three_hosts:
            own = [line.split()[1:] for line in lines if line.startswith(f"{host.name} ")]
            assert [words[0] for words in own] == [changed, "True"]
            assert own[1][1] == "root"
    assert [account(host) for host in three_hosts] == [WANTED] * 3


@pytest.mark.parametrize("user", ["root", "deploy"])
def test_timings(fresh_host: Host, user: str) -> None:
    done = BorrowedPython(fresh_host).run(f"{PLACE}/checkout/examples/timings.py", user=user)
    rows = [line.split() for line in done.stdout.splitlines()]
    assert [row[0] for row in rows] == ["operation", "Fail", "Say", "Take"]
    assert [row[-3] for row in rows[1:]] == ["failed", "ok", "ok"]
    assert 0.2 <= float(rows[3][-1]) < 5


def test_notebook(fresh_host: Host) -> None:
    done = BorrowedPython(fresh_host).run(f"{PLACE}/checkout/examples/notebook_async.py")
    assert "@local Linux" in done.stdout
    assert "the loop went on meanwhile: True" in done.stdout


def test_the_demo_touches_nothing_but_its_scratch_directory(fresh_host: Host) -> None:
    python = BorrowedPython(fresh_host)
    list_files = "find / -xdev -newer /borrowed/stamp -type f -not -path '/proc/*' -not -path '/run/*'"
    fresh_host.sh("sleep 0.01; : > /borrowed/stamp; sleep 0.01")
    done = python.run(f"{PLACE}/checkout/scripts/lib/demo.py", user="deploy")
    assert ", the second 0." in done.stdout
    assert fresh_host.sh(list_files).split() == []
