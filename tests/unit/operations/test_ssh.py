"""What operations of ssh do on a host that answers their questions, and what they refuse."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pyinfra.api import OperationError, OperationTypeError, OperationValueError
from pyinfra.facts._ssh.known_hosts import KnowsServer, ShownKeysAreKnown
from pyinfra.facts.files import File
from pyinfra.operations import git, ssh

from .stub import commands_of

LINES = ["# Host x found: line 1", "x ssh-ed25519 AAA", "|1|salt|hash ecdsa-sha2-nistp256 BBB"]


def test_commands_are_one_word():
    assert commands_of(ssh.command, hostname="b", command="echo $(id) 'x'", user="app", port=2222) == [
        """ssh -p 2222 app@b 'echo $(id) '"'"'x'"'"''"""
    ]
    assert commands_of(ssh.command, hostname="[fd00::1]", command="id") == ["ssh -p 22 fd00::1 id"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with a fake ssh: it runs the command here, as a server's shell would."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in (("ssh", 'shift 3; cd "$THERE" && exec sh -c "$*"'), ("sudo", 'exec "$@"')):
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (programs / name).chmod(0o755)
    (tmp_path / "there").mkdir()
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setenv("THERE", str(tmp_path / "there"))
    monkeypatch.setenv("HOME", str(tmp_path / "there"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(commands: list[str]) -> None:
    for command in commands:
        subprocess.run(["sh", "-c", command], check=True)


NAMES = ["plain", "it's", "$(touch x)", "`id`", "a b", "-n", "*", "ü"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("sudo", [False, True])
def test_upload_to_any_name_with_a_fake_ssh(here: Path, name: str, sudo: bool):
    (here / name).write_text("content")
    run(commands_of(ssh.upload, hostname="b", filename=name, use_remote_sudo=sudo))
    assert (here / "there" / name).read_text() == "content"
    assert not os.access(here / "there" / name, os.X_OK)
    (here / name).chmod(0o755)
    run(commands_of(ssh.upload, hostname="b", filename=name, remote_filename=f"~/other {name}"))
    assert os.access(here / "there" / f"other {name}", os.X_OK)
    (here / "there" / "folder").mkdir()
    run(commands_of(ssh.upload, hostname="b", filename=name, remote_filename="folder/"))
    assert (here / "there" / "folder" / name).exists()
    assert not (here / "there" / "x").exists()


@pytest.mark.parametrize("name", NAMES)
def test_download_of_any_name_with_a_fake_ssh(here: Path, name: str):
    (here / "there" / name).write_text("content")
    run(commands_of(ssh.download, hostname="b", filename=name))
    assert (here / name).read_text() == "content"
    (here / name).chmod(0o600)
    (here / "there" / name).write_text("more")
    run(commands_of(ssh.download, {File: {"user": "root"}}, hostname="b", filename=name, force=True))
    assert (here / name).read_text() == "more"
    assert (here / name).stat().st_mode & 0o777 == 0o600
    with pytest.raises(subprocess.CalledProcessError):
        run(commands_of(ssh.download, hostname="b", filename="nothing", local_filename=f"{name}2"))
    assert sorted(path.name for path in here.iterdir()) == sorted(["bin", "there", name])


def test_download_leaves_what_is_there():
    assert commands_of(ssh.download, {File: {"user": "root"}}, hostname="b", filename="/x") == []
    with pytest.raises(OperationError) as caught:
        commands_of(ssh.download, {File: False}, hostname="b", filename="/x")
    assert caught.value.details.argument == "local_filename"


def test_keys_are_asked_for_once():
    for operation, kwargs in ((ssh.keyscan, {}), (ssh.upload, {"filename": "/x", "ssh_keyscan": True})):
        unknown = commands_of(operation, hostname="b", **kwargs)
        assert "ssh-keyscan -p 22 -- b " in unknown[0]
        assert not any("ssh-keyscan" in command for command in commands_of(operation, {KnowsServer: True}, hostname="b",
                                                                          **kwargs))  # fmt: skip
    (command,) = commands_of(ssh.keyscan, {KnowsServer: True}, hostname="b", port=2222, force=True)
    assert "ssh-keygen -q -R '[b]:2222'" in command
    assert commands_of(ssh.keyscan, {ShownKeysAreKnown: True}, hostname="b", force=True) == []
    commands = commands_of(git.repo, src="ssh://git@b:2222/x.git", dest="/srv/x", ssh_keyscan=True)
    assert "ssh-keyscan -p 2222 -- b " in commands[0]
    assert shlex.split(commands[-1])[-2:] == ["ssh://git@b:2222/x.git", "/srv/x"]


def test_known_keys_recorded():
    assert KnowsServer().process(LINES)
    assert not KnowsServer().process(["# Host x found: line 1 REVOKED", "@revoked x ssh-ed25519 AAA"])
    assert not KnowsServer().process([])
    shown = ["[x]:22 ecdsa-sha2-nistp256 BBB", "x ssh-ed25519 AAA"]
    assert ShownKeysAreKnown().process([*LINES, "=", *shown])
    assert not ShownKeysAreKnown().process([*LINES, "=", *shown[:1]])
    assert not ShownKeysAreKnown().process([*LINES, "="])
    assert not ShownKeysAreKnown().process(["="])
    assert not ShownKeysAreKnown().process([])


@pytest.mark.parametrize(
    ("argument", "error", "kwargs"),
    [
        ("hostname", OperationValueError, {"hostname": "-oProxyCommand=x"}),
        ("hostname", OperationValueError, {"hostname": "a b"}),
        ("hostname", OperationValueError, {"hostname": "$(id)"}),
        ("hostname", OperationValueError, {"hostname": ""}),
        ("hostname", OperationTypeError, {"hostname": None}),
        ("user", OperationValueError, {"user": "-l"}),
        ("user", OperationValueError, {"user": "$(id)"}),
        ("user", OperationTypeError, {"user": 5}),
        ("port", OperationValueError, {"port": 0}),
        ("port", OperationValueError, {"port": "22 -o x"}),
        ("port", OperationTypeError, {"port": True}),
        ("command", OperationTypeError, {"command": None}),
    ],
)
def test_what_makes_no_sense_is_refused(argument: str, error: type[Exception], kwargs: dict[str, Any]):
    with pytest.raises(error) as caught:
        commands_of(ssh.command, **{"hostname": "b", "command": "id", **kwargs})
    assert caught.value.details.argument == argument
    if argument in ("hostname", "user", "port"):
        with pytest.raises(error):
            commands_of(ssh.upload, **{"hostname": "b", "filename": "/x", **kwargs})
