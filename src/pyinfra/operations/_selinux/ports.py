"""``selinux.port``: the type of a port."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from pyinfra import host
from pyinfra.api import OperationTypeError, OperationValueError, QuoteString, StringCommand, operation
from pyinfra.api.planning import change, promise
from pyinfra.facts._selinux.listing import PortRow, PortTypes, narrowest
from pyinfra.operations._public import public_in

from .names import Protocol, checked_choice, checked_name

# What the policy says of all ports that are nobody's: it is no answer to what the type of one is.
_NOBODYS = ("unreserved_port_t", "reserved_port_t", "hi_reserved_port_t", "ephemeral_port_t")


@operation()
@public_in("selinux")
def port(
    protocol: Protocol | str, port_num: int, se_type: str | None = None, present: bool = True
) -> Generator[StringCommand, None, None]:
    """Ensure that a port has a type, or that none is set for it.

    What the policy says by itself cannot be removed, and is left alone.

    Args:
        protocol: ``tcp``, ``udp``, ``sctp`` or ``dccp``, as ``Protocol`` or as text.
        port_num: the port.
        se_type: the type.
        present: whether it shall be set.

    Raises:
        OperationTypeError: an argument has the wrong type.
        OperationValueError: an argument has an impossible value.

    Example:
        selinux.port(protocol="tcp", port_num=8123, se_type="http_port_t", present=True)
    """
    kind, number = checked_choice(protocol, Protocol, "protocol"), _number(port_num)
    if present and se_type is None:
        raise OperationValueError("a port needs a type", argument="se_type")
    wanted = checked_name(se_type, "se_type", "a type") if se_type is not None else None
    key = f"{kind} {number}-{number}"
    types = {source: dict(rows) for source, rows in host.get_fact(PortTypes).items()}
    found = _type_of(kind, number, types)
    if (found == wanted) if present else (key not in types["local"]):
        host.noop(f"port {number}/{kind} {f'already has the type {wanted}' if present else 'has no type set'}")
        return
    if present:
        how = "-m" if key in types["local"] or key in types["policy"] else "-a"
        types["local"][key] = str(wanted)
        words = [how, "-t", QuoteString(str(wanted))]
    else:
        words = ["-d"]
        del types["local"][key]
    yield StringCommand("semanage port", *words, "-p", kind, QuoteString(str(number)))
    promise(PortTypes, types)
    change(f"selinux port {number}/{kind}", "type", found, wanted if present else _type_of(kind, number, types))


def _type_of(protocol: str, number: int, types: Mapping[str, Mapping[str, str]]) -> str | None:
    """The type of a port: what is set on the host comes before the policy, and one port before many."""
    for source in ("local", "policy"):
        rows = [_row(key, kind) for key, kind in types[source].items() if kind not in _NOBODYS]
        found = narrowest(row for row in rows if row.protocol == protocol and row.first <= number <= row.last)
        if found is not None:
            return found.type
    return None


def _row(key: str, kind: str) -> PortRow:
    protocol, _, ports = key.partition(" ")
    first, _, last = ports.partition("-")
    return PortRow(kind, protocol, int(first), int(last))


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise OperationTypeError(f"port_num must be a number, not {value!r}", argument="port_num")
    if not 0 < value < 65536:
        raise OperationValueError(f"{value} is no port", argument="port_num")
    return value
