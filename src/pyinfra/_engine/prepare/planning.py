"""Planning one host: optimistic, in order, and exact.

Operation bodies have no effect until their commands run, so the bodies of a batch start together, their reads in
flight together, each against the host as it is. Then they are committed in the order of the calls: a body which read
something that an earlier one is going to touch is run again over the promises of the earlier ones.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from pyinfra._core.effects import TouchedIndex
from pyinfra._engine import bridge
from pyinfra._engine.facts.keys import FactKey
from pyinfra._engine.prepare.plans import Certainty, Plan, Promise


class Planned:
    """One operation of a host that is being planned. Subclasses say how."""

    __slots__ = ("done", "is_done", "turn")

    def __init__(self) -> None:
        self.turn: asyncio.Future[None] | None = None
        self.done: asyncio.Future[None] | None = None
        self.is_done = False

    def run_body(self, started_at: int) -> Plan:
        """Run the body over everything committed so far."""
        raise NotImplementedError

    def foresee(self) -> bool | None:
        """Say whether its conditions will hold, everything before it being planned; None when nobody knows."""
        return True

    def commit(self, plan: Plan) -> None:
        """Take the final plan."""
        raise NotImplementedError

    def fail(self, error: BaseException) -> None:
        """Take the error that the body raised."""
        raise NotImplementedError


_Committed = tuple[Mapping[FactKey, Promise], int]  # the promises of a plan, and which commit it was


class HostPlanning:
    """What the operations planned so far are going to make of one host."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget: the plans have been executed, facts are the truth again."""
        self.commits = 0
        self._touched = TouchedIndex()
        self._promises: dict[FactKey, _Committed] = {}
        self._pending: deque[Planned] = deque()

    # -- looking ---------------------------------------------------------------------------

    def foresee(self, key: FactKey) -> tuple[Promise | None, Certainty]:
        """Return the promise that stands for a fact now, if any, and how far its present value can be trusted."""
        found = self._promises.get(key)
        if found is None:
            touched = self.commits and self._touched.since(key.resources, 0)
            return None, Certainty.UNKNOWN if touched else Certainty.CERTAIN
        promises, at = found
        touched = at != self.commits and self._touched.since(key.resources, at)
        return promises[key], Certainty.UNKNOWN if touched else Certainty.INFERRED

    def _outdated(self, plan: Plan, started_at: int) -> bool:
        return any(self._touched.since(key.resources, started_at) for key in plan.inputs)

    # -- planning --------------------------------------------------------------------------

    def plan_now(self, planned: Planned) -> None:
        """Plan an operation after all those before it; return when it is committed. In a greenlet of the engine."""
        if self._pending:
            self.plan_later(planned)
            self.wait_for(planned)
        else:
            self._pending.append(planned)
            self._work(planned)

    def plan_later(self, planned: Planned) -> None:
        """Start planning an operation and go on. In a greenlet of the engine."""
        self._pending.append(planned)
        bridge.start(lambda: self._work(planned))

    def wait_for(self, planned: Planned) -> None:
        """Wait until an operation is committed."""
        while not planned.is_done:
            if planned.done is None or planned.done.done():
                planned.done = bridge.new_future()
            bridge.wait(planned.done)

    def wait_for_all(self) -> None:
        """Wait until every operation is committed."""
        while self._pending:
            self.wait_for(self._pending[-1])

    def _work(self, planned: Planned) -> None:
        try:
            plan = self._final_plan(planned)
            condition = planned.foresee()
            if condition is not True:
                plan = replace(plan, condition=condition)  # other hosts may share it
            self._commit(plan)
            planned.commit(plan)
        except BaseException as error:  # noqa: BLE001 - the caller of the operation decides what becomes of it
            self._wait_turn(planned)
            planned.fail(error)
        finally:
            self._leave(planned)

    def _final_plan(self, planned: Planned) -> Plan:
        """Run a body until it has seen what all those before it will make of the host.

        One that raised is run again, too: perhaps those before it remove the cause.
        """
        while True:
            started_at = self.commits
            plan, error = None, None
            try:
                plan = planned.run_body(started_at)
            except Exception as raised:  # noqa: BLE001 - what it is only matters if it is raised again
                error = raised
            self._wait_turn(planned)
            if self.commits > started_at and (plan is None or self._outdated(plan, started_at)):
                continue
            if plan is None:
                raise cast("Exception", error)
            return plan

    def _wait_turn(self, planned: Planned) -> None:
        if self._pending and self._pending[0] is not planned:
            planned.turn = bridge.new_future()
            bridge.wait(planned.turn)

    def _commit(self, plan: Plan) -> None:
        if not plan.effects or plan.condition is False:
            return
        self.commits += 1
        self._touched.add(plan.effects, self.commits)
        if plan.condition is None:  # perhaps: what it touches is not known to be this or that
            return
        self._promises.update(dict.fromkeys(plan.promises, (plan.promises, self.commits)))

    def _leave(self, planned: Planned) -> None:
        if planned in self._pending:
            self._pending.remove(planned)
        planned.is_done = True
        if planned.done is not None and not planned.done.done():
            planned.done.set_result(None)
        if self._pending:
            following = self._pending[0].turn
            if following is not None and not following.done():
                following.set_result(None)
