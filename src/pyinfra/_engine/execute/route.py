"""What lies ahead of an operation on its host: the facts that the operations after it rest on.

What an operation changes and a later one needs to know is read in the same round trip as its commands, behind them.
Hosts with the same plans share one route.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pyinfra._core.effects import TouchedIndex
from pyinfra._engine.execute.accounts import changes_accounts
from pyinfra._engine.facts.base import FactBase
from pyinfra._engine.facts.keys import FactKey
from pyinfra._engine.prepare.plans import Plan

if TYPE_CHECKING:
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.state import State

_FARTHEST = 64  # operations: looking farther would cost more than the round trip that it may save


class Ahead(NamedTuple):
    """Facts that operations after this one rest on, as far as that can be known.

    Attributes:
        needed: all of them, in order.
        changed: those that this operation's commands may change, so that they are worth reading right behind them.
    """

    needed: tuple[FactKey, ...] = ()
    changed: tuple[FactKey, ...] = ()


NOTHING_AHEAD = Ahead()


class Route:
    """The plans of a host in the order in which they will run.

    Args:
        plans: None for an operation that was not planned.
    """

    __slots__ = ("_known", "_plans")

    def __init__(self, plans: Sequence[Plan | None]) -> None:
        self._plans = plans
        self._known: dict[int, Ahead] = {}

    def ahead(self, position: int) -> Ahead:
        """Return what lies ahead of the operation at a position."""
        found = self._known.get(position)
        if found is None:
            found = self._known[position] = self._look(position)
        return found

    def _look(self, position: int) -> Ahead:
        needed = dict.fromkeys(key for plan in self._following(position) for key in plan.inputs)
        plan = self._plans[position]
        if plan is None or not plan.effects or changes_accounts(plan.commands, plan):
            return Ahead(tuple(key for key in needed if key.cls.cacheable))
        return Ahead(tuple(key for key in needed if key.cls.cacheable), tuple(self._changed(plan, position)))

    def _following(self, position: int) -> Iterator[Plan]:
        """The plans after this one, up to the first that reads what its own commands do, or may change anything."""
        for plan in self._plans[position + 1 : position + 1 + _FARTHEST]:
            if plan is None or plan.live:
                return
            yield plan
            if plan.effects.everything:
                return

    def _changed(self, plan: Plan, position: int) -> Iterator[FactKey]:
        """What later plans need before somebody else changes it again; what the plan promises exactly is known."""
        since, seen = TouchedIndex(), set[FactKey]()
        for at, following in enumerate(self._following(position), 1):
            for key in following.inputs:
                if key in seen or not key.cls.cacheable or _has_preconditions(key):
                    continue
                seen.add(key)
                promise = plan.promises.get(key)
                if (
                    (promise is None or not promise.exact)
                    and plan.effects.overlap(key.resources)
                    and not since.since(key.resources, 0)
                ):
                    yield key
            since.add(following.effects, at)


def _has_preconditions(key: FactKey) -> bool:
    return key.cls.check_preconditions is not FactBase.check_preconditions


def set_routes(state: State) -> None:
    """Tell every host what lies ahead of its operations."""
    known: dict[tuple[int, ...], Route] = {}
    for host in state.active_hosts:
        ours = state.ops[host]
        plans = []
        for position, op_hash in enumerate(host.op_hash_order):
            data = ours[op_hash]
            data.position = position
            plans.append(data.plan)
        host.route = known.setdefault(tuple(map(id, plans)), Route(plans))


def forget_routes(state: State) -> None:
    """The plans have been executed."""
    for host in state.inventory:
        host.route = None


def ahead_of(host: Host, position: int | None) -> Ahead:
    """Return what lies ahead of an operation; nothing for one that was not planned with the others."""
    if host.route is None or position is None:
        return NOTHING_AHEAD
    return host.route.ahead(position)
