"""What operations of SELinux do on a host that answers their questions, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra.api import OperationError
from pyinfra.facts._selinux.listing import FileTypes, PortTypes, StoredBooleans
from pyinfra.facts.selinux import FileContext, SEBoolean
from pyinfra.operations import selinux
from pyinfra.operations.selinux import Boolean, Protocol

from .stub import commands_of

CONTEXT = {"user": "system_u", "role": "object_r", "type": "etc_t", "level": "s0"}
TYPES = {"policy": {"tcp 22-22": "ssh_port_t", "tcp 10001-10010": "http_cache_port_t",
                    "tcp 1024-65535": "unreserved_port_t"},
         "local": {"tcp 8123-8123": "http_port_t"}}  # fmt: skip


def test_booleans():
    def boolean(*facts: str, stored: dict[str, str] | None = None, **kwargs: Any) -> list[str]:
        answers = {SEBoolean: facts[0] if facts else "", StoredBooleans: stored or {}}
        return commands_of(selinux.boolean, answers, bool_name="httpd_x", **kwargs)

    assert boolean("off", value="on") == boolean("off", value=Boolean.ON) == ["setsebool httpd_x on"]
    assert boolean("on", value="on") == boolean("on", value="on", persistent=True) == []
    assert boolean("on", value=Boolean.OFF, persistent=True) == ["setsebool -P httpd_x off"]
    stored = {"httpd_x": "off"}
    assert boolean("on", value="on", stored=stored) == []
    assert boolean("on", value="on", persistent=True, stored=stored) == ["setsebool -P httpd_x on"]


def test_types_of_files():
    wanted = {"path": "-a file", "se_type": "httpd_sys_content_t"}
    assert commands_of(selinux.file_context, {FileContext: CONTEXT}, **wanted) == [
        "chcon -t httpd_sys_content_t './-a file'"
    ]
    assert commands_of(selinux.file_context, {FileContext: CONTEXT}, path="/etc/x", se_type="etc_t") == []


def test_mappings():
    def mapping(types: dict[str, str], **kwargs: Any) -> list[str]:
        return commands_of(selinux.file_context_mapping, {FileTypes: types}, target="/srv/$(x)(/.*)?", **kwargs)

    there = {"/srv/$(x)(/.*)?": "etc_t"}
    assert mapping({}, se_type="etc_t") == ["semanage fcontext -a -t etc_t '/srv/$(x)(/.*)?'"]
    assert mapping(there, se_type="etc_t") == mapping({}, present=False) == []
    assert mapping(there, se_type="<<none>>") == ["semanage fcontext -m -t '<<none>>' '/srv/$(x)(/.*)?'"]
    assert mapping(there, present=False) == ["semanage fcontext -d '/srv/$(x)(/.*)?'"]


def test_ports():
    def port(number: int, *, protocol: Any = "tcp", **kwargs: Any) -> list[str]:
        return commands_of(selinux.port, {PortTypes: TYPES}, protocol=protocol, port_num=number, **kwargs)

    assert port(9999, se_type="http_port_t") == ["semanage port -a -t http_port_t -p tcp 9999"]
    assert port(53, protocol=Protocol.UDP, se_type="dns_port_t") == ["semanage port -a -t dns_port_t -p udp 53"]
    assert port(22, se_type="http_port_t") == ["semanage port -m -t http_port_t -p tcp 22"]
    assert port(8123, se_type="ssh_port_t") == ["semanage port -m -t ssh_port_t -p tcp 8123"]
    assert port(22, se_type="ssh_port_t") == port(10005, se_type="http_cache_port_t") == []
    assert port(10005, se_type="ssh_port_t") == ["semanage port -a -t ssh_port_t -p tcp 10005"]
    assert port(8123, present=False) == ["semanage port -d -p tcp 8123"]
    assert port(22, present=False) == port(9999, present=False) == []


@pytest.mark.parametrize(
    ("operation", "argument", "kwargs"),
    [
        (selinux.boolean, "value", {"bool_name": "x", "value": "yes"}),
        (selinux.boolean, "value", {"bool_name": "x", "value": True}),
        (selinux.boolean, "bool_name", {"bool_name": "-P", "value": "on"}),
        (selinux.boolean, "bool_name", {"bool_name": 5, "value": "on"}),
        (selinux.file_context, "se_type", {"path": "/x", "se_type": "a;b"}),
        (selinux.file_context_mapping, "target", {"target": "/a b", "se_type": "x_t"}),
        (selinux.file_context_mapping, "target", {"target": "-D", "present": False}),
        (selinux.file_context_mapping, "se_type", {"target": "/x"}),
        (selinux.port, "se_type", {"protocol": "tcp", "port_num": 5}),
        (selinux.port, "protocol", {"protocol": "icmp", "port_num": 5, "se_type": "x_t"}),
        (selinux.port, "port_num", {"protocol": "tcp", "port_num": 0, "se_type": "x_t"}),
        (selinux.port, "port_num", {"protocol": "tcp", "port_num": "5", "se_type": "x_t"}),
    ],
)
def test_what_makes_no_sense_is_refused(operation: Any, argument: str, kwargs: dict[str, Any]):
    with pytest.raises(OperationError) as caught:
        commands_of(operation, **kwargs)
    assert caught.value.details.argument == argument
