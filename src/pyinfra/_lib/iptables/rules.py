"""A form of rules in which two that mean the same are the same, however they were written."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .values import KNOWN, PROTOCOLS, address, protocol

_NAMES = {
    "--protocol": "-p", "--proto": "-p", "--source": "-s", "--src": "-s", "--destination": "-d", "--dst": "-d",
    "--in-interface": "-i", "--out-interface": "-o", "--jump": "-j", "--goto": "-g", "--match": "-m",
    "--fragment": "-f", "--source-port": "--sport", "--destination-port": "--dport", "--source-ports": "--sports",
    "--destination-ports": "--dports", "--to-port": "--to-ports",
}  # fmt: skip
# What the options of a protocol belong to follows from the protocol; what is a target's, too, wherever it stands.
_ANYWHERE = frozenset(
    {"-p", "-s", "-d", "-i", "-o", "-f", "--sport", "--dport", "--icmp-type", "--icmpv6-type", "--tcp-flags",
     "--reject-with", "--log-prefix", "--log-level", "--to-destination", "--to-source", "--to-ports"}
)  # fmt: skip
_OWNERS = ("-m", "-j", "-g")
# What these do by themselves is not shown. Others, and some matches, show what nobody asked for.
_PLAIN_TARGETS = frozenset(
    {"ACCEPT", "DROP", "RETURN", "REJECT", "LOG", "DNAT", "SNAT", "REDIRECT", "MASQUERADE"}
)  # fmt: skip
_PROTOCOL_MATCHES = frozenset({*PROTOCOLS, "icmp6"})
_UNSAID = {("-s", "0.0.0.0/0"), ("-s", "::/0"), ("-d", "0.0.0.0/0"), ("-d", "::/0"), ("-i", "+"), ("-o", "+"),
           ("-p", "0"), ("--sport", "0:65535"), ("--dport", "0:65535"), ("--log-level", "4"), ("--limit-burst", "5"),
           ("--reject-with", "icmp-port-unreachable"), ("--reject-with", "icmp6-port-unreachable")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RuleForm:
    """What a rule says.

    Attributes:
        text: the same for all rules that say the same.
        certain: whether all of it is understood; otherwise two with different texts may still say the same.
        beginning: of the text, with the chain and what is done with packets.
    """

    text: str
    certain: bool
    beginning: str


@dataclass(frozen=True, slots=True)
class _Option:
    negated: bool
    name: str
    values: tuple[str, ...]


def rule_form(words: Sequence[str], version: int) -> RuleForm:
    """Understand a rule.

    Args:
        words: chain, then options.
        version: of IP: 4 or 6.

    Example:
        >>> rule_form(["INPUT", "-j", "DROP", "-p", "tcp", "-m", "tcp", "--dport", "22:22"], 4).text
        "INPUT '' -j DROP '' -p 6 '' --dport 22"
    """
    parts: list[tuple[str, ...]] = []
    certain = True
    owner = ""
    target: list[str] = []
    bare: set[str] = set()
    for option in _options(words[1:]):
        if option.name in _OWNERS:
            owner = option.values[0] if option.values else ""
            if option.name != "-m":
                target = ["", option.name, owner]
                certain = certain and (owner in _PLAIN_TARGETS or (bool(owner) and not owner.isupper()))
            elif owner not in _PROTOCOL_MATCHES:
                parts.append((owner, "-m"))
                bare.add(owner)
            continue
        values, understood = _normal(option, version)
        certain = certain and understood
        where = "" if option.name in _ANYWHERE else owner
        bare.discard(where)
        if option.negated or (option.name, *values) not in _UNSAID:
            parts.append((where, *(["!"] if option.negated else []), option.name, *values))
    beginning = shlex.join([words[0], *target])
    rest = shlex.join(word for part in sorted(parts) for word in part)
    return RuleForm(f"{beginning} {rest}", certain and not bare, beginning)


def _normal(option: _Option, version: int) -> tuple[tuple[str, ...], bool]:
    """The values as iptables-save writes them, and whether they are understood."""
    try:
        if option.name == "-f" and not option.values:
            return (), True
        if option.name == "-p" and len(option.values) == 1:
            return (protocol(option.values[0]),), True
        if option.name in ("-s", "-d") and len(option.values) == 1:
            return (address(option.values[0], version),), True
        how = KNOWN.get(option.name, ())
        if how and len(how) == len(option.values):
            return tuple(normal(value, version) for normal, value in zip(how, option.values, strict=True)), True
    except (ValueError, KeyError, ZeroDivisionError):
        pass
    return option.values, False


def _options(words: Sequence[str]) -> Iterator[_Option]:
    rest = list(words)
    while rest:
        negated = rest[0] == "!"
        name = rest.pop(0) if not negated else (rest.pop(0), rest.pop(0) if rest else "!")[1]
        if name.startswith("--") and "=" in name:
            name, _, value = name.partition("=")
            rest.insert(0, value)
        if name == "--syn":
            yield _Option(negated, "--tcp-flags", ("FIN,SYN,RST,ACK", "SYN"))
            continue
        name = _NAMES.get(name, name)
        if rest and rest[0] == "!" and name in _ANYWHERE:  # how it was written long ago
            negated = True
            rest.pop(0)
        yield _Option(negated, name, _values(name, rest))


def _values(name: str, rest: list[str]) -> tuple[str, ...]:
    """Take the values of an option from the words that follow it."""
    count = 1 if name in ("-p", "-s", "-d", *_OWNERS) else 0 if name == "-f" else len(KNOWN.get(name, ()))
    if not count and name != "-f":
        while count < len(rest) and not rest[count].startswith("-") and rest[count] != "!":
            count += 1
    taken = tuple(rest[:count])
    del rest[:count]
    return taken


_SHOWN = {
    "-j": "jump", "-p": "protocol", "-s": "source", "-d": "destination", "-i": "in_interface", "-o": "out_interface",
    "--to-destination": "to_destination", "--to-source": "to_source", "--to-ports": "to_ports",
    "--log-prefix": "log_prefix",
}  # fmt: skip


def described(words: Sequence[str]) -> dict[str, str | set[str]]:
    """Return a rule as the facts show it: what everybody asks for by name, the rest as a set of words.

    Args:
        words: chain, then options, as ``iptables-save`` writes them.
    """
    found: dict[str, str | set[str]] = {"chain": words[0]}
    extras: set[str] = set()
    for option in _options(words[1:]):
        name = _SHOWN.get(option.name)
        if name is not None and len(option.values) == 1:
            found[f"not_{name}" if option.negated else name] = option.values[0]
        else:
            extras.update(["!"] if option.negated else [], [option.name, *option.values])
    return found | ({"extras": extras} if extras else {})
