from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from pyinfra._core.errors import AuthenticationError, ConnectError
from pyinfra._core.secrets import HiddenValue
from pyinfra._transport.ssh.shared import SSHShared

from .servers import USER, Policy, key, link_to, run_script, serving


class Typist:
    """Answers questions about secrets."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.questions = []

    async def secret(self, question):
        self.questions.append(question)
        return self.answers.pop(0) if self.answers else None

    async def confirm(self, question):
        return None


def _login(policy, shared=None, **options):
    async def scenario():
        async with serving(policy) as server:
            link = link_to(server, shared, **options)
            try:
                await link.connect()
                return await run_script(link, b"echo in")
            finally:
                await link.close()

    return asyncio.run(scenario())


IN = (0, b"in\n", b"")


def test_explicit_key_is_the_only_one(places):
    (places.home / ".ssh").mkdir()
    shutil.copy(places.key_file("other"), places.home / ".ssh/id_ed25519")
    policy = Policy([key("user")])
    assert _login(policy, key=places.key_file()) == IN
    assert set(policy.offered) == {key("user").public_data}
    with pytest.raises(AuthenticationError):
        _login(Policy([key("other")]), key=places.key_file())


def test_default_key_files(places):
    (places.home / ".ssh").mkdir()
    shutil.copy(places.key_file(), places.home / ".ssh/id_ed25519")
    assert _login(Policy([key("user")])) == IN
    with pytest.raises(AuthenticationError, match="nothing: there is no key"):
        _login(Policy([key("user")]), look_for_keys=False)


def test_identity_file_replaces_the_default_ones(places):
    (places.home / ".ssh").mkdir()
    shutil.copy(places.key_file("other"), places.home / ".ssh/id_ed25519")
    policy = Policy([key("user")])
    assert _login(policy, config_file=places.config(f"IdentityFile {places.key_file()}")) == IN
    assert set(policy.offered) == {key("user").public_data}


@pytest.mark.parametrize("where", ["relative", "tilde", "folder"])
def test_ways_to_name_a_key(places, where, monkeypatch):
    places.key_file()
    name = "id_user"
    options = {}
    if where == "relative":
        monkeypatch.chdir(places.folder)
    elif where == "tilde":
        shutil.move(places.folder / name, places.home / name)
        name = "~/id_user"
    else:
        options["key_folders"] = (places.folder,)
    assert _login(Policy([key("user")]), key=name, **options) == IN


def test_missing_or_broken_key(places):
    with pytest.raises(ConnectError, match="there is no private key file /none"):
        _login(Policy(), key="/none")
    (places.folder / "bad").write_text("nonsense")
    with pytest.raises(ConnectError, match="is not a private key"):
        _login(Policy(), key=str(places.folder / "bad"))


def test_encrypted_key(places):
    path = places.key_file(passphrase="hush")
    assert _login(Policy([key("user")]), key=path, key_password=HiddenValue("hush")) == IN
    with pytest.raises(ConnectError, match=r"passphrase for the key .* is wrong") as caught:
        _login(Policy([key("user")]), key=path, key_password=HiddenValue("canary"))
    assert "canary" not in str(caught.value)
    with pytest.raises(ConnectError, match="is encrypted") as caught:
        _login(Policy([key("user")]), key=path)
    assert "ssh_key_password" in caught.value.details.hint
    assert caught.value.details.host == "web1"


def test_passphrase_is_asked_for_once_per_run(places):
    path = places.key_file(passphrase="hush")
    typist = Typist("wrong", "hush")
    shared = SSHShared(typist)

    async def scenario():
        async with serving(Policy([key("user")])) as server:
            links = [link_to(server, shared, key=path) for _ in range(4)]
            await asyncio.gather(*(link.connect() for link in links))
            await asyncio.gather(*(link.close() for link in links))

    asyncio.run(scenario())
    assert typist.questions == [f"Passphrase for the key {path}"] * 2


def test_passphrase_of_a_configured_key_is_asked_for_late(places):
    locked, ready = places.key_file("locked", "hush"), places.key_file("user")
    config = places.config(f"IdentityFile {locked}\nIdentityFile {ready}")
    typist = Typist("hush")
    assert _login(Policy([key("user")]), SSHShared(typist), config_file=config) == IN
    assert typist.questions == []
    assert _login(Policy([key("locked")]), SSHShared(typist), config_file=config) == IN
    assert len(typist.questions) == 1
    with pytest.raises(AuthenticationError, match="encrypted, without a passphrase"):
        _login(Policy([key("locked")]), config_file=config)


def test_time_limit_stands_still_while_somebody_types(places):
    class Slow(Typist):
        async def secret(self, question):
            await asyncio.sleep(0.5)
            return await super().secret(question)

    config = places.config(f"IdentityFile {places.key_file(passphrase='hush')}")
    shared = SSHShared(Slow("hush"))
    assert _login(Policy([key("user")]), shared, config_file=config, connect_timeout=0.4) == IN


def test_certificate(places):
    path = places.key_file()
    certificate = key("authority").generate_user_certificate(key("user"), "me", principals=[USER])
    (places.folder / "id_user-cert.pub").write_bytes(certificate.export_certificate())
    policy = Policy(authority=key("authority"))
    assert _login(policy, key=path) == IN
    (places.folder / "id_user-cert.pub").rename(places.folder / "elsewhere")
    config = places.config(f"IdentityFile {path}\nCertificateFile {places.folder}/elsewhere")
    assert _login(policy, config_file=config) == IN
    with pytest.raises(AuthenticationError):
        _login(policy, key=path)


def test_password(places):
    policy = Policy([key("user")], {USER: "s3cret"})
    assert _login(policy, password=HiddenValue("s3cret"), look_for_keys=False) == IN
    with pytest.raises(AuthenticationError) as caught:
        _login(policy, password=HiddenValue("canary"), look_for_keys=False)
    text = f"{caught.value!r}{caught.value}{caught.value.details}"
    assert "canary" not in text
    assert "tried password; the server allows" in text


def test_password_that_was_given_comes_before_keys_that_were_found(places):
    (places.home / ".ssh").mkdir()
    shutil.copy(places.key_file("other"), places.home / ".ssh/id_ed25519")
    policy = Policy([key("user")], {USER: "s3cret"})
    assert _login(policy, password=HiddenValue("s3cret")) == IN
    assert policy.offered == []


def test_interactive_password_whatever_the_question_is_called(places):
    policy = Policy(passwords={USER: "s3cret"}, interactive=True)
    assert _login(policy, password=HiddenValue("s3cret"), look_for_keys=False) == IN


def test_interactive_question_is_passed_on_when_there_is_no_password(places):
    policy = Policy(passwords={USER: "s3cret"}, interactive=True)
    with pytest.raises(AuthenticationError):
        _login(policy, look_for_keys=False)


def test_error_names_user_keys_and_what_the_server_allows(places):
    path = places.key_file()
    with pytest.raises(AuthenticationError) as caught:
        _login(Policy([key("other")], {USER: "x"}), key=path)
    assert str(caught.value) == (
        f"Authentication error (username={USER}, key={path}): tried key {path}; the server allows publickey, password"
    )
    assert caught.value.details.host == "web1"


# -- the agent ------------------------------------------------------------------------------


@contextlib.contextmanager
def agent(places, *names):
    if shutil.which("ssh-agent") is None:
        pytest.skip("needs ssh-agent")
    path = str(places.folder / "agent")
    process = subprocess.Popen(["ssh-agent", "-D", "-a", path], stdout=subprocess.DEVNULL)
    try:
        while not Path(path).exists():
            time.sleep(0.01)
        for name in names:
            file = places.key_file(name)
            subprocess.run(["ssh-add", "-q", file], env={**os.environ, "SSH_AUTH_SOCK": path}, check=True)
            Path(file).unlink()
        yield path
    finally:
        process.terminate()
        process.wait()


def test_agent(places, monkeypatch):
    with agent(places, "other", "user") as path:
        monkeypatch.setenv("SSH_AUTH_SOCK", path)
        assert _login(Policy([key("user")])) == IN
        with pytest.raises(AuthenticationError):
            _login(Policy([key("user")]), allow_agent=False)
        assert os.environ["SSH_AUTH_SOCK"] == path


def test_identity_agent(places):
    with agent(places, "user") as path:
        assert _login(Policy([key("user")]), config_file=places.config(f"IdentityAgent {path}")) == IN


def test_identities_only(places, monkeypatch):
    with agent(places, "other", "user") as path:
        monkeypatch.setenv("SSH_AUTH_SOCK", path)
        file = places.key_file("user", passphrase="unknown to us")
        config = places.config(f"IdentitiesOnly yes\nIdentityFile {file}")
        policy = Policy([key("user"), key("other")])
        assert _login(policy, config_file=config) == IN
        assert set(policy.offered) == {key("user").public_data}


def test_agent_stands_in_for_the_passphrase_of_an_explicit_key(places, monkeypatch):
    with agent(places, "other", "user") as path:
        monkeypatch.setenv("SSH_AUTH_SOCK", path)
        policy = Policy([key("user"), key("other")])
        assert _login(policy, key=places.key_file("user", passphrase="unknown to us")) == IN
        assert set(policy.offered) == {key("user").public_data}


def test_agent_that_is_gone(places, monkeypatch):
    monkeypatch.setenv("SSH_AUTH_SOCK", str(places.folder / "gone"))
    config = places.config(f"IdentityFile {places.key_file()}")
    assert _login(Policy([key("user")]), config_file=config) == IN
