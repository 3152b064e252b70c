"""What options of rules say, in the one way in which ``iptables-save`` writes it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

# Names that differ between systems: some have no /etc/protocols, and show numbers.
PROTOCOLS = {
    "icmp": "1", "igmp": "2", "ipencap": "4", "ipip": "4", "tcp": "6", "udp": "17", "dccp": "33", "ipv6": "41",
    "gre": "47", "esp": "50", "ipv6-crypt": "50", "ah": "51", "ipv6-auth": "51", "ipv6-icmp": "58", "icmpv6": "58",
    "ospf": "89", "vrrp": "112", "sctp": "132", "mobility-header": "135", "ipv6-mh": "135", "mh": "135",
    "udplite": "136",
}  # fmt: skip

_ICMP = {
    "echo-reply": "0", "pong": "0", "destination-unreachable": "3", "network-unreachable": "3/0",
    "host-unreachable": "3/1", "protocol-unreachable": "3/2", "port-unreachable": "3/3", "fragmentation-needed": "3/4",
    "source-route-failed": "3/5", "network-unknown": "3/6", "host-unknown": "3/7", "network-prohibited": "3/9",
    "host-prohibited": "3/10", "tos-network-unreachable": "3/11", "tos-host-unreachable": "3/12",
    "communication-prohibited": "3/13", "host-precedence-violation": "3/14", "precedence-cutoff": "3/15",
    "source-quench": "4", "redirect": "5", "network-redirect": "5/0", "host-redirect": "5/1",
    "tos-network-redirect": "5/2", "tos-host-redirect": "5/3", "echo-request": "8", "ping": "8",
    "router-advertisement": "9", "router-solicitation": "10", "time-exceeded": "11", "ttl-exceeded": "11",
    "ttl-zero-during-transit": "11/0", "ttl-zero-during-reassembly": "11/1", "parameter-problem": "12",
    "ip-header-bad": "12/0", "required-option-missing": "12/1", "timestamp-request": "13", "timestamp-reply": "14",
    "address-mask-request": "17", "address-mask-reply": "18",
}  # fmt: skip
_ICMPV6 = {
    "destination-unreachable": "1", "no-route": "1/0", "communication-prohibited": "1/1", "beyond-scope": "1/2",
    "address-unreachable": "1/3", "port-unreachable": "1/4", "failed-policy": "1/5", "reject-route": "1/6",
    "packet-too-big": "2", "time-exceeded": "3", "ttl-exceeded": "3", "ttl-zero-during-transit": "3/0",
    "ttl-zero-during-reassembly": "3/1", "parameter-problem": "4", "bad-header": "4/0", "unknown-header-type": "4/1",
    "unknown-option": "4/2", "echo-request": "128", "ping": "128", "echo-reply": "129", "pong": "129",
    "router-solicitation": "133", "router-advertisement": "134", "neighbour-solicitation": "135",
    "neighbor-solicitation": "135", "neighbour-advertisement": "136", "neighbor-advertisement": "136",
    "redirect": "137",
}  # fmt: skip
_REJECT = {"net-unreach": "icmp-net-unreachable", "host-unreach": "icmp-host-unreachable",
            "proto-unreach": "icmp-proto-unreachable", "port-unreach": "icmp-port-unreachable",
            "net-prohib": "icmp-net-prohibited", "host-prohib": "icmp-host-prohibited",
            "admin-prohib": "icmp-admin-prohibited", "tcp-rst": "tcp-reset"}  # fmt: skip
_REJECT6 = {"no-route": "icmp6-no-route", "adm-prohibited": "icmp6-adm-prohibited", "tcp-rst": "tcp-reset",
            "addr-unreach": "icmp6-addr-unreachable", "port-unreach": "icmp6-port-unreachable"}  # fmt: skip
_LEVELS = ("emerg", "alert", "crit", "error", "warning", "notice", "info", "debug")
_FLAGS = ("FIN", "SYN", "RST", "PSH", "ACK", "URG")
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_STATES = frozenset({"INVALID", "NEW", "ESTABLISHED", "RELATED", "UNTRACKED", "SNAT", "DNAT"})

Normalizer = Callable[[str, int], str]


def protocol(value: str, version: int = 4) -> str:
    """Return the number of a protocol; a name that is not known as it is."""
    lower = value.lower()
    return "0" if lower == "all" else PROTOCOLS.get(lower, lower)


def address(value: str, version: int = 4) -> str:
    """Return an address or network with the length of its prefix.

    Raises:
        ValueError: it is none, maybe the name of a host.

    Example:
        >>> address("10.1.2.3/255.0.0.0"), address("FD00::1", 6), address("10/8")
        ('10.0.0.0/8', 'fd00::1/128', '10.0.0.0/8')
    """
    text, slash, mask = value.partition("/")
    if version == 4 and re.fullmatch(r"\d+(\.\d+){0,2}", text) and slash:
        text += ".0" * (3 - text.count("."))
    base = ipaddress.IPv4Address(text) if version == 4 else ipaddress.IPv6Address(text)
    bits = 32 if version == 4 else 128
    if not slash or mask.isdecimal():
        length = int(mask) if slash else bits
        if length > bits:
            raise ValueError(f"{value!r} is no network")
        ones = (1 << bits) - (1 << (bits - length))
    else:
        ones = int(ipaddress.IPv4Address(mask) if version == 4 else ipaddress.IPv6Address(mask))
    network = type(base)(int(base) & ones)
    prefix = f"{ones:0{bits}b}".rstrip("0")
    return f"{network}/{len(prefix) if '0' not in prefix else type(base)(ones)}"


def ports(value: str, version: int = 4) -> str:
    """Return a port or a range of them: ``22``, ``1000:2000``.

    Raises:
        ValueError: it is none, maybe the name of a service.
    """
    low, colon, high = value.partition(":")
    first = int(low) if low else 0
    last = (int(high) if high else 65535) if colon else first
    if not (low or colon) or not 0 <= first <= last <= 65535 or not re.fullmatch(r"\d*:?\d*", value):
        raise ValueError(f"{value!r} is no port")
    return str(first) if first == last else f"{first}:{last}"


def _port_list(value: str, version: int) -> str:
    return ",".join(ports(part) for part in value.split(","))


def _nat_ports(value: str, version: int) -> str:
    if not re.fullmatch(r"\d+(-\d+)?", value):
        raise ValueError(f"{value!r} are no ports")
    first, _, last = value.partition("-")
    return first if not last or int(first) == int(last) else f"{int(first)}-{int(last)}"


def _nat_target(value: str, version: int) -> str:
    """``10.0.0.1-10.0.0.5:80-90``, or with IPv6 ``[fd00::1]:80``."""
    plain = re.fullmatch(r"\[([^]]*)\](?::(.*))?", value) if version == 6 else re.fullmatch(r"([^:]*)(?::(.*))?", value)
    places, given = (plain[1], plain[2]) if plain else (value, None)
    kind = ipaddress.IPv6Address if version == 6 else ipaddress.IPv4Address
    shown = [str(kind(part)) for part in places.split("-")] if places else []
    text = shown[0] if len(set(shown)) == 1 else "-".join(shown)
    if given is None:
        return text
    return f"[{text}]:{_nat_ports(given, version)}" if version == 6 else f"{text}:{_nat_ports(given, version)}"


def _icmp(value: str, version: int) -> str:
    lower = value.lower()
    if lower == "any" or re.fullmatch(r"\d+(/\d+)?", lower):
        return "any" if lower == "255" else lower
    return (_ICMP if version == 4 else _ICMPV6)[lower]


def _states(value: str, version: int) -> str:
    found = {part.upper() for part in value.split(",")}
    if not found <= _STATES:
        raise ValueError(f"{value!r} are no states")
    return ",".join(sorted(found))


def _flags(value: str, version: int) -> str:
    found = {part.upper() for part in value.split(",")}
    found = set(_FLAGS) if found == {"ALL"} else set() if found == {"NONE"} else found
    if not found <= set(_FLAGS):
        raise ValueError(f"{value!r} are no flags")
    return ",".join(flag for flag in _FLAGS if flag in found) or "NONE"


def _rate(value: str, version: int) -> str:
    """The time between two packets, in ten-thousandths of a second: that is what is kept of a rate."""
    match = re.fullmatch(r"(\d+)(?:/([a-z]+))?", value.lower())
    units = [seconds for name, seconds in _UNITS.items() if match and name.startswith(match[2] or "second")]
    if match is None or not units or 10000 * units[0] % int(match[1]):
        raise ValueError(f"{value!r} is no rate that comes back as it is")
    return str(10000 * units[0] // int(match[1]))


def _level(value: str, version: int) -> str:
    lower = {"panic": "emerg", "err": "error", "warn": "warning"}.get(value.lower(), value.lower())
    return lower if re.fullmatch("[0-7]", lower) else str(_LEVELS.index(lower))


def _reject(value: str, version: int) -> str:
    return (_REJECT if version == 4 else _REJECT6).get(value, value)


def _mac(value: str, version: int) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}", value):
        raise ValueError(f"{value!r} is no hardware address")
    return value.lower()


def _text(value: str, version: int) -> str:
    return value


# Options whose values are understood, besides -p, -s and -d. What is not here is for iptables itself to compare.
KNOWN: dict[str, tuple[Normalizer, ...]] = {
    "-i": (_text,),
    "-o": (_text,),
    "--sport": (ports,),
    "--dport": (ports,),
    "--sports": (_port_list,),
    "--dports": (_port_list,),
    "--ports": (_port_list,),
    "--icmp-type": (_icmp,),
    "--icmpv6-type": (_icmp,),
    "--tcp-flags": (_flags, _flags),
    "--state": (_states,),
    "--ctstate": (_states,),
    "--comment": (_text,),
    "--limit": (_rate,),
    "--limit-burst": (_text,),
    "--mac-source": (_mac,),
    "--reject-with": (_reject,),
    "--log-prefix": (_text,),
    "--log-level": (_level,),
    "--to-destination": (_nat_target,),
    "--to-source": (_nat_target,),
    "--to-ports": (_nat_ports,),
}
