"""What the arguments of ``iptables.rule`` are on the command line of iptables."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from itertools import product
from typing import Any

from pyinfra._lib.iptables.values import address, ports, protocol
from pyinfra.api import OperationTypeError, OperationValueError

from .names import checked_interface, checked_name, checked_text

Given = Mapping[str, Any]

_OPTIONS = {"protocol": "-p", "source": "-s", "destination": "-d", "in_interface": "-i", "out_interface": "-o"}
# Matches of iptables by the numbers of their protocols.
_WITH_PORTS = {"6": "tcp", "17": "udp", "33": "dccp", "132": "sctp", "136": "udplite"}
_PORTS = {"source_port": "--sport", "destination_port": "--dport"}
# option, the targets that it is for, and whether these are in the nat table alone
_TARGETS = {
    "to_destination": ("--to-destination", ("DNAT",), True),
    "to_source": ("--to-source", ("SNAT",), True),
    "to_ports": ("--to-ports", ("REDIRECT", "MASQUERADE"), True),
    "log_prefix": ("--log-prefix", ("LOG",), False),
}
_PROTOCOL = re.compile(r"[a-z0-9][a-z0-9.+-]*")
_HOST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[0-9.]+)?")
_SERVICE = re.compile(r"[a-z0-9]+[a-z0-9.+-]*(:[a-z0-9.+-]+)?", re.IGNORECASE)
_TO = re.compile(r"[0-9a-fA-F.:\[\]-]+")
_LONGEST_PREFIX = 29
# Options that are not part of a rule.
_COMMANDS = re.compile(
    r"-[ADIRLSFZNXPECtMhVwvncx].*|--(?:append|delete|insert|replace|list|list-rules|flush|zero|new-chain|delete-chain|"
    r"policy|rename-chain|check|table|modprobe|help|version|wait|verbose|numeric|exact|line-numbers|set-counters)(?:=.*)?"
)


def rules_in_words(
    table: str, version: int, *, jump: Any, extras: Any, matches: Given, excluded: Given, between: Given, target: Given
) -> list[list[str]]:
    """Return the words of all rules that the arguments stand for.

    Args:
        table: of the rules.
        version: of IP.
        jump: the target.
        extras: more words.
        matches: what packets have to be like.
        excluded: what they must not be like.
        between: ports that they come from and go to.
        target: options of the target.

    Raises:
        OperationTypeError: an argument has the wrong type.
        OperationValueError: an argument cannot be understood, or does not go with the others.
    """
    choices: list[list[list[str]]] = []
    for name, option in _OPTIONS.items():
        if matches[name] is not None and excluded[name] is not None:
            raise OperationValueError(f"{name} and not_{name} do not go together", argument=f"not_{name}")
        if matches[name] is not None:
            choices.append([[option, value] for value in _values(name, matches[name], version)])
        elif excluded[name] is not None:
            values = _values(f"not_{name}", excluded[name], version)
            if len(values) > 1:
                raise OperationValueError(f"not_{name} can be one address only", argument=f"not_{name}")
            choices.append([["!", option, values[0]]])
    end = [*_port_words(matches, between), "-j", checked_name(jump, "jump"),
           *_target_words(table, jump, target), *_extra_words(extras)]  # fmt: skip
    return [[word for part in (*way, end) for word in part] for way in product(*choices)]


def _values(argument: str, value: Any, version: int) -> list[str]:
    name = argument.removeprefix("not_")
    if name == "protocol":
        return [_protocol(argument, value)]
    if name in ("source", "destination"):
        return [_address(argument, part, version) for part in checked_text(value, argument).split(",")]
    return [checked_interface(value, argument)]


def _protocol(argument: str, value: Any) -> str:
    text = str(value).lower() if type(value) is int else checked_text(value, argument).lower()
    if not _PROTOCOL.fullmatch(text):
        raise OperationValueError(f"{argument} {value!r} is no protocol", argument=argument, hint='"tcp"')
    return text


def _address(argument: str, text: str, version: int) -> str:
    try:
        return address(text, version)
    except ValueError:
        # the name of a host, which is for the host to look up
        if not _HOST.fullmatch(text) or not re.search(r"[A-Za-z]", text):
            raise OperationValueError(
                f"{argument} {text!r} is no address or network of IPv{version}", argument=argument
            ) from None
        return text


def _port_words(matches: Given, given: Given) -> list[str]:
    found = [(name, value) for name, value in given.items() if value is not None]
    if not found:
        return []
    given_protocol = matches["protocol"]
    name = _WITH_PORTS.get(protocol(_protocol("protocol", given_protocol))) if given_protocol is not None else None
    if name is None:
        raise OperationValueError(f"{found[0][0]} needs a protocol with ports", argument="protocol", hint='"tcp"')
    words = ["-m", name]
    for name, value in found:
        words += [_PORTS[name], _port(name, value)]
    return words


def _port(argument: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        kind = type(value).__name__
        raise OperationTypeError(f"{argument} must be a port, not {kind}: {value!r}", argument=argument)
    text = str(value)
    try:
        return ports(text)
    except ValueError:
        if _SERVICE.fullmatch(text) and re.search(r"[A-Za-z]", text):
            return text  # the name of a service, which is for the host to look up
        hint = f'extras="-m multiport --dports {text}"' if re.fullmatch(r"[\d,:]+", text) else None
        raise OperationValueError(f"{argument} {value!r} is no port", argument=argument, hint=hint) from None


def _target_words(table: str, jump: str, given: Given) -> list[str]:
    words: list[str] = []
    for argument, (option, targets, nat_only) in _TARGETS.items():
        value = given[argument]
        if value is None:
            continue
        if jump not in targets or (nat_only and table != "nat"):
            where = " in the nat table" if nat_only else ""
            raise OperationValueError(f"{argument} is for {' and '.join(targets)}{where}", argument=argument)
        text = str(value) if type(value) is int else checked_text(value, argument)
        if nat_only and not _TO.fullmatch(text):
            raise OperationValueError(f"{argument} {value!r} is no address or port", argument=argument)
        if not nat_only and len(text.encode()) > _LONGEST_PREFIX:
            raise OperationValueError(
                f"{argument} {value!r} has more than {_LONGEST_PREFIX} characters", argument=argument
            )
        words += [option, text]
    return words


def _extra_words(extras: Any) -> list[str]:
    if not extras:
        return []
    text = checked_text(extras, "extras")
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise OperationValueError(f"extras {text!r} are not understood: {error}", argument="extras") from None
    before = ""
    for word in words:
        # what follows an option that takes a text is that text
        if _COMMANDS.fullmatch(word) and not re.fullmatch(r"--(?:comment|string|hex-string|\w+-prefix)", before):
            raise OperationValueError(f"{word!r} in extras is no part of a rule", argument="extras")
        before = word
    return words
