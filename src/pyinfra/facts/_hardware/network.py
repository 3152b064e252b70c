"""What ``ip`` and ``ifconfig`` say of network devices, in all the ways in which they say it."""

from __future__ import annotations

import ipaddress
import json
import logging
import re
from collections.abc import Iterator
from typing import Any, NotRequired, TypedDict

_LOGGER = logging.getLogger("pyinfra")


class AddrInfoType(TypedDict):
    """An address of a device; further ones are in ``additional_ips``."""

    address: str
    broadcast: NotRequired[str | None]
    mask_bits: NotRequired[int]
    netmask: NotRequired[str]
    additional_ips: NotRequired[list[AddrInfoType]]


class DevInfoType(TypedDict):
    """A network device."""

    ether: NotRequired[str]
    mtu: NotRequired[int]
    state: str
    ipv4: NotRequired[AddrInfoType]
    ipv6: NotRequired[AddrInfoType]


Devices = dict[str, DevInfoType]

# 2: eth0@if5: <BROADCAST,UP> mtu 1500 ... state UP
_IP_HEAD = re.compile(r"\d+:\s+([^\s:@]+)(?:@[^\s:]+)?:\s+<([^>]*)>(.*)")
_IP_LINK = re.compile(r"\s+link/ether\s+(\S+)")
_IP_ADDRESS = re.compile(
    r"\s+inet6?\s+([0-9a-fA-F.:]+)(?:\s+peer\s+[0-9a-fA-F.:]+)?(?:/(\d+))?(?:.*?\sbrd\s+([0-9.]+))?"
)
# eth0: flags=4163<UP,RUNNING> mtu 1500, or: eth0      Link encap:Ethernet  HWaddr 02:FC:00:00:00:01
_IFCONFIG_HEAD = re.compile(r"(\S+?):?\s+(?:flags=[0-9a-fA-F]+<([^>]*)>(.*)|Link encap:(.*))")
_IFCONFIG_ETHER = re.compile(r"(?:\bether|\bHWaddr|\blladdr)\s+([0-9a-fA-F:]{17})")
_IFCONFIG_INET = re.compile(r"\s+inet (?:addr:)?\s*([0-9.]+)(.*)")
_IFCONFIG_INET6 = re.compile(r"\s+inet6 (?:addr:)?\s*([0-9a-fA-F:.]+)(?:%\S+)?(.*)")


def devices(output: list[str]) -> Devices:
    """Return the devices in the output of ``ip -j addr``, ``ip addr`` or ``ifconfig -a``."""
    text = "\n".join(output)
    if re.search(r"^\s*\[", text, re.MULTILINE) and '"ifname"' in text:
        return _of_json(text)
    if any(_IP_HEAD.match(line) for line in output):
        return _of_ip(output)
    return _of_ifconfig(output)


def addresses(device: DevInfoType, family: str) -> list[str]:
    """Return all addresses of a device.

    Args:
        device: from ``devices``.
        family: ``ipv4`` or ``ipv6``.
    """
    found: Any = device.get(family)
    if not found:
        return []
    return [found["address"], *(more["address"] for more in found.get("additional_ips", ()))]


# -- ip -j ---------------------------------------------------------------------------------


def _of_json(text: str) -> Devices:
    found: Devices = {}
    for entry in _entries(text):
        name = entry.get("ifname")
        if not isinstance(name, str):
            continue
        flags = entry.get("flags")
        state = entry.get("operstate")
        device = _device(str(state) if state else _state(flags if isinstance(flags, list) else []))
        if entry.get("link_type") == "ether" and isinstance(entry.get("address"), str):
            device["ether"] = entry["address"]
        if isinstance(entry.get("mtu"), int):
            device["mtu"] = entry["mtu"]
        listed = entry.get("addr_info")
        for one in listed if isinstance(listed, list) else ():
            if isinstance(one, dict) and isinstance(one.get("local"), str):
                _add(device, one["local"], one.get("prefixlen"), one.get("broadcast"))
        found[name] = device
    return found


def _entries(text: str) -> Iterator[dict[str, Any]]:
    """The objects of a list. What else is there, in between or broken, is said to be so, and passed over."""
    start = text.index("[")
    try:
        listed = json.loads(text[start:])
        yield from (entry for entry in listed if isinstance(entry, dict))
    except ValueError as error:
        _LOGGER.error("the output of ip is not all understood: %s", error)
        decoder, position = json.JSONDecoder(), text.find("{", start)
        while position >= 0:
            try:
                entry, end = decoder.raw_decode(text, position)
            except ValueError:
                entry, end = None, position + 1
            if isinstance(entry, dict):
                yield entry
            position = text.find("{", end)


# -- texts ---------------------------------------------------------------------------------


def _of_ip(output: list[str]) -> Devices:
    found: Devices = {}
    device: DevInfoType | None = None
    for line in output:
        if head := _IP_HEAD.match(line):
            state = re.search(r"\bstate (\S+)", head[3])
            device = found[head[1]] = _device(state[1] if state else _state(head[2].split(",")))
            _set_mtu(device, head[3])
        elif device is None:
            continue
        elif link := _IP_LINK.match(line):
            device["ether"] = link[1].lower()
        elif address := _IP_ADDRESS.match(line):
            _add(device, address[1], address[2], address[3])
    return found


def _of_ifconfig(output: list[str]) -> Devices:
    found: Devices = {}
    device: DevInfoType | None = None
    for line in output:
        if head := _IFCONFIG_HEAD.match(line):
            device = found[head[1]] = _device(_state((head[2] or "").split(",")))
        if device is None:
            continue
        if re.match(r"\s+UP\b", line):
            device["state"] = "UP"
        _set_mtu(device, line)
        if ether := _IFCONFIG_ETHER.search(line):
            device["ether"] = ether[1].lower()
        if inet := _IFCONFIG_INET.match(line):
            mask = re.search(r"(?:netmask |Mask:)\s*(\S+)", inet[2])
            broadcast = re.search(r"(?:broadcast |Bcast:)\s*([0-9.]+)", inet[2])
            _add(device, inet[1], _bits(mask[1]) if mask else None, broadcast[1] if broadcast else None)
        elif inet6 := _IFCONFIG_INET6.match(line):
            prefix = re.search(r"(?:prefixlen |^/)(\d+)", inet6[2])
            _add(device, inet6[1], prefix[1] if prefix else None)
    return found


# -- parts ---------------------------------------------------------------------------------


def _device(state: str) -> DevInfoType:
    return {"state": state}


def _state(flags: list[str]) -> str:
    return "UP" if "UP" in flags else "DOWN"


def _set_mtu(device: DevInfoType, text: str) -> None:
    mtu = re.search(r"\b(?:mtu |MTU:)(\d+)", text)
    if mtu:
        device["mtu"] = int(mtu[1])


def _bits(mask: str) -> int | None:
    """The length of a mask: ``255.255.255.0``, ``0xffffff00``."""
    try:
        number = int(mask, 16) if mask.startswith("0x") else int(ipaddress.IPv4Address(mask))
    except ValueError:
        return None
    return number.bit_count()


def _add(device: DevInfoType, address: str, prefix: Any, broadcast: Any = None) -> None:
    """Add an address: the first of its kind for itself, the others to it."""
    try:
        version = ipaddress.ip_address(address).version
        bits = int(prefix) if prefix is not None else None
    except (ValueError, TypeError):
        return
    info: AddrInfoType = {"address": address}
    if bits is not None and 0 <= bits <= (32 if version == 4 else 128):
        info["mask_bits"] = bits
        if version == 4:
            info["netmask"] = str(ipaddress.IPv4Network(f"0.0.0.0/{bits}").netmask)
    if version == 4 and isinstance(broadcast, str):
        info["broadcast"] = broadcast
    first = device.setdefault("ipv4", info) if version == 4 else device.setdefault("ipv6", info)
    if first is not info:
        first.setdefault("additional_ips", []).append(info)
