"""Hardware of real hosts, with and without the usual programs; compared with what the kernel says."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from pyinfra.facts.hardware import (
    BlockDevices,
    CpuInfo,
    Cpus,
    Ipv4Addresses,
    Ipv4Addrs,
    Ipv6Addrs,
    Memory,
    NetworkDevices,
)
from tests.unit.operations.machine import Machine, read

if TYPE_CHECKING:
    from tests.lab import Host


@pytest.fixture(params=["plain", "busybox"])
def host(request: pytest.FixtureRequest) -> Host:
    chosen: Host = (
        request.getfixturevalue("plain_hosts")[0]
        if request.param == "plain"
        else request.getfixturevalue("busybox_host")
    )
    return chosen


def test_processors_memory_and_file_systems(host: Host) -> None:
    machine = Machine(host.name, host.ssh_data())
    with machine.run() as state:
        asked: Any = read(state, lambda one: [one.get_fact(cls) for cls in (Cpus, Memory, CpuInfo, BlockDevices)])
        cpus, memory, info, devices = asked
    assert cpus == os.cpu_count()
    assert memory == int(host.sh("cat /proc/meminfo").split()[1]) // 1024
    # BusyBox has no lscpu
    assert info is None or (info["Architecture"], info["CPU(s)"]) == (os.uname().machine, str(cpus))
    assert (info is None) == (host.kind == "busybox")
    (root,) = [row for row in devices.values() if row["mount"] == "/"]
    usage = os.statvfs(host.root)
    assert int(root["blocks"]) == usage.f_blocks * usage.f_frsize // 1024
    assert abs(int(root["available"]) - usage.f_bavail * usage.f_frsize // 1024) < 64_000


def test_network_devices(host: Host) -> None:
    machine = Machine(host.name, host.ssh_data())
    listed = host.sh("cd /sys/class/net; for d in *; do echo $d $(cat $d/mtu $d/address); done").splitlines()
    kernel = {
        name: (int(mtu), address) for name, mtu, address in (line.split() for line in listed if line.count(" ") == 2)
    }
    found = machine.fact(NetworkDevices)
    assert {name: device["mtu"] for name, device in found.items()} == {name: mtu for name, (mtu, _) in kernel.items()}
    assert found["lo"]["ipv4"] == {"address": "127.0.0.1", "mask_bits": 8, "netmask": "255.0.0.0"}
    (own,) = (name for name, listed in machine.fact(Ipv4Addrs).items() if host.address in listed)
    assert found[own]["ether"] == kernel[own][1]
    assert found[own]["state"] == "UP"
    assert machine.fact(Ipv4Addresses)[own] == host.address
    assert machine.fact(Ipv6Addrs).get("lo", ["::1"]) == ["::1"]


def test_ip_and_its_texts_say_the_same(plain_hosts: list[Host]) -> None:
    host = plain_hosts[1]
    fact = NetworkDevices()
    as_json, as_text = host.sh("ip -j addr"), host.sh("ip addr")
    assert json.loads(as_json)
    assert fact.process(as_json.splitlines()) == fact.process(as_text.splitlines())
