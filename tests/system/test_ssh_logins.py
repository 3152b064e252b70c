"""Logins that run ahead of the server's answers: what they save, and that no server minds."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyinfra._core.errors import AuthenticationError
from pyinfra._core.secrets import HiddenValue
from tests.lab import PASSWORD, Host, Lab

from .ssh_links import Client, new_client


@pytest.fixture
def client(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    return new_client(lab, tmp_path, monkeypatch)


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_any_kind_of_key(client: Client, plain_hosts: list[Host], kind: str) -> None:
    host = plain_hosts[0]
    key = client.lab.new_key(kind)
    host.authorize(Path(f"{key}.pub"), "deploy")
    client.config(client.entry(host, user="deploy", key=key))
    assert client.says(host, "id -un") == "deploy\n"


def test_the_last_of_several_keys_fits(client: Client, plain_hosts: list[Host]) -> None:
    host = plain_hosts[0]
    strange = [f"IdentityFile {client.lab.new_key(kind)}" for kind in ("rsa", "ecdsa")]
    client.config("\n ".join([f"Host {host.name}", *strange]) + "\n" + client.entry(host))
    assert client.says(host, "id -un") == "root\n"


def test_no_key_fits(client: Client, plain_hosts: list[Host]) -> None:
    host = plain_hosts[0]
    key = client.lab.new_key("ed25519")
    client.config(client.entry(host, key=key))
    error = client.fails(host)
    assert isinstance(error, AuthenticationError)
    assert f"tried key {key}; the server allows publickey, password" in str(error)


def test_the_only_key_is_locked(client: Client, plain_hosts: list[Host]) -> None:
    """There is nothing to offer ahead, so the server is asked what it allows."""
    host = plain_hosts[0]
    key = client.lab.new_key("ed25519", passphrase="hush hush")
    client.config(client.entry(host, "BatchMode yes", key=key))
    error = client.fails(host)
    assert f"encrypted, without a passphrase: {key}; the server allows" in str(error)


def test_a_password_is_not_preceded_by_keys(client: Client, plain_hosts: list[Host]) -> None:
    host = plain_hosts[0]
    client.config(client.entry(host, user="alice"))
    assert client.says(host, "id -un", password=HiddenValue(PASSWORD)) == "alice\n"


def test_a_server_with_one_try(client: Client, lab: Lab) -> None:
    """What runs ahead takes no more tries than what is asked for step by step."""
    (host,) = lab.up(1, sshd={"MaxAuthTries": "1"})
    try:
        client.config(client.entry(host).replace("User root", ""))
        assert client.says(host, "id -un", user="root") == "root\n"
        assert client.says(host, "id -un", user="alice", password=HiddenValue(PASSWORD)) == "alice\n"
    finally:
        lab.remove(host)
