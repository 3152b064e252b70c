"""``iptables.chain``: a chain of rules."""

from __future__ import annotations

from collections.abc import Generator

from pyinfra import host
from pyinfra.api import OperationValueError, QuoteString, StringCommand, operation
from pyinfra.api.planning import affects, promise
from pyinfra.facts._iptables.saved import program, rules_resource
from pyinfra.facts.iptables import Ip6tablesChains, IptablesChains
from pyinfra.operations._public import public_in

from .names import BUILT_IN, checked_name, checked_table, checked_version

_POLICIES = ("ACCEPT", "DROP")


@operation()
@public_in("iptables")
def chain(
    chain: str, present: bool = True, table: str = "filter", policy: str | None = None, version: int = 4
) -> Generator[StringCommand, None, None]:
    """Ensure that there is a chain, and which policy it has, or that there is none.

    A chain that is removed loses its rules first. One that other rules lead to cannot be removed.

    Args:
        chain: its name.
        present: whether it shall be there. Those that are built in always are.
        table: the table that it is in: ``filter``, ``nat``, ``mangle``, ``raw`` or ``security``.
        policy: what becomes of packets that no rule decides on: ``ACCEPT`` or ``DROP``. Of chains that are built in.
        version: of IP: 4 or 6.

    Raises:
        OperationValueError: a name cannot be one, or the chain cannot have a policy or be removed.

    Example:
        iptables.chain(chain="INPUT", policy="DROP", table="filter", version=4)
    """
    name, table, version = checked_name(chain, "chain"), checked_table(table), checked_version(version)
    _check(name, present, table, policy)
    fact = IptablesChains if version == 4 else Ip6tablesChains
    chains = dict(host.get_fact(fact, table=table))
    # old versions show no chains of a table that nobody has used yet
    found = chains.get(name, "ACCEPT" if name in BUILT_IN[table] else None)
    tool = StringCommand(program(version), "-w -t", QuoteString(table))
    if not present and found is not None:
        yield StringCommand(tool, "-F", QuoteString(name))
        yield StringCommand(tool, "-X", QuoteString(name))
        promise(fact, {other: rest for other, rest in chains.items() if other != name}, table=table)
        affects(rules_resource(version, table))
    elif present and found is None:
        yield StringCommand(tool, "-N", QuoteString(name))
        promise(fact, {**chains, name: "-"}, table=table)
    elif present and policy is not None and policy != found:
        yield StringCommand(tool, "-P", QuoteString(name), QuoteString(policy))
        promise(fact, {**chains, name: policy}, table=table)
    else:
        host.noop(f"chain {name} {'exists' if present else 'does not exist'}")


def _check(name: str, present: bool, table: str, policy: str | None) -> None:
    built_in = name in BUILT_IN[table]
    if not present and built_in:
        raise OperationValueError(f"{name} is built in and cannot be removed", argument="chain")
    if policy is None:
        return
    if policy not in _POLICIES:
        raise OperationValueError(f"policy is ACCEPT or DROP, not {policy!r}", argument="policy")
    if not built_in or not present:
        raise OperationValueError(
            f"{name} can have no policy: only {', '.join(BUILT_IN[table])} can in the {table} table", argument="policy"
        )
