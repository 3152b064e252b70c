"""What is going to happen: the planned operations of a run, with hosts that do the same taken together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from pyinfra._core.events import Change
from pyinfra._core.records import Record

if TYPE_CHECKING:
    from pyinfra._engine.model.state import StateOperationHostData
    from pyinfra.api import State


class HostGroup(Record):
    """Hosts on which an operation is going to do the same.

    Attributes:
        hosts: their names, in inventory order.
        changes: what changes; empty when that is not known.
        commands: what would be run, secrets masked; files as a description.
        certainty: ``certain``, ``inferred`` (from what earlier operations promise) or ``unknown`` until it runs.
    """

    hosts: tuple[str, ...]
    changes: tuple[Change, ...]
    commands: tuple[str, ...]
    certainty: str


class PlannedOperation(Record):
    """One operation of the plan.

    Attributes:
        op_hash: its identity in the run.
        number: its place in the order, from 1.
        name: as shown; hosts may give several, joined.
        names: all of them.
        args: arguments as text, when the name was generated.
        place: where it is called, ``deploy.py:12``.
        changing: hosts on which it is going to change something, by what it does there.
        unchanged: hosts that are as they should be.
        held_back: of these, hosts on which it would do something, if its conditions held: they will not, as far as
            can be foreseen.
        unchecked: hosts for which it was not planned (``--no-plan``).
        conditional: whether conditions (``_if``) decide when it runs.
    """

    op_hash: str
    number: int
    name: str
    names: tuple[str, ...]
    args: tuple[str, ...]
    place: str | None
    changing: tuple[HostGroup, ...]
    unchanged: tuple[str, ...]
    unchecked: tuple[str, ...]
    conditional: bool
    held_back: tuple[str, ...] = ()

    @property
    def hosts_with_change(self) -> tuple[str, ...]:
        """All hosts on which it is going to change something."""
        return tuple(host for group in self.changing for host in group.hosts)


class PlanReport(Record):
    """All operations of a run, in order.

    Attributes:
        operations: the operations.
        hosts: names of the hosts that take part.
        checked: False when nothing was planned (``--no-plan``).
    """

    operations: tuple[PlannedOperation, ...]
    hosts: tuple[str, ...]
    checked: bool

    @property
    def changing(self) -> tuple[PlannedOperation, ...]:
        """Operations that are going to change something somewhere."""
        return tuple(operation for operation in self.operations if operation.changing)

    @property
    def is_pending(self) -> bool:
        """Whether running it may change anything."""
        return any(operation.changing or operation.unchecked for operation in self.operations)


def plan_report(state: State) -> PlanReport:
    """Read the plan of a run that is prepared."""
    order = state.get_op_order()
    operations = tuple(_planned(state, op_hash, number) for number, op_hash in enumerate(order, 1))
    hosts = tuple(host.name for host in state.active_hosts)
    return PlanReport(operations, hosts, state.check_for_changes)


def shown_name(names: Iterable[str], args: Sequence[str]) -> str:
    """The name of an operation, with its arguments when the name was generated."""
    name = ", ".join(sorted(names))
    return f"{name} ({', '.join(args)})" if args else name


def _planned(state: State, op_hash: str, number: int) -> PlannedOperation:
    meta = state.op_meta[op_hash]
    groups: dict[str, tuple[list[str], StateOperationHostData]] = {}
    unchanged: list[str] = []
    held_back: list[str] = []
    unchecked: list[str] = []
    conditional = False
    for host in state.active_hosts:
        data = state.ops[host].get(op_hash)
        if data is None:
            continue
        conditional = conditional or bool(data.global_arguments["_if"])
        if data.plan is None:
            unchecked.append(host.name)
        elif not data.plan.will_change:
            unchanged.append(host.name)
            if data.plan.is_held_back:
                held_back.append(host.name)
        else:
            key = f"{data.plan.certainty.value} {data.plan.changes!r} {_command_key(data)}"
            groups.setdefault(key, ([], data))[0].append(host.name)
    return PlannedOperation(
        op_hash, number, shown_name(meta.names, meta.args), tuple(sorted(meta.names)), tuple(meta.args), meta.place,
        tuple(_group(hosts, data) for hosts, data in groups.values()), tuple(unchanged), tuple(unchecked), conditional,
        tuple(held_back),
    )  # fmt: skip


def _command_key(data: Any) -> str:
    """What an operation without known changes does is told apart by its commands."""
    return "" if data.plan.changes else repr([str(command) for command in data.plan.commands])


def _group(hosts: Sequence[str], data: Any) -> HostGroup:
    commands = tuple(str(command) for command in data.plan.commands)
    return HostGroup(tuple(hosts), data.plan.changes, commands, data.plan.certainty.value)
