"""Host keys, user keys and passwords against OpenSSH's server."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from pyinfra._core.errors import AuthenticationError, HostKeyError
from pyinfra._core.secrets import HiddenValue
from tests.lab import PASSWORD, Host, Lab

from .ssh_links import Client, new_client, said


@pytest.fixture
def client(lab: Lab, tmp_path, monkeypatch) -> Client:
    return new_client(lab, tmp_path, monkeypatch)


# -- host keys ------------------------------------------------------------------------------


def test_strict_with_a_known_key(client: Client, plain_hosts: list[Host]):
    client.config(client.entry(plain_hosts[0]))
    assert client.says(plain_hosts[0], "id -un") == "root\n"


def test_strict_with_an_unknown_key(client: Client, plain_hosts: list[Host]):
    client.config(client.entry(plain_hosts[0], known=Path("/dev/null")))
    error = client.fails(plain_hosts[0])
    assert isinstance(error, HostKeyError)
    assert "is not known: it shows ssh-ed25519 SHA256:" in str(error)


def test_fresh_home_without_a_folder(client: Client, plain_hosts: list[Host]):
    host = plain_hosts[0]
    assert not (client.home / ".ssh").exists()
    data = {"key": str(client.lab.key), "user": "root", "hostname": host.address}
    client.config("")
    path = client.home / "config"
    path.write_text("")

    async def connect():
        from pyinfra._transport.ssh.link import SSHLink
        from pyinfra._transport.ssh.options import SSHOptions

        link = SSHLink(host.name, SSHOptions(config_file=str(path), **data), client.shared)
        client.links.append(link)
        await link.connect()
        return await said(link, "echo in")

    assert client.run(connect) == "in\n"
    assert client.known_hosts.read_text().startswith(f"{host.address} ssh-ed25519 ")
    assert client.known_hosts.parent.stat().st_mode & 0o777 == 0o700
    # and OpenSSH's client agrees with what was written
    done = subprocess.run(
        ["ssh", "-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-i", str(client.lab.key),
         "-o", f"UserKnownHostsFile={client.known_hosts}", f"root@{host.address}", "echo agreed"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "agreed\n", done.stderr


def test_changed_key(client: Client, plain_hosts: list[Host]):
    host, other = plain_hosts[:2]
    line = next(line for line in client.lab.known_hosts.read_text().splitlines() if line.startswith(other.address))
    known = client.home / "known"
    known.write_text(f"# one\n{host.address} {line.split(maxsplit=1)[1]}\n")
    client.config(client.entry(host, known=known).replace("Checking yes", "Checking accept-new"))
    error = client.fails(host)
    assert isinstance(error, HostKeyError)
    assert f"({known}:2)" in str(error)
    assert error.details.hint.endswith(f"ssh-keygen -R {host.address} -f {known}")
    subprocess.run(error.details.hint.rpartition(": ")[2], shell=True, check=True, capture_output=True)
    assert client.says(host, "echo in") == "in\n"


def test_authority(client: Client, fresh_host: Host):
    client.lab.sign_host(fresh_host)
    client.config(client.entry(fresh_host, known=client.lab.known_hosts_ca))
    assert client.says(fresh_host, "echo in") == "in\n"


# -- users ----------------------------------------------------------------------------------


def test_user_certificate(client: Client, plain_hosts: list[Host]):
    host = plain_hosts[0]
    key = client.lab.new_key()
    client.config(client.entry(host, key=key, user="deploy"))
    assert isinstance(client.fails(host), AuthenticationError)
    certificate = client.lab.sign_user(Path(f"{key}.pub"), ["deploy"])
    client.shared.keys._files.clear()
    client.config(client.entry(host, f"CertificateFile {certificate}", key=key, user="deploy"))
    assert client.says(host, "id -un") == "deploy\n"


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_encrypted_key(client: Client, plain_hosts: list[Host], kind):
    host = plain_hosts[0]
    key = client.lab.new_key(kind, passphrase="hush hush")
    host.authorize(Path(f"{key}.pub"), "deploy")
    client.config(client.entry(host, user="deploy"))
    assert client.says(host, "id -un", key=str(key), key_password=HiddenValue("hush hush")) == "deploy\n"
    error = client.fails(host, key=str(key))
    assert "is encrypted" in str(error)
    assert error.details.host == host.name


@pytest.fixture
def agent(tmp_path, client: Client, monkeypatch):
    path = tmp_path / "agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.DEVNULL)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
    try:
        while subprocess.run(["ssh-add", "-q", str(client.lab.key)], check=False, capture_output=True).returncode:
            pass
        yield path
    finally:
        process.terminate()
        process.wait()


def test_agent(client: Client, plain_hosts: list[Host], agent):
    host = plain_hosts[0]
    client.config(client.entry(host).replace(f"IdentityFile {client.lab.key}", "IdentitiesOnly no"))
    assert client.says(host, "echo in; echo agent=$SSH_AUTH_SOCK") == "in\nagent=\n"
    assert os.environ["SSH_AUTH_SOCK"] == str(agent)


def test_agent_forwarding(client: Client, plain_hosts: list[Host], agent):
    host, other = plain_hosts[:2]
    client.config(client.entry(host, "ForwardAgent yes"))
    hop = "ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
    script = f"{hop} root@{other.address} hostname 2>&1 </dev/null | tail -n 1"
    assert client.says(host, script) == f"{other.run(['hostname']).stdout}"
    assert client.says(host, 'echo "agent=$SSH_AUTH_SOCK"', forward_agent=False) == "agent=\n"


def test_password(client: Client, plain_hosts: list[Host]):
    host = plain_hosts[0]
    client.config(client.entry(host, user="alice"))
    secret = HiddenValue(PASSWORD)
    assert client.says(host, "id -un", password=secret, look_for_keys=False) == "alice\n"
    error = client.fails(host, password=HiddenValue("canary"), look_for_keys=False, key=None, user="nobody-here")
    assert isinstance(error, AuthenticationError)
    assert "username=nobody-here" in str(error)
    assert "the server allows password, publickey" in str(error)
    assert "canary" not in f"{error}{error!r}{error.details}"


# -- login shells ---------------------------------------------------------------------------


@pytest.mark.parametrize("user", ["root", "deploy", "bob", "fishy", "cshy"])
@pytest.mark.parametrize("pty", [False, True])
def test_every_login_shell_gives_a_plain_sh(client: Client, plain_hosts: list[Host], user, pty):
    host = plain_hosts[0]
    client.config(client.entry(host, user=user))
    long = "x" * 20000

    async def scenario():
        link = client.link(host)
        await link.connect()
        return await said(link, f"id -un; if [ -t 0 ]; then echo tty; fi; : {long}; printf '\\033[%s' m", pty=pty)

    assert client.run(scenario) == f"{user}\n" + ("tty\n" if pty else "") + "\x1b[m"


def test_restricted_shell(client: Client, fresh_host: Host):
    public = Path(f"{client.lab.key}.pub").read_text()
    fresh_host.sh("ln -sf bash /bin/rbash; useradd -m -s /bin/rbash -p '*' limited; mkdir ~limited/.ssh")
    fresh_host.sh("cat >~limited/.ssh/authorized_keys; chown -R limited ~limited/.ssh", input=public)
    client.config(client.entry(fresh_host, user="limited"))
    assert client.says(fresh_host, "cd / && echo $(pwd) >/tmp/x && cat /tmp/x; rm /tmp/x") == "/\n"


def test_busybox_and_dropbear(client: Client, busybox_host: Host):
    client.config(client.entry(busybox_host))

    async def scenario():
        link = client.link(busybox_host)
        await link.connect()
        assert await said(link, "echo one") == "one\n"
        assert await said(link, "tty", pty=True) != ""
        assert await link.open_files() is None
        return await said(link, "echo two")

    assert client.run(scenario) == "two\n"
