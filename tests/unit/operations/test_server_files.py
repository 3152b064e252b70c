"""``server`` operations on files of settings: hosts, limits, kernel settings, locales, time zone."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from pyinfra.api import OperationError, OperationTypeError, OperationValueError
from pyinfra.facts._files.contents import FileContent, FileText
from pyinfra.facts.files import Directory, File
from pyinfra.facts.server import EtcHosts, Locales, Os, Sysctl, Timezone, Which
from pyinfra.operations import server
from pyinfra.operations._server.etc_hosts import Entry
from pyinfra.operations._server.locale import _Choice
from pyinfra.operations._server.security_limit import Limit
from pyinfra.operations._server.sysctl import Setting
from pyinfra.operations._server.timezone import TimedateRuns

from .machine import Machine
from .stub import commands_of

HOSTS = """127.0.0.1\tlocalhost
# the cluster
10.0.0.1 db.example.org db  # the first
 10.0.0.1\tprimary
::1 ip6-localhost
not an address
"""


def refused(operation: Any, argument: str, facts: dict[Any, Any] | None = None, **kwargs: Any) -> None:
    with pytest.raises((OperationValueError, OperationTypeError)) as caught:
        commands_of(operation, facts, **kwargs)
    assert caught.value.details.argument == argument


def entry(ip: str) -> Entry:
    from ipaddress import ip_address

    return Entry(ip_address(ip), ip)


# -- /etc/hosts ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ip", "names", "before", "after"),
    [
        ("10.0.0.1", ["db.example.org", "db", "primary"], HOSTS, HOSTS),
        ("10.0.0.9", ["x"], HOSTS, f"{HOSTS}10.0.0.9 x\n"),
        ("10.0.0.9", ["x"], "", "10.0.0.9 x\n"),
        ("10.0.0.9", ["x"], "10.0.0.1 y", "10.0.0.1 y\n10.0.0.9 x\n"),
        ("127.0.0.1", ["localhost", "web"], HOSTS, HOSTS.replace("\tlocalhost\n", "\tlocalhost web\n")),
        (
            "10.0.0.1", ["db"], HOSTS,
            HOSTS.replace("db.example.org db  # the first", "db  # the first").replace(" 10.0.0.1\tprimary\n", ""),
        ),
        ("0:0:0:0:0:0:0:1", ["ip6-localhost"], HOSTS, HOSTS),
    ],
)  # fmt: skip
def test_names_of_an_address(ip: str, names: list[str], before: str, after: str) -> None:
    assert entry(ip).named(before, names) == after
    assert entry(ip).named(after, names) == after


@pytest.mark.parametrize(
    ("ip", "names", "after"),
    [
        ("10.0.0.2", [], HOSTS),
        ("10.0.0.1", ["other"], HOSTS),
        ("10.0.0.1", ["db"], HOSTS.replace("db.example.org db ", "db.example.org ")),
        ("10.0.0.1", ["primary"], HOSTS.replace(" 10.0.0.1\tprimary\n", "")),
        ("10.0.0.1", [], HOSTS.replace("10.0.0.1 db.example.org db  # the first\n 10.0.0.1\tprimary", "# the first")),
        ("::1", [], HOSTS.replace("::1 ip6-localhost\n", "")),
    ],
)
def test_no_names_of_an_address(ip: str, names: list[str], after: str) -> None:
    assert entry(ip).unnamed(HOSTS, names) == after
    assert entry(ip).unnamed(after, names) == after


def test_hosts(machine: Machine, tmp_path: Path) -> None:
    file = tmp_path / "it's hosts"
    file.write_text(HOSTS)
    file.chmod(0o640)
    machine.apply(server.etc_hosts, ip="10.0.0.7", hostnames=["a.b", "a"], path=str(file))
    machine.apply(server.etc_hosts, ip="10.0.0.1", hostnames="db", path=str(file))
    assert file.stat().st_mode & 0o777 == 0o640
    found = machine.fact(EtcHosts, path=str(file))
    assert (found["10.0.0.7"], found["10.0.0.1"]) == (["a.b", "a"], ["db"])
    machine.apply(server.etc_hosts, ip="10.0.0.7", hostnames="a.b", present=False, path=str(file))
    machine.apply(server.etc_hosts, ip="10.0.0.1", present=False, path=str(file))
    assert "10.0.0.7 a\n" in file.read_text()
    assert "10.0.0.1" not in file.read_text()
    machine.apply(server.etc_hosts, ip="10.0.0.7", hostnames="a", path=str(tmp_path / "new" / "hosts"))
    assert (tmp_path / "new" / "hosts").read_text() == "10.0.0.7 a\n"


def test_what_no_hosts_file_can_have() -> None:
    refused(server.etc_hosts, "hostnames", ip="10.0.0.1")
    for ip in ("x", "10.0.0", "10.0.0.1 evil", "", None, 7):
        refused(server.etc_hosts, "ip", ip=ip, hostnames="a")
    for names in (["a b"], ["a\n10.0.0.1 b"], [""], ["a#b"], [5], {"a": 1}, "-x"):
        refused(server.etc_hosts, "hostnames", ip="10.0.0.1", hostnames=names)


# -- limits --------------------------------------------------------------------------------


def test_a_limit() -> None:
    limit = Limit.checked("@app", "soft", "nofile", 4096)
    text = "# x\n@app soft nofile 10 # ours\n@app hard nofile 10\n*  soft\tnofile 7\n"
    assert limit.set_in(text) == text.replace("@app soft nofile 10 # ours", "@app\tsoft\tnofile\t4096")
    assert limit.set_in("@app  soft nofile 4096 # ours\n") == "@app  soft nofile 4096 # ours\n"
    assert limit.set_in("") == "@app\tsoft\tnofile\t4096\n"
    assert limit.set_in("# no end") == "# no end\n@app\tsoft\tnofile\t4096\n"


def test_what_no_limit_can_be() -> None:
    good: dict[str, Any] = {"domain": "app", "limit_type": "soft", "item": "nofile", "value": 1}
    for argument, values in {
        "domain": ("", "a b", "a\n* hard core 0", "#x", 5),
        "limit_type": ("soff", "", None),
        "item": ("nofiles", "", 5),
        "value": ("many", True, None, "1\n2", 1.5),
    }.items():
        for value in values:
            refused(server.security_limit, argument, **{**good, argument: value})
    with pytest.raises(OperationValueError, match="did you mean nofile"):
        commands_of(server.security_limit, **{**good, "item": "nofiles"})
    assert commands_of(server.security_limit, {Directory: {}}, **{**good, "value": "unlimited"})


# -- kernel settings -----------------------------------------------------------------------

KEY = "net.ipv4.ip_local_port_range"


@pytest.mark.parametrize("value", [[1024, 2048], ["1024", 2048], "1024 2048", "1024\t2048"])
def test_a_kernel_setting_that_is_right(value: Any) -> None:
    facts = {Sysctl: {KEY: [1024, 2048]}, Which: "/sbin/sysctl"}
    assert commands_of(server.sysctl, facts, key=KEY, value=value) == []
    assert commands_of(server.sysctl, {**facts, Sysctl: {KEY: [1024, 4096]}}, key=KEY, value=value) != []


@pytest.mark.parametrize(
    ("present", "value", "right"),
    [
        (0, 0, True), (0, "0", True), (0, False, True), (0, "00", True), (1, 0, False), ("cubic", "cubic", True),
        ("", "", True), ("a b", ["a", "b"], True), ("a b", "b a", False), ([0, 0], 0, False),
    ],
)  # fmt: skip
def test_values_of_kernel_settings(present: Any, value: Any, right: bool) -> None:
    assert Setting.checked("a.b", value).is_value(present) == right


def test_how_a_kernel_setting_is_made() -> None:
    facts = {Sysctl: {KEY: [1, 2]}, Which: "/sbin/sysctl"}
    assert commands_of(server.sysctl, facts, key=KEY, value="3 $(id)") == [f"sysctl '{KEY}=3 $(id)'"]
    assert commands_of(server.sysctl, {Sysctl: {}}, key="net/ipv4/conf/eth0.1/x", value=3) == [
        "printf '%s\\n' 3 >/proc/sys/net/ipv4/conf/eth0.1/x"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "a.b = 1\n"),
        ("#a.b = 1", "#a.b = 1\na.b = 1\n"),
        ("a.b=01 \n", "a.b=01 \n"),
        ("a/b = 2\na.b.c = 3\n", "a.b = 1\na.b.c = 3\n"),
        ("a.b = 1\n-a.b = 2\n", "a.b = 1\na.b = 1\n"),
        ("a.b = 2\na.b = 1\n", "a.b = 2\na.b = 1\n"),
    ],
)
def test_a_kernel_setting_that_is_kept(text: str, expected: str) -> None:
    setting = Setting.checked("a.b", 1)
    assert setting.set_in(text) == expected
    assert setting.set_in(expected) == expected


def test_what_no_kernel_setting_can_be() -> None:
    for key in ("", "-w", "a b", "a=b", "a.b\nc.d", "../x", "a/../../etc/x", 5, None, "$(id)", "a.*"):
        refused(server.sysctl, "key", key=key, value=1)
    for value in ("1\n2", {"a": 1}, None, [None], 1.5):
        refused(server.sysctl, "value", key="a.b", value=value)


# -- locales -------------------------------------------------------------------------------

GEN = (
    "# This file lists locales\n# de_DE ISO-8859-1\n# de_DE.UTF-8 UTF-8\nen_US.UTF-8 UTF-8  \n"
    "# de_DE@euro ISO-8859-15\n"
)


def made(text: str, locale: str, present: bool = True) -> str:
    return _Choice(locale, present).made_in(text)


def test_lines_of_locales() -> None:
    assert made(GEN, "de_DE.UTF-8") == GEN.replace("# de_DE.UTF-8", "de_DE.UTF-8")
    assert made(GEN, "de_DE.utf8") == GEN.replace("# de_DE.UTF-8", "de_DE.UTF-8")
    assert made(GEN, "de_DE") == GEN.replace("# de_DE ISO", "de_DE ISO")
    assert made(GEN, "de_DE@euro") == GEN.replace("# de_DE@euro", "de_DE@euro")
    assert made(GEN, "en_US.UTF-8") == GEN
    assert made(GEN, "en_US.UTF-8", False) == GEN.replace("en_US", "# en_US")
    assert made(GEN, "de_DE.UTF-8", False) == GEN
    with pytest.raises(OperationValueError, match=r"did you mean de_DE\.UTF-8"):
        made(GEN, "de_DF.UTF-8")


def test_a_locale() -> None:
    facts = {Locales: ["C", "en_US.UTF-8"], FileText: FileContent.of(GEN.encode())}
    assert commands_of(server.locale, facts, locale="en_US.utf8") == []
    assert commands_of(server.locale, facts, locale="de_DE.UTF-8", present=False) == []
    assert commands_of(server.locale, facts, locale="de_DE.UTF-8")[-1] == "locale-gen"
    assert len(commands_of(server.locale, facts, locale="en_US.UTF-8", present=False)) == 2
    without = commands_of(server.locale, {Locales: []}, locale="de_DE.UTF-8")
    assert 'is the package "locales" installed?' in without[0], "it may be by then"
    for name in ("", "-x", "a b", "de_DE.UTF-8;id", "x\ny", 5):
        refused(server.locale, "locale", facts, locale=name)


# -- time zone -----------------------------------------------------------------------------


def test_a_time_zone() -> None:
    facts: dict[Any, Any] = {Timezone: "Etc/UTC", Os: "Linux", Directory: {}}
    assert commands_of(server.timezone, facts, timezone="Etc/UTC") == []
    link, *rest = commands_of(server.timezone, facts, timezone="Europe/Oslo")
    assert "ln -s /usr/share/zoneinfo/Europe/Oslo" in link
    assert "/etc/timezone" in rest[-1]
    assert len(commands_of(server.timezone, {**facts, Os: "OpenBSD"}, timezone="Europe/Oslo")) == 1
    by_systemd = commands_of(server.timezone, {**facts, TimedateRuns: True}, timezone="Europe/Oslo")
    assert by_systemd == ["timedatectl set-timezone Europe/Oslo"]
    for name in ("", "/etc/passwd", "../../etc/passwd", "Europe/../x", "-x", "a b", "$(id)", "a\n", 5, "Europe/"):
        refused(server.timezone, "timezone", facts, timezone=name)


# -- several -------------------------------------------------------------------------------


def test_what_follows_is_planned_against_what_will_be(machine: Machine, tmp_path: Path) -> None:
    from pyinfra.api.operation import add_ops
    from pyinfra.api.operations import run_ops

    file = tmp_path / "hosts"
    one: dict[str, Any] = {"ip": "10.0.0.1", "path": str(file)}
    calls = [
        (server.etc_hosts, {**one, "hostnames": "a"}),
        (server.etc_hosts, {**one, "hostnames": "a"}),
        (server.etc_hosts, {**one, "ip": "10.0.0.2", "hostnames": ["b", "c"]}),
        (server.etc_hosts, {**one, "hostnames": "d"}),
        (server.etc_hosts, {**one, "hostnames": "a", "present": False}),
        (server.etc_hosts, {**one, "ip": "10.0.0.2", "hostnames": "b", "present": False}),
    ]
    planned = [True, False, True, True, False, True]
    with machine.run(FAIL_PERCENT=0) as state:
        metas = [next(iter(meta.values())) for meta in add_ops(state, calls)]
        assert [meta.will_change for meta in metas] == planned
        assert not file.exists()
        run_ops(state)
        assert [meta.did_change() for meta in metas] == planned
    assert file.read_text() == "10.0.0.1 d\n10.0.0.2 c\n"


# -- somebody else -------------------------------------------------------------------------


def test_what_others_changed_is_not_undone(machine: Machine, tmp_path: Path) -> None:
    file = tmp_path / "hosts"
    file.write_text("10.0.0.1 a\n")
    from pyinfra.api.operation import add_op
    from pyinfra.api.operations import run_ops

    with machine.run(FAIL_PERCENT=100) as state:
        (meta,) = add_op(
            state, server.etc_hosts, ip="10.0.0.1", hostnames="b", path=str(file), _ignore_errors=True
        ).values()
        file.write_text("10.0.0.1 somebody else's\n")
        run_ops(state)
    assert not meta.did_succeed()
    assert "was changed by somebody else" in meta.stderr
    assert file.read_text() == "10.0.0.1 somebody else's\n"


def test_what_cannot_be_read_is_not_taken_for_empty() -> None:
    facts = {File: {"mode": 644}, FileText: None}
    calls: list[dict[str, Any]] = [
        {"operation": server.etc_hosts, "ip": "10.0.0.1", "hostnames": "a"},
        {"operation": server.user_authorized_keys, "user": "ann", "public_keys": "ssh-ed25519 AAAA ann"},
    ]
    for call in calls:
        with pytest.raises(OperationError, match="could not be read"):
            commands_of(facts={**facts, Directory: {}}, **call)


def test_a_script_made_for_the_host(machine: Machine, tmp_path: Path) -> None:
    template = tmp_path / "it's.sh"
    template.write_text('#!/bin/sh\necho "{{ greeting }}, {{ host.name }}: $1"\n')
    meta = machine.once(server.script_template, src=str(template), args=["$(id)"], greeting="hello")
    assert meta.stdout == "hello, @local: $(id)"
    meta = machine.once(server.script_template, src=io.StringIO("printf {{ word }}"), word="x")
    assert meta.stdout == "x"
    error = machine.fails(server.script_template, src=str(template))
    assert isinstance(error, OperationError)
    assert "line 2" in str(error)
    missing: Any = machine.fails(server.script_template, src=str(tmp_path / "none"))
    assert missing.details.argument == "src"
