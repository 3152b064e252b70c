"""What happened: the outcome of every operation on every host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING

from pyinfra._core.events import Failure, Phase
from pyinfra._core.records import Record
from pyinfra._report.plan import shown_name

if TYPE_CHECKING:
    from pyinfra._engine.model.state import StateOperationHostData
    from pyinfra.api import Host, State
    from pyinfra.api.operation import OperationMeta


class Outcome(Enum):
    """What became of an operation on a host."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"  # its conditions did not hold
    FAILED = "failed"
    IGNORED = "ignored"  # it failed, and that was to be ignored
    INTERRUPTED = "interrupted"  # the run was ended while it ran
    NOT_RUN = "not run"  # the host had failed before, or the run was ended


class HostStatus(Enum):
    """What became of a host."""

    OK = "ok"
    FAILED = "failed"
    UNREACHABLE = "unreachable"
    INTERRUPTED = "interrupted"  # the run was ended while an operation ran there


class OperationReport(Record):
    """One operation after the run.

    Attributes:
        op_hash: its identity in the run.
        number: its place in the order, from 1.
        name: as shown.
        names: all names that hosts give it.
        args: arguments as text, when the name was generated.
        place: where it is called.
        nested: whether another operation's callback called it.
        metas: what is known of it on each host, by host name, in inventory order.
        outcomes: host names by what became of it there; every host of ``metas`` is in exactly one.
        seconds: what it took on the slowest host.
        retries: on all hosts together.
    """

    op_hash: str
    number: int
    name: str
    names: tuple[str, ...]
    args: tuple[str, ...]
    place: str | None
    nested: bool
    metas: Mapping[str, OperationMeta]
    outcomes: Mapping[Outcome, tuple[str, ...]]
    seconds: float
    retries: int

    def hosts(self, *outcomes: Outcome) -> tuple[str, ...]:
        """Hosts with one of these outcomes."""
        return tuple(host for outcome in outcomes for host in self.outcomes.get(outcome, ()))


class RunReport(Record):
    """A run, or as much of it as there was.

    Attributes:
        operations: in order.
        statuses: what became of each host, by name.
        failures: everything that made a host fail, and errors that were ignored are not among them.
        seconds: of executing.
    """

    operations: tuple[OperationReport, ...]
    statuses: Mapping[str, HostStatus]
    failures: tuple[Failure, ...]
    seconds: float

    def hosts(self, status: HostStatus) -> tuple[str, ...]:
        """Hosts with this status."""
        return tuple(name for name, found in self.statuses.items() if found is status)


def run_report(state: State, seconds: float = 0.0) -> RunReport:
    """Read what happened from a run.

    Args:
        state: the run.
        seconds: what executing took.
    """
    order = state.get_op_order()
    operations = tuple(_operation(state, op_hash, number) for number, op_hash in enumerate(order, 1))
    return RunReport(operations, host_statuses(state), tuple(state.failures), seconds)


def host_statuses(state: State) -> dict[str, HostStatus]:
    """What has become of each host that takes part."""
    unreachable = {failure.host for failure in state.failures if failure.phase is Phase.CONNECT}
    statuses: dict[str, HostStatus] = {}
    for host in state.inventory:
        if not state.is_host_in_limit(host):
            continue
        if host not in state.failed_hosts:
            statuses[host.name] = HostStatus.INTERRUPTED if _is_interrupted(state, host) else HostStatus.OK
        elif host not in state.activated_hosts and host.name in unreachable:
            statuses[host.name] = HostStatus.UNREACHABLE
        else:
            statuses[host.name] = HostStatus.FAILED
    return statuses


def _is_interrupted(state: State, host: Host) -> bool:
    metas = (data.operation_meta for data in state.ops[host].values())
    return not state.is_executing and any(meta.has_begun and not meta.is_complete() for meta in metas)


def outcome_of(meta: OperationMeta) -> Outcome:
    """What became of an operation on one host."""
    if not meta.is_complete():
        return Outcome.INTERRUPTED if meta.has_begun else Outcome.NOT_RUN
    if meta.did_succeed:
        if meta.skipped:
            return Outcome.SKIPPED
        return Outcome.CHANGED if meta.executed else Outcome.UNCHANGED
    return Outcome.IGNORED if meta.error_ignored else Outcome.FAILED


def _operation(state: State, op_hash: str, number: int) -> OperationReport:
    shared = state.op_meta[op_hash]
    metas: dict[str, OperationMeta] = {}
    outcomes: dict[Outcome, list[str]] = {}
    nested = False
    for host, data in _on_hosts(state, op_hash):
        metas[host.name] = data.operation_meta
        outcomes.setdefault(outcome_of(data.operation_meta), []).append(host.name)
        nested = nested or data.parent_op_hash is not None
    return OperationReport(
        op_hash=op_hash,
        number=number,
        name=shown_name(shared.names, shared.args),
        names=tuple(sorted(shared.names)),
        args=tuple(shared.args),
        place=shared.place,
        nested=nested,
        metas=metas,
        outcomes={outcome: tuple(names) for outcome, names in outcomes.items()},
        seconds=max((meta.seconds for meta in metas.values()), default=0.0),
        retries=sum(meta.retry_attempts for meta in metas.values()),
    )


def _on_hosts(state: State, op_hash: str) -> Sequence[tuple[Host, StateOperationHostData]]:
    return [(host, state.ops[host][op_hash]) for host in state.inventory if op_hash in state.ops[host]]
