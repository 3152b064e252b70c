"""Somebody sits at the terminal: questions, passwords, progress, Ctrl-C; with real hosts at the other end."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyte
import pytest

from tests.lab import PASSWORD, Host
from tests.unit.cli.terminals import Terminal

QUESTION = "Press Enter to run"
TOUCH = """
from pyinfra.operations import files
files.file(name="A mark", path="/srv/mark")
"""
NAP = """
from pyinfra.operations import server
server.shell(name="A nap", commands="sleep 2")
server.shell(name="Awake", commands="echo awake")
"""
LONG = """
from pyinfra.operations import server
server.shell(name="Too long", commands="sleep 4713 & sleep 4713")
"""

Start = Callable[..., Terminal]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Start the command in a terminal: ``start(hosts, deploy, *options)``."""

    def begin(
        hosts: list[Host], deploy: str, *words: str, user: str = "root", data: Any = None, **more: Any
    ) -> Terminal:
        names = [(host.name, {**host.ssh_data(user), **(data or {})}) for host in hosts]
        (tmp_path / "inventory.py").write_text(f"hosts = {names!r}\n")
        (tmp_path / "deploy.py").write_text(deploy)
        command = [sys.executable, "-m", "pyinfra", "inventory.py", "deploy.py", *words]
        environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        return Terminal(command, environ, tmp_path, **more)

    return begin


def screen(terminal: Terminal) -> list[str]:
    """What is on the screen at the end."""
    shown = pyte.Screen(80, 50)
    pyte.Stream(shown).feed(terminal.raw)
    return [line.rstrip() for line in shown.display if line.strip()]


def marks(hosts: list[Host]) -> list[bool]:
    return [host.sh("test -e /srv/mark && rm /srv/mark && echo yes || :") == "yes\n" for host in hosts]


# -- the question --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "code", "runs"),
    [("\r", 0, True), ("y\r", 0, True), ("no\r", 0, False), ("\x04", 0, False), ("\x03", 130, False)],
)
def test_the_question(plain_hosts: list[Host], start: Start, keys: str, code: int, runs: bool):
    hosts = plain_hosts[:2]
    with start(hosts, TOUCH) as terminal:
        text = terminal.read_until(QUESTION)
        assert "file /srv/mark  will be created" in text
        assert marks(hosts) == [False, False]
        terminal.type(keys)
        assert terminal.ended() == code
        assert ("nothing was run" in terminal.text) == (not runs and code == 0)
    assert marks(hosts) == [runs, runs]


def test_nothing_to_change_is_not_asked_about(plain_hosts: list[Host], start: Start):
    with start(plain_hosts[:1], "from pyinfra.operations import files\nfiles.directory(path='/srv')\n") as terminal:
        assert terminal.ended() == 0
        assert QUESTION not in terminal.text


# -- progress ------------------------------------------------------------------------------


def test_progress_is_seen_while_it_lasts(plain_hosts: list[Host], start: Start):
    with start(plain_hosts, NAP, "-y") as terminal:
        terminal.read_until("A nap  0/3 done, 3 running")
        assert terminal.ended() == 0
        left = screen(terminal)
    names = ", ".join(host.name for host in plain_hosts)
    assert f"    [1/2] A nap: changed on {names}" in "\n".join(left)
    assert not [line for line in left if "running" in line]
    assert max(map(len, left)) <= 80


def test_no_progress_when_it_is_switched_off(plain_hosts: list[Host], start: Start):
    with start(plain_hosts, NAP, "-y", "--output", "ci") as terminal:
        assert terminal.ended() == 0
        assert "running" not in terminal.text.replace("Running", "")
        assert "\x1b[2K" not in terminal.raw


def test_a_narrow_terminal(plain_hosts: list[Host], start: Start):
    with start(plain_hosts, NAP, columns=40) as terminal:
        terminal.read_until("Press Enter")
        terminal.type("\r")
        assert terminal.ended() == 0
        assert "Awake" in terminal.text


# -- interrupting --------------------------------------------------------------------------


@pytest.mark.parametrize(("user", "number", "code"), [("root", signal.SIGINT, 130), ("deploy", signal.SIGTERM, 143)])
def test_interrupting_a_run_leaves_nothing(fresh_host: Host, start: Start, user: str, number: int, code: int):
    before = fresh_host.snapshot()
    with start([fresh_host], LONG, "-y", *(["--sudo"] if user != "root" else []), user=user) as terminal:
        terminal.read_until("Too long  0/1 done")
        if number == signal.SIGINT:
            terminal.type("\x03")
        else:
            terminal.send_signal(number)
        assert terminal.ended() == code
        assert "1 host: 1 interrupted" in terminal.text  # the results so far
        assert "Traceback" not in terminal.text
    assert fresh_host.leaks(before) == []


# -- passwords -----------------------------------------------------------------------------


SUDO = """
from pyinfra.operations import server
server.shell(name="Who", commands="id -un > /srv/mark", _sudo=True)
"""


def test_the_sudo_password_is_asked_for_once(plain_hosts: list[Host], start: Start):
    with start(plain_hosts, SUDO, "-y", user="alice") as terminal:
        terminal.read_until("sudo password")
        terminal.type(PASSWORD + "\r")
        assert terminal.ended() == 0
        assert terminal.text.count("sudo password") == 1
        assert PASSWORD not in terminal.text
    assert marks(plain_hosts) == [True] * 3


def test_a_wrong_sudo_password_is_told(plain_hosts: list[Host], start: Start):
    with start(plain_hosts[:1], SUDO, "-y", user="alice") as terminal:
        terminal.read_until("sudo password")
        terminal.type("wrong\r")
        assert terminal.ended() == 1
        assert "password" in terminal.text.rpartition("Failed")[2]
        assert "wrong\n" not in terminal.text
    assert marks(plain_hosts[:1]) == [False]


def test_leaving_at_a_password_leaves_the_terminal_as_it_was(plain_hosts: list[Host], start: Start):
    with start(plain_hosts[:1], SUDO, "-y", user="alice") as terminal:
        terminal.read_until("sudo password")
        assert not terminal.echoes
        terminal.type("\x03")
        assert terminal.ended() == 130
        assert terminal.echoes


def test_passwords_that_options_ask_for(plain_hosts: list[Host], start: Start):
    data = {"ssh_key": None}
    with start(
        plain_hosts[:2], SUDO, "-y", "--ssh-password-prompt", "--same-sudo-password", user="alice", data=data
    ) as terminal:
        terminal.read_until("SSH password: ")
        terminal.type(PASSWORD + "\r")
        terminal.read_until("sudo password: ")
        terminal.type(PASSWORD + "\r")
        assert terminal.ended() == 0
        assert PASSWORD not in terminal.text
    assert marks(plain_hosts[:2]) == [True, True]


# -- hosts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "code"), [("yes", 0), ("no", 3)])
def test_the_key_of_an_unknown_host(plain_hosts: list[Host], start: Start, tmp_path: Path, answer: str, code: int):
    known = tmp_path / "known_hosts"
    data = {"ssh_known_hosts_file": str(known), "ssh_strict_host_key_checking": "ask"}
    with start(plain_hosts[:1], TOUCH, "-y", data=data) as terminal:
        terminal.read_until("(yes/no)")
        assert "SHA256:" in terminal.text
        terminal.type(answer + "\r")
        assert terminal.ended() == code
    assert marks(plain_hosts[:1]) == [answer == "yes"]
    assert known.exists() == (answer == "yes")


@pytest.mark.parametrize(("keys", "runs"), [("\r", True), ("stop\r", False)])
def test_going_on_without_a_host(plain_hosts: list[Host], start: Start, tmp_path: Path, keys: str, runs: bool):
    hosts = plain_hosts[:2]
    hosts[0].refuse()
    with start(hosts, TOUCH) as terminal:
        terminal.read_until("Press Enter to go on")
        terminal.type(keys)
        if runs:
            terminal.read_until(QUESTION)
            terminal.type("\r")
        assert terminal.ended() == 3
        assert "Connection refused" in terminal.text
    hosts[0].accept()
    assert marks(hosts) == [False, runs]


def test_going_on_after_a_failure(plain_hosts: list[Host], start: Start):
    deploy = (
        "from pyinfra import host\nfrom pyinfra.operations import files, server\n"
        f"server.shell(name='Some fail', commands='exit 3' if host.name == {plain_hosts[0].name!r} else 'true')\n"
        "files.file(name='A mark', path='/srv/mark')\n"
    )
    with start(plain_hosts, deploy) as terminal:
        terminal.read_until(QUESTION)
        terminal.type("\r")
        terminal.read_until("Press Enter to go on")
        terminal.type("\r")
        assert terminal.ended() == 1
    assert marks(plain_hosts) == [False, True, True]
