"""Our reading of ssh_config is OpenSSH's: both are asked about the same files."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import textwrap
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyinfra._core.errors import ConnectError
from pyinfra._transport.ssh.config.rules import Target
from pyinfra._transport.ssh.config.settings import DEFAULT_KEYS, ConfigReader, Settings
from pyinfra._transport.ssh.config.tokens import Tokens

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(shutil.which("ssh") is None, reason="needs the OpenSSH client")

HOME = pwd.getpwuid(os.getuid()).pw_dir


@pytest.fixture(autouse=True)
def _environment(monkeypatch):
    monkeypatch.setenv("SSH_AUTH_SOCK", "/run/agent")
    monkeypatch.setenv("HOME", HOME)  # ssh never looks at the variable


def openssh(path: Path, host: str, user: str | None = None, port: int | None = None) -> dict[str, list[str]]:
    command = ["ssh", "-T", "-G", "-F", str(path)]
    command += ["-l", user] if user else []
    command += ["-p", str(port)] if port else []
    done = subprocess.run([*command, host], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError(done.stderr)
    answer: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        keyword, _, value = line.partition(" ")
        answer.setdefault(keyword, []).append(value)
    return answer


def _hop(hop) -> str:
    host = f"[{hop.host}]" if ":" in hop.host else hop.host
    return (f"{hop.user}@" if hop.user else "") + host + (f":{hop.port}" if hop.port else "")


def _yes(value: bool) -> list[str]:
    return ["yes" if value else "no"]


def as_openssh(ours: Settings) -> dict[str, list[str] | None]:
    """Write our answer as ``ssh -G`` would."""
    policies = {None: "ask", "yes": "true", "no": "false"}
    forward = ours.forward_agent
    return {
        "hostname": [ours.hostname],
        "port": [str(ours.port)],
        "user": [ours.user],
        "proxyjump": [",".join(_hop(hop) for hop in ours.jumps)] if ours.jumps else None,
        "proxycommand": [ours.proxy_command] if ours.proxy_command else None,
        "stricthostkeychecking": [policies.get(ours.host_keys, ours.host_keys)],
        "connecttimeout": ["none" if ours.connect_timeout is None else f"{ours.connect_timeout:g}"],
        "serveraliveinterval": [f"{ours.alive_interval or 0:g}"],
        "serveralivecountmax": [str(3 if ours.alive_count is None else ours.alive_count)],
        "forwardagent": [forward] if isinstance(forward, str) else _yes(bool(forward)),
        "identitiesonly": _yes(ours.identities_only),
        "hostkeyalias": [ours.host_key_alias] if ours.host_key_alias else None,
        "userknownhostsfile": [" ".join(ours.user_known_hosts) or "none"],
        "globalknownhostsfile": [" ".join(ours.global_known_hosts) or "none"],
        "hashknownhosts": _yes(ours.hash_known_hosts),
        "nohostauthenticationforlocalhost": _yes(ours.trust_localhost),
        "identityagent": [ours.identity_agent] if ours.identity_agent else None,
        "tcpkeepalive": _yes(ours.tcp_keepalive),
        "addressfamily": [ours.address_family],
        "bindaddress": [ours.bind_address] if ours.bind_address else None,
        "batchmode": _yes(ours.batch_mode),
        "passwordauthentication": _yes(ours.use_password),
        "kbdinteractiveauthentication": _yes(ours.use_keyboard),
        "pubkeyauthentication": ["true" if ours.use_keys else "false"],
        "preferredauthentications": [",".join(ours.preferred_authentications)]
        if ours.preferred_authentications
        else None,
        "setenv": [f"{name}={value}" for name, value in ours.environment] or None,
    }


def assert_same(path: Path, host: str, user: str | None = None, port: int | None = None) -> Settings:
    theirs = openssh(path, host, user, port)
    ours = ConfigReader().read(Target(host, user, port), str(path))
    expected = as_openssh(ours)
    if ours.batch_mode and ours.alive_interval is None:
        theirs["serveraliveinterval"] = ["0"]  # Debian's ssh makes it 300 then
    if theirs.get("identityagent") == ["SSH_AUTH_SOCK"]:
        theirs["identityagent"] = [os.environ.get("SSH_AUTH_SOCK", "none")]
    if "proxyjump" in theirs:
        theirs["proxyjump"] = [theirs["proxyjump"][0].replace("ssh://", "")]
    assert expected == {key: theirs.get(key) for key in expected}
    tokens = Tokens.of(
        original=host, hostname=ours.hostname, port=str(ours.port), user=ours.user, alias=ours.host_key_alias
    )
    files = theirs["identityfile"]
    if files[0] == DEFAULT_KEYS[0]:
        assert ours.identity_files == ()
    else:
        expanded = tuple("none" if name == "none" else tokens.expand_path(name) for name in files)
        assert ours.identity_files == expanded
    certificates = tuple(tokens.expand_path(name) for name in theirs.get("certificatefile", ()) if name != "none")
    assert ours.certificate_files == certificates
    return ours


EXAMPLES = {
    "nothing": "",
    "first value wins": """
        Host web
          Port 2201
        Host w*
          Port 2202
          User deploy
        Host *
          Port 2203
          User root
          IdentityFile ~/.ssh/every
        """,
    "negation": """
        Host *.example.com !db.example.com web
          User app
        Host !web *
          Port 99
        """,
    "several names": "Host a web b\n HostName 192.0.2.7\nHost ?eb\n Compression yes\n User x",
    "host name with token": "Host web\n HostName %h.Example.COM\nMatch host *.example.com\n User y",
    "match": """
        Host web
          HostName inner
        Match host inner
          User matched
        Match originalhost web user matched
          Port 2222
        Match user nobody
          Port 1
        Match localuser nobody,ACCOUNT
          IdentityFile /local
        Match all
          ServerAliveInterval 7
        """.replace("ACCOUNT", pwd.getpwuid(os.getuid()).pw_name),
    "match negated": 'Match !host web\n Port 1\nMatch host "web,x" !user nobody\n Port 2\nMatch host=web\n User u',
    "match exec": 'Match exec "test %h = web && test %n = web"\n User yes\nMatch exec "test %p = 22"\n Port 5\n'
    'Match exec "false"\n IdentityFile /no',
    "match final": "Host web\n HostName real.example.com\nMatch final host real.*\n User late\n"
    "Match final all\n Port 7\nHost real.example.com\n ServerAliveInterval 3\n"
    "IdentityFile /a\nIdentityFile /a\nIdentityFile /b",
    "match canonical": "Match canonical all\n User c\nHost *\n Port 3",
    "quotes and comments": "Host web # not another name\n  User \"a b\" # comment\n  IdentityFile '/x y/z'\n"
    "  IdentityFile /x\\ y\n  Port=22022\n  ConnectTimeout = 5\n\tServerAliveCountMax\t9\n#Port 3\n   # Port 4",
    "proxy command": "Host web\n ProxyCommand = nc -x 'a b' # kept\n ProxyJump ignored",
    "jump first": "Host web\n ProxyJump a\n ProxyCommand ignored\nHost *\n ProxyJump b",
    "jump list": "ProxyJump one,deploy@two:2222,ssh://x@three:33,[2001:db8::1]:44",
    "jump none": "Host web\n ProxyJump none\nHost *\n ProxyJump bastion",
    "command none": "Host web\n ProxyCommand none\nHost *\n ProxyJump bastion",
    "host keys": "StrictHostKeyChecking accept-new\nUserKnownHostsFile ~/kh_%h ~/.two /three\nHostKeyAlias Name\n"
    "GlobalKnownHostsFile /g1 /g2\nHashKnownHosts yes",
    "no files": "UserKnownHostsFile none\nGlobalKnownHostsFile none\nStrictHostKeyChecking off\nIdentityFile none",
    "times": "ConnectTimeout 1h2m3\nServerAliveInterval 2m\nServerAliveCountMax 0",
    "no timeout": "ConnectTimeout none",
    "agents": "IdentityAgent ~/agent_%r\nForwardAgent yes\nIdentitiesOnly true",
    "forward a path": "ForwardAgent ~/x",
    "no agent": "IdentityAgent none\nForwardAgent no",
    "agent variable": "IdentityAgent SSH_AUTH_SOCK",
    "methods": "PreferredAuthentications password,publickey\nPasswordAuthentication no\nPubkeyAuthentication no\n"
    "KbdInteractiveAuthentication no\nBatchMode yes",
    "environment": 'SetEnv A=1 "B=x y"\nSetEnv C=3\nSendEnv LANG LC_*',
    "network": "AddressFamily inet6\nBindAddress 127.0.0.1\nTCPKeepAlive no\nNoHostAuthenticationForLocalhost yes",
    "what we do not use": "ControlMaster auto\nControlPath ~/.ssh/%C\nControlPersist 5m\nLocalForward 1 a:2\n"
    "VisualHostKey yes\nIPQoS af21\nLogLevel ERROR\nAddKeysToAgent yes\nUpdateHostKeys no\nPort 3",
    "case": "HOST web\n hOsTnAmE Up.Per\n PORT 3\nhost WEB\n user u",
    "variables": "IdentityFile ${HOME}/key_%u\nCertificateFile ${HOME}/cert_%r\nUserKnownHostsFile ${HOME}/k",
    "windows lines": "Host web\r\n  Port 3\r\n  User u\r\n",
}


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("host", ["web", "db.example.com", "WEB"])
def test_examples(tmp_path, name, host):
    path = tmp_path / "config"
    path.write_text(textwrap.dedent(EXAMPLES[name]))
    assert_same(path, host)


def test_explicit_user_and_port_take_part_in_matching(tmp_path):
    path = tmp_path / "config"
    path.write_text("User other\nPort 3\nMatch user given\n HostName by-user\n IdentityFile /%p/%r")
    ours = assert_same(path, "web", "given", 2200)
    assert (ours.hostname, ours.user, ours.port) == ("by-user", "given", 2200)
    assert ours.identity_files == ("/2200/given",)


def test_include(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/20").write_text("Port 20\nUser twenty\nHost db\n IdentityFile /db\nHost web\n IdentityFile /web")
    (tmp_path / "parts/10").write_text("Host web\n Port 10")
    (tmp_path / "always").write_text("ServerAliveInterval 4\nHost *\n ServerAliveCountMax 5")
    path = tmp_path / "config"
    path.write_text(
        f"Include {tmp_path}/missing {tmp_path}/parts/*\nHost web\n Include {tmp_path}/always\n BatchMode yes\n"
        f"Host none\n Include {tmp_path}/always\nHost *\n ConnectTimeout 3"
    )
    for host in ("web", "db", "none", "other"):
        assert_same(path, host)


def test_include_loop_is_an_error_for_both(tmp_path):
    path = tmp_path / "config"
    path.write_text(f"Include {path}")
    with pytest.raises(ValueError, match="recursive"):
        openssh(path, "web")
    with pytest.raises(ConnectError, match="Include"):
        ConfigReader().read(Target("web"), str(path))


@pytest.mark.parametrize(
    "line", ["Port x", "StrictHostKeyChecking maybe", 'User "open', "ConnectTimeout 5y", "Match", "Port"]
)
def test_nonsense_is_an_error_for_both(tmp_path, line):
    path = tmp_path / "config"
    path.write_text(f"Host *\n{line}\n")
    with pytest.raises(ValueError, match=r"."):
        openssh(path, "web")
    with pytest.raises(ConnectError, match="line 2"):
        ConfigReader().read(Target("web"), str(path))


@pytest.mark.parametrize(
    "text",
    [
        "CanonicalizeHostname yes\nCanonicalDomains example.invalid\nCanonicalizeFallbackLocal yes\nPort 4\nUser u",
        "CanonicalizeHostname always\nIdentityFile ~/k_%h\nStrictHostKeyChecking ask\nForwardAgent yes",
    ],
)
def test_what_only_openssh_can_tell_is_asked_of_it(tmp_path, text):
    path = tmp_path / "config"
    path.write_text(text)
    ours = assert_same(path, "web")
    assert ours.host_keys == ("ask" if "ask" in text else None)


# -- generated files -----------------------------------------------------------------------

_HOSTS = ["web", "db.example.com", "a1", "10.0.0.1"]
_PATTERNS = st.sampled_from(["*", "web", "!web", "w?b", "*.example.com", "!db*", "a1", "10.0.0.*", "*.com", "real-*"])
_VALUES = {
    "HostName": ["real-%h", "10.1.1.1", "Web.Example.COM"],
    "Port": ["22", "2222"],
    "User": ["root", "deploy"],
    "IdentityFile": ["~/.ssh/a", "/k/%h", "none", '"/with blank/%r"', "/k/%n_%p"],
    "CertificateFile": ["/c/%r", "none"],
    "ProxyJump": ["bastion", "none", "a,u@b:2022"],
    "ProxyCommand": ["none", 'nc "x y"  z'],
    "UserKnownHostsFile": ["~/k1 ~/k2", "/dev/null", "none", "~/k_%h"],
    "StrictHostKeyChecking": ["yes", "no", "ask", "accept-new", "off"],
    "ConnectTimeout": ["5", "1m", "none"],
    "ServerAliveInterval": ["0", "30", "1m30s"],
    "ServerAliveCountMax": ["0", "5"],
    "ForwardAgent": ["yes", "no"],
    "IdentitiesOnly": ["yes", "no"],
    "HostKeyAlias": ["alias"],
    "IdentityAgent": ["none", "~/agent"],
    "LogLevel": ["QUIET"],
    "ControlMaster": ["auto"],
}
_LINES = st.sampled_from([(keyword, value) for keyword, values in _VALUES.items() for value in values])
_SEPARATORS = st.sampled_from([" ", "\t", "=", " = ", "   "])
_CRITERIA = st.sampled_from(
    [
        "all",
        "host real-*",
        "host web,a1",
        "!host web",
        "user root",
        "user deploy",
        "!user root",
        "originalhost w*",
        "final all",
    ]
)


@st.composite
def _line(draw) -> str:
    keyword, value = draw(_LINES)
    written = draw(st.sampled_from([keyword, keyword.lower(), keyword.upper()]))
    return draw(st.sampled_from(["", "  ", "\t"])) + written + draw(_SEPARATORS) + value


@st.composite
def _block(draw) -> str:
    patterns = draw(st.lists(_PATTERNS, min_size=1, max_size=3))
    head = draw(st.sampled_from(["Host " + " ".join(patterns), "Match " + draw(_CRITERIA)]))
    return "\n".join([head, *draw(st.lists(_line(), max_size=5))])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    head=st.lists(_line(), max_size=3),
    blocks=st.lists(_block(), max_size=5),
    host=st.sampled_from(_HOSTS),
    user=st.sampled_from([None, "root", "deploy"]),
    port=st.sampled_from([None, 2200]),
)
def test_generated_files(tmp_path, head, blocks, host, user, port):
    path = tmp_path / "config"
    path.write_text("\n".join([*head, *blocks]) + "\n")
    assert_same(path, host, user, port)
