from __future__ import annotations

import asyncio
import base64
import threading

import asyncssh
import pytest

from pyinfra._core.errors import HostKeyError
from pyinfra._transport.ssh.login.known_hosts import CERT_AUTHORITY, REVOKED, KnownHosts, lookup_name
from pyinfra._transport.ssh.shared import SSHShared

from .servers import Policy, key, link_to, public, run_script, serving


class Warnings(list):
    def shared(self, prompts=None) -> SSHShared:
        return SSHShared(prompts, self.append)


async def _connects(server, shared=None, **options):
    link = link_to(server, shared, **options)
    try:
        await link.connect()
        await run_script(link, b"true")
    finally:
        await link.close()


def _outcome(places, *, hosts=None, config="", shared=None, server_options=None, **options):
    """Connect; return the error, if any. PORT stands for the server's port."""

    async def scenario():
        async with serving(**(server_options or {})) as server:
            if hosts is not None:
                places.know(hosts.replace("PORT", str(server.port)))
            path = places.config(config.replace("PORT", str(server.port)))
            await _connects(server, shared, key=places.key_file(), config_file=path, **options)

    try:
        asyncio.run(scenario())
    except HostKeyError as error:
        return error
    return None


def test_new_key_is_added_once_and_folder_is_made(places):
    async def scenario():
        async with serving() as server:
            shared = SSHShared()
            options = {"key": places.key_file(), "config_file": places.config("")}
            await asyncio.gather(*(_connects(server, shared, **options) for _ in range(5)))
            await _connects(server, **options)  # another run
            return server.port

    port = asyncio.run(scenario())
    assert places.known_hosts.read_text() == f"[127.0.0.1]:{port} {public('host')}\n"
    assert places.known_hosts.parent.stat().st_mode & 0o777 == 0o700
    assert places.known_hosts.stat().st_mode & 0o777 == 0o600


def test_added_after_a_file_without_a_last_newline(places):
    assert _outcome(places, hosts="# a comment") is None
    assert places.known_hosts.read_text().startswith("# a comment\n[127.0.0.1]:")


def test_hashed_when_the_configuration_says_so(places):
    assert _outcome(places, config="HashKnownHosts yes") is None
    text = places.known_hosts.read_text()
    assert text.startswith("|1|")
    assert "127.0.0.1" not in text


def test_hashed_names_are_found(places):
    known = KnownHosts()
    path = places.folder / "kh"
    blob = key("host").public_data
    known.accept(str(path), "[h]:1", "ssh-ed25519", blob, hashed=True)
    assert [found.blob for found in KnownHosts().lookup([str(path)], "[h]:1")] == [blob]
    assert KnownHosts().lookup([str(path)], "h") == []


@pytest.mark.parametrize("data", [None, "yes"])
def test_strict_refuses_new_hosts(places, data):
    config = "StrictHostKeyChecking yes" if data is None else ""
    error = _outcome(places, config=config, strict_host_key_checking=data)
    assert str(error).startswith("SSH host key error (the host key of [127.0.0.1]:")
    assert "SHA256:" in str(error)
    assert not places.known_hosts.exists()


def test_data_wins_over_configuration(places):
    assert _outcome(places, config="StrictHostKeyChecking yes", strict_host_key_checking="accept-new") is None


@pytest.mark.parametrize("policy", ["yes", "accept-new", "ask"])
def test_changed_key_is_refused_with_place_and_remedy(places, policy):
    hosts = f"# first\n[127.0.0.1]:PORT {public('other')}\n"
    error = _outcome(places, hosts=hosts, config=f"StrictHostKeyChecking {policy}")
    assert "has changed" in str(error)
    assert f"{places.known_hosts}:2" in str(error)
    assert "ssh-keygen -R '[127.0.0.1]:" in error.details.hint
    assert error.details.host == "web1"


def test_key_of_another_type_is_a_change_too(places):
    kind = asyncssh.generate_private_key("ecdsa-sha2-nistp256").export_public_key().decode()
    error = _outcome(places, hosts=f"[127.0.0.1]:PORT {kind}")
    assert "is of another type than the known one (ecdsa-sha2-nistp256)" in str(error)


def test_known_type_of_key_is_asked_for(places):
    others = [key("ec", "ecdsa-sha2-nistp256"), key("rsa", "ssh-rsa")]
    names = {"server_host_keys": [key("host"), *others]}
    for other in others:
        known = other.export_public_key().decode()
        assert _outcome(places, hosts=f"[127.0.0.1]:PORT {known}", config="StrictHostKeyChecking yes",
                        server_options=names) is None  # fmt: skip


@pytest.mark.parametrize("name", ["127.0.0.1", "127.0.0.*", "x,127.0.0.1,y", "[127.0.0.1]:*", "*,!other"])
def test_ways_to_name_a_host(places, name):
    assert _outcome(places, hosts=f"{name} {public('host')} comment", config="StrictHostKeyChecking yes") is None


@pytest.mark.parametrize("name", ["127.0.0.2", "[127.0.0.1]:1", "*,!127.0.0.1,![127.0.0.1]:*", "# 127.0.0.1"])
def test_names_that_are_others(places, name):
    assert _outcome(places, hosts=f"{name} {public('host')}", config="StrictHostKeyChecking yes") is not None


def test_key_for_the_name_alone_does_not_prove_a_change(places):
    assert _outcome(places, hosts=f"127.0.0.1 {public('other')}") is None


def test_alias(places):
    config = "Host *\n HostKeyAlias Cluster\n StrictHostKeyChecking yes"
    assert _outcome(places, hosts=f"cluster {public('host')}", config=config) is None


def test_other_files(places):
    path = places.folder / "elsewhere"
    assert _outcome(places, known_hosts_file=str(path)) is None
    assert path.exists()
    assert not places.known_hosts.exists()
    assert _outcome(places, config="UserKnownHostsFile none\nGlobalKnownHostsFile none") is None
    assert _outcome(places, config="UserKnownHostsFile /dev/null") is None


def test_revoked(places):
    hosts = f"[127.0.0.1]:PORT {public('host')}\n@revoked * {public('host')}"
    for policy in ("yes", "no"):
        error = _outcome(places, hosts=hosts, config=f"StrictHostKeyChecking {policy}")
        assert f"is revoked ({places.known_hosts}:2)" in str(error)


def test_off_lets_changes_through_but_gives_no_password_away(places):
    warnings = Warnings()

    async def scenario():
        policy = Policy([key("user")])
        async with serving(policy) as server:
            places.know(f"[127.0.0.1]:{server.port} {public('other')}\n")
            config = places.config("StrictHostKeyChecking no")
            await _connects(server, warnings.shared(), key=places.key_file(), config_file=config)

    asyncio.run(scenario())
    assert "is not the known one" in warnings[0]


# -- questions ------------------------------------------------------------------------------


class Answers:
    def __init__(self, answer):
        self.answer = answer
        self.questions = []
        self.asking = 0

    async def secret(self, question):
        return None

    async def confirm(self, question):
        assert self.asking == 0, "two questions at a time"
        self.asking += 1
        await asyncio.sleep(0.02)
        self.asking -= 1
        self.questions.append(question)
        return self.answer


def test_ask(places):
    answers = Answers(True)
    warnings = Warnings()
    assert _outcome(places, config="StrictHostKeyChecking ask", shared=warnings.shared(answers)) is None
    assert len(answers.questions) == 1
    assert "SHA256:" in answers.questions[0]
    assert public("host") in places.known_hosts.read_text()


@pytest.mark.parametrize("answer", [False, None])
def test_ask_without_a_yes(places, answer):
    shared = Warnings().shared(Answers(answer))
    error = _outcome(places, config="StrictHostKeyChecking ask", shared=shared)
    assert "is not known" in str(error)
    assert not places.known_hosts.exists()


def test_questions_of_many_hosts_come_one_by_one(places):
    async def scenario():
        answers = Answers(True)
        shared = SSHShared(answers)
        async with serving() as one, serving() as two, serving() as three:
            config = places.config("StrictHostKeyChecking ask")
            servers = (one, two, three)
            await asyncio.gather(*(_connects(s, shared, key=places.key_file(), config_file=config) for s in servers))
        return len(answers.questions)

    assert asyncio.run(scenario()) == 3


# -- certificates ---------------------------------------------------------------------------


def _certified(principals):
    certificate = key("authority").generate_host_certificate(key("host"), "web", principals=principals)
    return {"server_host_keys": [(key("host"), certificate)]}


def test_authority(places):
    hosts = f"@cert-authority 127.0.0.* {public('authority')}"
    config = "StrictHostKeyChecking yes"
    assert _outcome(places, hosts=hosts, config=config, server_options=_certified(["127.0.0.1"])) is None


def test_certificate_for_another_host(places):
    hosts = f"@cert-authority 127.0.0.* {public('authority')}"
    config = "StrictHostKeyChecking yes"
    error = _outcome(places, hosts=hosts, config=config, server_options=_certified(["other"]))
    assert "is not known" in str(error)


def test_certificate_of_another_authority_counts_as_a_plain_key(places):
    hosts = f"@cert-authority 127.0.0.* {public('other')}\n[127.0.0.1]:PORT {public('host')}"
    config = "StrictHostKeyChecking yes"
    assert _outcome(places, hosts=hosts, config=config, server_options=_certified(["127.0.0.1"])) is None


def test_revoked_authority_and_revoked_certified_key(places):
    hosts = f"@cert-authority 127.0.0.* {public('authority')}\n@revoked * "
    for name in ("authority", "host"):
        error = _outcome(places, hosts=hosts + public(name), server_options=_certified(["127.0.0.1"]))
        assert "revoked" in str(error)


# -- files ----------------------------------------------------------------------------------


def test_files_are_read_again_when_they_change(places):
    known = KnownHosts()
    places.know(f"a {public('host')}\n")
    path = str(places.known_hosts)
    assert len(known.lookup([path], "a")) == 1
    places.know(f"a {public('host')}\nb {public('other')}\n")
    assert [found.place for found in known.lookup([path, "/nonexistent"], "b")] == [f"{path}:2"]


def test_markers_and_nonsense(places):
    places.know(
        f"@cert-authority a {public('host')}\n@revoked a {public('other')}\n@new a {public('other')}\n"
        "a ssh-ed25519 %%%\na\n\n|1|x|y ssh-ed25519 AAAA\n"
    )
    found = KnownHosts().lookup([str(places.known_hosts)], "a")
    assert [one.marker for one in found] == [CERT_AUTHORITY, REVOKED]


def test_two_keys_for_one_name_in_one_run(places):
    known = KnownHosts()
    assert known.accept(None, "a", "ssh-ed25519", b"1", hashed=False)
    assert known.accept(None, "a", "ssh-ed25519", b"1", hashed=False)
    assert not known.accept(None, "a", "ssh-ed25519", b"2", hashed=False)


def test_many_writers_at_once(places):
    path = str(places.folder / "sub/known")
    blobs = [base64.b64decode(f"AA{n:02d}") for n in range(40)]

    def write(n):
        KnownHosts().accept(path, f"host{n}", "ssh-ed25519", blobs[n], hashed=False)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(KnownHosts().lookup([path], f"host{n}") for n in range(40))


def test_lookup_name():
    assert lookup_name("Web", 22) == "web"
    assert lookup_name("::1", 2222) == "[::1]:2222"
