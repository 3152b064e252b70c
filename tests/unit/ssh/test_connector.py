from __future__ import annotations

import logging
import stat
import sys
from io import BytesIO, StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest

from pyinfra._core.secrets import reveal
from pyinfra._transport.ssh.config.rules import Target
from pyinfra._transport.ssh.config.settings import ConfigReader
from pyinfra._transport.ssh.options import SSHOptions
from pyinfra.api import Config, Inventory, State
from pyinfra.api.exceptions import ConnectError, ConnectorDataTypeError, InventoryError
from pyinfra.connectors import _ssh_data
from pyinfra.connectors._rsync import rsync_command
from pyinfra.connectors.scp import SCPClient
from pyinfra.connectors.scp.client import SCPException, asbytes, asunicode
from pyinfra.connectors.ssh import SSHConnector, connector_data_meta, shared_of
from pyinfra.connectors.ssh_util import get_private_key, load_key_with_certificate, raise_connect_error
from pyinfra.connectors.sshuserclient.client import get_missing_host_key_policy, get_ssh_config

from .servers import key


def _state(data=None, **config) -> State:
    return State(Inventory(([("web1", data or {})], {})), Config(**config))


def _options(data=None, **config) -> SSHOptions:
    state = _state(data, **config)
    return state.inventory.get_host("web1").connector._options()


def test_names():
    assert list(SSHConnector.make_names_data("web1")) == [("@ssh/web1", {"ssh_hostname": "web1"}, [])]
    with pytest.raises(InventoryError):
        list(SSHConnector.make_names_data(None))


def test_what_is_not_said_is_left_to_the_configuration():
    options = _options()
    assert options.hostname == "web1"
    assert options.strict_host_key_checking is None
    assert options.forward_agent is None
    assert options.connect_timeout is None
    assert options.default_timeout == 10
    assert connector_data_meta["ssh_strict_host_key_checking"].default == "accept-new"
    assert connector_data_meta["ssh_forward_agent"].default is False


def test_what_is_said_wins():
    options = _options(
        {
            "ssh_hostname": "10.0.0.1",
            "ssh_port": 2222,
            "ssh_user": "deploy",
            "ssh_password": "canary",
            "ssh_strict_host_key_checking": "accept-new",
            "ssh_forward_agent": False,
            "ssh_file_transfer_protocol": "scp",
        },
        CONNECT_TIMEOUT=3,
    )
    assert (options.hostname, options.port, options.user) == ("10.0.0.1", 2222, "deploy")
    assert options.strict_host_key_checking == "accept-new"
    assert options.forward_agent is False
    assert options.default_timeout == 3
    assert not options.sftp
    assert reveal(options.password) == "canary"
    assert "canary" not in repr(options)


def test_wrong_types_are_refused():
    with pytest.raises(ConnectorDataTypeError, match="ssh_port"):
        _options({"ssh_port": "22"})


def test_arguments_of_paramiko(caplog, monkeypatch):
    monkeypatch.setattr(_ssh_data, "_told", set())
    arguments = {
        "timeout": 7,
        "allow_agent": False,
        "key_filename": ["/k"],
        "passphrase": "canary",
        "disabled_algorithms": {"keys": ["rsa-sha2-256"]},
        "banner_timeout": 3,
        "gss_auth": True,
    }
    with caplog.at_level(logging.WARNING, "pyinfra"):
        for _ in range(2):
            options = _options({"ssh_paramiko_connect_kwargs": arguments})
    assert options.connect_timeout == 7
    assert options.allow_agent is False
    assert options.key == "/k"
    assert options.disabled_algorithms == {"keys": ("rsa-sha2-256",)}
    assert [record.message for record in caplog.records] == [
        "ssh_paramiko_connect_kwargs: gss_auth has no meaning here and is ignored"
    ]
    state = _state({"ssh_paramiko_connect_kwargs": arguments})
    shown = state.inventory.get_host("web1").connector.make_paramiko_kwargs()
    assert shown["timeout"] == 7
    assert "canary" not in repr(shown)


def test_one_run_shares_what_was_read():
    state = _state()
    assert shared_of(state) is shared_of(state)
    assert shared_of(state) is not shared_of(_state())


# -- rsync ----------------------------------------------------------------------------------


def _rsync(places, src="/here", dest="/there", flags=("-ax",), arguments=None, **options) -> list[str]:
    config = ConfigReader().read(Target("web1"), places.config(""))
    return rsync_command(config, SSHOptions("web1", **options), src, dest, flags, arguments or {})


def test_rsync_command(places):
    path = places.key_file()
    command = _rsync(places, key=path, user="deploy", port=2222, known_hosts_file="/known hosts",
                     flags=["-ax", "--exclude 'a b'"])  # fmt: skip
    assert command[:4] == ["rsync", "-ax", "--exclude", "a b"]
    assert command[command.index("--") :] == ["--", "/here", "web1:/there"]
    shell = command[command.index("--rsh") + 1]
    assert f"'-i' '{path}'" in shell
    assert "'-l' 'deploy'" in shell
    assert "'UserKnownHostsFile=\"/known hosts\"'" in shell
    assert "'StrictHostKeyChecking=accept-new'" in shell


def test_rsync_with_sudo(places):
    assert "--rsync-path" not in _rsync(places)
    command = _rsync(places, arguments={"_sudo": True, "_sudo_user": "x; y"})
    assert command[command.index("--rsync-path") + 1] == "sudo -n -u 'x; y' rsync"


@pytest.mark.parametrize(
    "arguments", [{"_su_user": "x"}, {"_doas": True}, {"_dzdo": True}, {"_sudo": True, "_sudo_password": "canary"}]
)
def test_rsync_refuses_other_users(places, arguments):
    with pytest.raises(NotImplementedError):
        _rsync(places, arguments=arguments)


@pytest.mark.parametrize(
    ("src", "shown"), [("a;touch m", "a;touch m"), ("host:x/y", "./host:x/y"), ("-e x", "-e x"), ("/a:b", "/a:b")]
)
def test_rsync_takes_names_as_they_are(places, src, shown):
    command = _rsync(places, src=src, dest="/it's; touch m")
    assert command[-3:] == ["--", shown, "web1:/it's; touch m"]


def test_rsync_runs_without_a_shell(places, monkeypatch):
    stub = places.folder / "bin/rsync"
    stub.parent.mkdir()
    stub.write_text(
        f"#!{sys.executable}\nimport json, sys\nprint(json.dumps(sys.argv[1:]))\nsys.exit('x' in sys.argv)\n"
    )
    stub.chmod(stub.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(stub.parent), prepend=":")
    monkeypatch.chdir(places.folder)
    host = _state().inventory.get_host("web1")
    host.connector.check_can_rsync()
    assert host.connector.rsync("a;touch marker", "$(touch marker)", ["-ax"], print_output=True)
    with pytest.raises(OSError, match="rsync failed with status 1"):
        host.connector.rsync("x", "y", ["-ax"])
    assert not (places.folder / "marker").exists()


@pytest.mark.parametrize("data", [{"ssh_password": "x"}, {"ssh_key_password": "x"}])
def test_no_rsync_with_passwords(data):
    with pytest.raises(NotImplementedError):
        _state(data).inventory.get_host("web1").connector.check_can_rsync()


# -- names that others import ---------------------------------------------------------------


def test_private_keys(places):
    state = _state()
    path = places.key_file(passphrase="hush")
    found = get_private_key(state, path, "hush")
    assert found.public_data == key("user").public_data
    assert get_private_key(state, path, None) is found
    with pytest.raises(ConnectError, match="encrypted"):
        load_key_with_certificate(path, allow_prompt=False)
    with pytest.raises(ConnectError, match="not a certificate"):
        load_key_with_certificate(places.key_file(), certificate_filename="/none")


def test_connect_error():
    with pytest.raises(ConnectError, match=r"SSH error \(why\)") as caught:
        raise_connect_error(SimpleNamespace(name="web1"), "SSH error", "why")
    assert caught.value.details.host == "web1"


def test_old_configuration_and_policies(places):
    config = get_ssh_config(places.config("Host a\n HostName b\n Port 3\n ProxyJump c"))
    assert config.lookup("a")["hostname"] == "b"
    assert config.lookup("a")["proxyjump"] == "c"
    assert get_missing_host_key_policy("accept-new").name == "accept-new"
    with pytest.raises(Exception, match="no host key policy"):
        get_missing_host_key_policy("sometimes")


def test_scp_client():
    class Transfers:
        def putfo(self, fl, name):
            raise OSError("full")

        def getfo(self, name, fl):
            fl.write(b"x")

    client = SCPClient(Transfers())
    assert client.getfo("/a", BytesIO()).getvalue() == b"x"
    with pytest.raises(SCPException, match="full"):
        client.putfo(StringIO(), b"/a")
    assert asbytes(Path("/a")) == b"/a"
    assert asunicode(b"a\xff") == "a\udcff"
