"""What programs say of hardware: recorded output, and this machine's in every shell that is here."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyinfra._core.errors import FactProcessError
from pyinfra.facts.hardware import (
    BlockDevices,
    CpuInfo,
    Cpus,
    Ipv4Addresses,
    Ipv4Addrs,
    Ipv6Addresses,
    Ipv6Addrs,
    Memory,
    NetworkDevices,
)

from .remote import Remote

V4 = {"address": "192.0.2.2", "mask_bits": 24, "netmask": "255.255.255.0", "broadcast": "192.0.2.255"}
ETH0 = {"ether": "02:fc:00:00:00:01", "mtu": 1400, "state": "UP", "ipv4": V4,
        "ipv6": {"address": "fe80::1", "mask_bits": 64,
                 "additional_ips": [{"address": "fd00::2", "mask_bits": 64}]}}  # fmt: skip

IP_JSON = ['[{"ifindex":2,"ifname":"eth0","flags":["BROADCAST","UP"],"mtu":1400,"operstate":"UP","link_type":"ether",'
           '"address":"02:fc:00:00:00:01","broadcast":"ff:ff:ff:ff:ff:ff","addr_info":[{"family":"inet","local":'
           '"192.0.2.2","prefixlen":24,"broadcast":"192.0.2.255"},{"family":"inet6","local":"fe80::1","prefixlen":64},'
           '{"family":"inet6","local":"fd00::2","prefixlen":64}]},{},{"ifname":"tun0","mtu":1500,"operstate":"DOWN",'
           '"link_type":"none","addr_info":[]}]']  # fmt: skip
IP = """2: eth0@if7: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1400 qdisc noqueue state UP group default qlen 1000
    link/ether 02:fc:00:00:00:01 brd ff:ff:ff:ff:ff:ff link-netnsid 0
    inet 192.0.2.2/24 brd 192.0.2.255 scope global eth0
       valid_lft forever preferred_lft forever
    inet6 fe80::1/64 scope link
    inet6 fd00::2/64 scope global
3: tun0: <POINTOPOINT> mtu 1500 qdisc noop state DOWN
    link/none"""
BUSYBOX_IP = IP.replace(" state UP", "").replace(" state DOWN", "").replace(" group default", "")
IFCONFIG = """eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1400
        inet 192.0.2.2  netmask 255.255.255.0  broadcast 192.0.2.255
        inet6 fe80::1  prefixlen 64  scopeid 0x20<link>
        inet6 fd00::2  prefixlen 64  scopeid 0x0<global>
        ether 02:fc:00:00:00:01  txqueuelen 1000  (Ethernet)
        RX packets 184019  bytes 5875456258 (5.4 GiB)

tun0: flags=130<BROADCAST,NOARP>  mtu 1500
        unspec 00-00  txqueuelen 500  (UNSPEC)"""
OLD_IFCONFIG = """eth0      Link encap:Ethernet  HWaddr 02:FC:00:00:00:01
          inet addr:192.0.2.2  Bcast:192.0.2.255  Mask:255.255.255.0
          inet6 addr: fe80::1/64 Scope:Link
          inet6 addr: fd00::2/64 Scope:Global
          UP BROADCAST RUNNING MULTICAST  MTU:1400  Metric:1
          RX packets:184019 errors:0 dropped:0 overruns:0 frame:0

tun0      Link encap:UNSPEC  HWaddr 00-00-00-00-00-00-00-00-00-00-00-00-00-00-00-00
          POINTOPOINT NOARP MULTICAST  MTU:1500  Metric:1"""
MACOS = """eth0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1400
	options=400<CHANNEL_IO>
	ether 02:fc:00:00:00:01
	inet6 fe80::1%eth0 prefixlen 64 secured scopeid 0x4
	inet6 fd00::2 prefixlen 64 autoconf secured
	inet 192.0.2.2 netmask 0xffffff00 broadcast 192.0.2.255
	media: autoselect
	status: active
tun0: flags=8010<POINTOPOINT,MULTICAST> mtu 1500"""


@pytest.mark.parametrize(
    "lines", [IP_JSON, *(text.split("\n") for text in (IP, BUSYBOX_IP, IFCONFIG, OLD_IFCONFIG, MACOS))],
    ids=["ip -j", "ip", "busybox ip", "ifconfig", "busybox ifconfig", "macos ifconfig"],
)  # fmt: skip
def test_network_devices_recorded(lines: list[str]) -> None:
    found = NetworkDevices().process(lines)
    assert found == {"eth0": ETH0, "tun0": {"mtu": 1500, "state": "DOWN"}}
    assert Ipv4Addrs().process_data(found) == {"eth0": ["192.0.2.2"]}
    assert Ipv6Addrs().process_data(found) == {"eth0": ["fe80::1", "fd00::2"]}
    assert (Ipv4Addresses().process_data(found), Ipv6Addresses().process_data(found)) == (
        {"eth0": "192.0.2.2"}, {"eth0": "fe80::1"},
    )  # fmt: skip


def test_noise_in_json(caplog: pytest.LogCaptureFixture) -> None:
    lines = ["warning: [x]", '[{},{"ifname":"lo","mtu":65536,"flags":["UP"],"addr_info":[{"local":"127.0.0.1"}]},oops,',
             '{"ifname":"eth1","operstate":"UP","addr_info":[{}]},{"ifname":5}']  # fmt: skip
    assert NetworkDevices().process(lines) == {
        "lo": {"state": "UP", "mtu": 65536, "ipv4": {"address": "127.0.0.1"}}, "eth1": {"state": "UP"}
    }  # fmt: skip
    assert "not all understood" in caplog.text


def test_point_to_point_and_peers() -> None:
    found = NetworkDevices().process(
        ["5: ppp0: <POINTOPOINT,UP> mtu 1492 state UNKNOWN", "    inet 192.0.2.9 peer 192.0.2.1/32 scope global ppp0"]
    )
    assert found["ppp0"]["ipv4"] == {"address": "192.0.2.9", "mask_bits": 32, "netmask": "255.255.255.255"}


def test_file_systems_recorded() -> None:
    lines = ["Filesystem     1024-blocks  Used Available Capacity Mounted on", "/dev/sda1 100 10 90 10% /",
             "/dev/sda1 100 10 90 10% /etc/hosts", "none 1 0 1 0% /x", "//server/my share 5 1 4 20% /mnt/a b",
             "overlay - - - - /y"]  # fmt: skip
    assert BlockDevices().process(lines) == {
        "/dev/sda1": {"blocks": "100", "used": "10", "available": "90", "used_percent": "10", "mount": "/"},
        "//server/my share": {"blocks": "5", "used": "1", "available": "4", "used_percent": "20", "mount": "/mnt/a b"},
    }


def test_memory_recorded() -> None:
    assert Memory().process(["MemTotal:       24684092 kB"]) == 24105
    assert Memory().process(["     24684092 K total memory", "      1022532 K used memory"]) == 24105
    assert Memory().process(["      2036168  total memory"]) == 1988
    assert Memory().process([" 4096 bytes per page", "   508926 pages managed"]) == 1987
    assert Memory().process(["nothing"]) is None


def test_processors_recorded() -> None:
    assert [Cpus().process([line]) for line in ("4", "0", "x", "")] == [4, None, None, None]
    found = CpuInfo().process(
        ["Architecture:            x86_64", "  CPU(s):  2", "Caches (sum of all):  ", "Flags:  fpu vme"]
    )
    assert found == {"Architecture": "x86_64", "CPU(s)": "2", "Flags": ["fpu", "vme"]}


def test_this_machine_in_every_shell(remote: Remote) -> None:
    assert remote.read(Cpus) == os.cpu_count()
    assert remote.read(Memory) == int(Path("/proc/meminfo").read_text().split()[1]) // 1024
    devices = remote.read(NetworkDevices)
    assert {path.name for path in Path("/sys/class/net").iterdir()} & {"lo", "eth0"} <= set(devices)
    for name, device in devices.items():
        with contextlib.suppress(FileNotFoundError):  # other tests make and remove devices
            assert device["mtu"] == int(Path("/sys/class/net", name, "mtu").read_text())
    usage = os.statvfs("/")
    (root,) = [row for row in remote.read(BlockDevices).values() if row["mount"] == "/"]
    assert int(root["blocks"]) == usage.f_blocks * usage.f_frsize // 1024


FACTS: list[Any] = [NetworkDevices, BlockDevices, Memory, Cpus, CpuInfo]
LINES = [line for text in (IP, IFCONFIG, OLD_IFCONFIG, *IP_JSON) for line in text.split("\n")]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
@given(
    lines=st.lists(st.one_of(st.text(max_size=30), st.sampled_from(LINES), st.from_regex(r"\s+inet6? [0-9a:./]{1,9}")))
)
def test_any_output_is_a_value_or_a_fact_process_error(fact: Any, lines: list[str]) -> None:
    with contextlib.suppress(FactProcessError):
        fact().process(lines)
