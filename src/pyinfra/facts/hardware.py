"""Facts about hardware: processors, memory, disks, network devices.

Example:
    >>> host.get_fact(Ipv4Addresses)
    {'lo': '127.0.0.1', 'eth0': '192.0.2.5'}
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from pyinfra._engine.facts.base import FactBase, ShortFactBase

from ._faces import publish
from ._hardware.network import AddrInfoType, Devices, DevInfoType, addresses, devices

__all__ = [
    "AddrInfoType",
    "BlockDevices",
    "CpuInfo",
    "Cpus",
    "DevInfoType",
    "Ipv4Addresses",
    "Ipv4Addrs",
    "Ipv6Addresses",
    "Ipv6Addrs",
    "Memory",
    "NetworkDevices",
]


class CpuInfo(FactBase["dict[str, str | list[str]] | None"]):
    """What ``lscpu`` says; what a processor can do is a list.

    Example:
        >>> host.get_fact(CpuInfo)
        {'Architecture': 'x86_64', 'CPU(s)': '2', 'Flags': ['fpu', 'vme']}
    """

    def command(self) -> str:
        return "LC_ALL=C lscpu"

    def requires_command(self) -> str:
        return "lscpu"

    def process(self, output: list[str]) -> dict[str, str | list[str]] | None:
        found: dict[str, str | list[str]] = {}
        for line in output:
            key, colon, value = (part.strip() for part in line.partition(":"))
            if colon and key and value:
                found[key] = value.split() if key in ("Flags", "Features") else value
        return found or None


class Cpus(FactBase["int | None"]):
    """How many processors there are.

    Example:
        >>> host.get_fact(Cpus)
        2
    """

    def command(self) -> str:
        return (
            "getconf _NPROCESSORS_ONLN 2>/dev/null || getconf NPROCESSORS_ONLN 2>/dev/null || nproc 2>/dev/null || "
            "sysctl -n hw.ncpu 2>/dev/null || grep -c ^processor /proc/cpuinfo 2>/dev/null || :"
        )

    def process(self, output: list[str]) -> int | None:
        text = output[0].strip() if output else ""
        return int(text) if re.fullmatch(r"[1-9][0-9]{0,8}", text) else None


class Memory(FactBase["int | None"]):
    """How much memory there is, in MiB; ``None`` where nothing tells.

    Example:
        >>> host.get_fact(Memory)
        1988
    """

    def command(self) -> str:
        return 'if [ -r /proc/meminfo ]; then read -r line </proc/meminfo; echo "$line"; else vmstat -s; fi'

    def process(self, output: list[str]) -> int | None:
        text = "\n".join(output)
        for pattern in (r"MemTotal:\s*(\d{1,18}) kB", r"(\d{1,18})\s+(?:K )?total memory"):
            if found := re.search(pattern, text):
                return int(found[1]) // 1024
        size = re.search(r"(\d{1,18}) bytes per page", text)
        pages = re.search(r"(\d{1,18}) pages managed", text)
        return int(size[1]) * int(pages[1]) // 1024**2 if size and pages else None


class BlockDevices(FactBase[dict[str, dict[str, str]]]):
    """File systems that are mounted, in blocks of 1024 bytes, by the name of their device.

    Example:
        >>> host.get_fact(BlockDevices)
        {'/dev/sda1': {'blocks': '100', 'used': '10', 'available': '90', 'used_percent': '10', 'mount': '/'}}
    """

    default = dict

    def command(self) -> str:
        return "LC_ALL=C df -Pk 2>/dev/null || :"

    def process(self, output: list[str]) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for line in output:
            row = re.match(r"(\S.*?)\s+(\d+)\s+(\d+)\s+(-?\d+)\s+(\d+)%\s+(/.*)\Z", line)
            # mounted more than once: the one that is nearest to the root stands for the device
            if row and row[1] != "none" and len(row[6]) < len(found.get(row[1], {}).get("mount", line)):
                names = ("blocks", "used", "available", "used_percent", "mount")
                found[row[1]] = dict(zip(names, row.groups()[1:], strict=True))
        return found


class NetworkDevices(FactBase[dict[str, DevInfoType]]):
    """Network devices with their addresses.

    Example:
        >>> host.get_fact(NetworkDevices)
        {'eth0': {'state': 'UP', 'mtu': 1500, 'ether': '52:54:00:12:34:56',
                  'ipv4': {'address': '192.0.2.5', 'mask_bits': 24, 'netmask': '255.255.255.0',
                           'broadcast': '192.0.2.255'},
                  'ipv6': {'address': 'fe80::1', 'mask_bits': 64}}}
    """

    default = dict

    def command(self) -> str:
        return "ip -j addr 2>/dev/null || ip addr 2>/dev/null || ifconfig -a"

    def process(self, output: list[str]) -> Devices:
        return devices(output)


class Ipv4Addrs(ShortFactBase[dict[str, list[str]]]):
    """All IPv4 addresses of the network devices that have some.

    Example:
        >>> host.get_fact(Ipv4Addrs)
        {'eth0': ['192.0.2.5', '192.0.2.6']}
    """

    fact: type[FactBase[Any]] = NetworkDevices
    family: ClassVar[str] = "ipv4"

    def process_data(self, data: Devices) -> dict[str, list[str]]:
        found = {name: addresses(device, self.family) for name, device in data.items()}
        return {name: listed for name, listed in found.items() if listed}


class Ipv6Addrs(Ipv4Addrs):
    """All IPv6 addresses of the network devices that have some.

    Example:
        >>> host.get_fact(Ipv6Addrs)
        {'eth0': ['fe80::1']}
    """

    family = "ipv6"


class Ipv4Addresses(ShortFactBase[dict[str, str]]):
    """The first IPv4 address of each network device that has one.

    Example:
        >>> host.get_fact(Ipv4Addresses)
        {'eth0': '192.0.2.5'}
    """

    fact: type[FactBase[Any]] = NetworkDevices
    family: ClassVar[str] = "ipv4"

    def process_data(self, data: Devices) -> dict[str, str]:
        found = {name: addresses(device, self.family) for name, device in data.items()}
        return {name: listed[0] for name, listed in found.items() if listed}


class Ipv6Addresses(Ipv4Addresses):
    """The first IPv6 address of each network device that has one.

    Example:
        >>> host.get_fact(Ipv6Addresses)
        {'eth0': 'fe80::1'}
    """

    family = "ipv6"


publish(globals(), __all__)
