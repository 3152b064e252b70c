"""What the tools of SELinux say: recorded of policycoreutils 3.4, and after the documentation of older versions."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyinfra._core.errors import FactProcessError
from pyinfra.facts._selinux.listing import FileTypes, PortTypes, StoredBooleans
from pyinfra.facts.selinux import FIELDS, FileContext, FileContextMapping, SEBoolean, SEPort, SEPorts

from .remote import Remote

_PORTS = """afs3_callback_port_t           tcp      7001
dns_port_t                     tcp      53, 853
dns_port_t                     udp      53
http_cache_port_t              tcp      3128, 8080, 8118, 10001-10003
http_port_t                    tcp      22, 8123, 80, 443
reserved_port_t                tcp      1-511
ssh_port_t                     tcp      22
unreserved_port_t              tcp      1024-65535"""
PORTS = _PORTS.split("\n")
LOCAL_PORTS = ["http_port_t                    tcp      22, 8123"]
_FILES = """/                                                  directory          system_u:object_r:root_t:s0
/.*                                                all files          system_u:object_r:default_t:s0
/\\.journal                                         all files          <<None>>
/a?quota\\.(user|group)                             regular file       system_u:object_r:quota_db_t:s0
/srv/www(/.*)?                                     all files          system_u:object_r:httpd_sys_content_t:s0:c0.c1023
/srv/www(/.*)?                                     directory          system_u:object_r:etc_t:s0

SELinux Local fcontext Equivalence

/srv/other = /var/www"""
FILES = _FILES.split("\n")


def test_booleans_recorded() -> None:
    assert SEBoolean().process(["httpd_can_network_connect --> off"]) == "off"
    assert SEBoolean().process(["httpd_can_network_connect --> off pending: on"]) == "off"
    assert SEBoolean().process(["allow_execheap --> active"]) == "on"  # 2005
    assert SEBoolean().process(["getsebool:  SELinux is disabled"]) == SEBoolean().process([]) == ""
    lines = ["aide_mmap_files                (off  ,  off)  Allow aide to mmap files",
             "httpd_enable_cgi               (on   ,   off)  Allow httpd cgi support"]  # fmt: skip
    assert StoredBooleans().process(lines) == {"aide_mmap_files": "off", "httpd_enable_cgi": "off"}


def test_contexts_of_files_recorded() -> None:
    expected = dict(zip(FIELDS, ("system_u", "object_r", "passwd_file_t", "s0"), strict=True))
    assert FileContext().process(["system_u:object_r:passwd_file_t:s0"]) == expected
    assert FileContext().process(["system_u:object_r:passwd_file_t:s0 /etc/passwd"]) == expected
    assert FileContext().process(["-rw-r--r--. root root system_u:object_r:passwd_file_t:s0   /etc/passwd"]) == expected
    found = FileContext().process(["u:r:t:s0-s0:c0.c1023"])
    assert found is not None
    assert found["level"] == "s0-s0:c0.c1023"
    assert FileContext().process(["user_u:object_r:tmp_t"]) == {
        "user": "user_u", "role": "object_r", "type": "tmp_t", "level": ""
    }  # fmt: skip
    for lines in (["?"], [], [""], ["? /etc/passwd"], ["-rw-r--r-- 1 root root ? /etc/passwd"]):
        assert FileContext().process(lines) is None


def test_mappings_recorded() -> None:
    types = FileTypes().process(FILES)
    assert types == {"/.*": "default_t", "/\\.journal": "<<none>>", "/srv/www(/.*)?": "httpd_sys_content_t"}
    context = {"user": "system_u", "role": "object_r", "type": "httpd_sys_content_t", "level": "s0:c0.c1023"}
    assert FileContextMapping().process(FILES[4:5]) == FileContextMapping().process(FILES[4:6]) == context
    assert FileContextMapping().process(FILES[:1])["type"] == "root_t"
    assert FileContextMapping().process(FILES[2:3]) == FileContextMapping().process([]) == {}
    assert FileContextMapping().process([FILES[4], FILES[4]]) == {}


def test_ports_recorded() -> None:
    ports = SEPorts().process(PORTS)
    assert (ports["tcp"][10002], ports["tcp"][25], ports["udp"]) == (
        "http_cache_port_t",
        "reserved_port_t",
        {53: "dns_port_t"},
    )
    assert 9999 not in ports["tcp"]
    types = PortTypes().process([*PORTS, "=", *LOCAL_PORTS])
    assert types["local"] == {"tcp 22-22": "http_port_t", "tcp 8123-8123": "http_port_t"}
    assert types["policy"]["tcp 22-22"] == "ssh_port_t"
    assert types["policy"]["tcp 10001-10003"] == "http_cache_port_t"
    lines = ["22: tcp ssh_port_t 22", "22: tcp reserved_port_t 1-511"]
    assert SEPort().process(lines) == SEPort().process(lines[::-1]) == "ssh_port_t"
    assert SEPort().process(["8118: tcp http_cache_port_t 8080, 8118, 10001-10010"]) == "http_cache_port_t"
    assert SEPort().process(["No ports"]) == SEPort().process([]) == ""


def test_where_there_is_no_selinux(remote: Remote) -> None:
    assert remote.read(SEBoolean, boolean="x") == ""
    assert remote.read(FileContext, path="/nothing") is None


def test_all_that_is_given_is_quoted() -> None:
    for fact, arguments in (
        (SEBoolean, {"boolean": "$(x)"}), (FileContext, {"path": "$(x)"}), (FileContextMapping, {"target": "$(x)"}),
        (SEPort, {"protocol": "$(x)", "port": 5}), (SEPort, {"protocol": "tcp", "port": "$(x)"}),
    ):  # fmt: skip
        assert "'$(x)'" in fact().command(**arguments).get_raw_value()


FACTS: list[Any] = [SEBoolean, FileContext, FileContextMapping, SEPort, SEPorts, FileTypes, PortTypes, StoredBooleans]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
@given(lines=st.lists(st.one_of(st.text(max_size=30), st.sampled_from([*PORTS, *FILES, "=", "22: tcp a_t 99999-1"]))))
def test_any_output_is_a_value_or_a_fact_process_error(fact: Any, lines: list[str]) -> None:
    with contextlib.suppress(FactProcessError):
        fact().process(lines)
