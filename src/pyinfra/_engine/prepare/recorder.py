"""Notes what an operation body does while it runs: what it reads, what it yields, what it promises."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pyinfra._core.effects import Resource
from pyinfra._core.events import Change
from pyinfra._engine.facts.keys import FactKey
from pyinfra._engine.prepare.decisions import Trail
from pyinfra._engine.prepare.plans import Certainty, Plan, Promise, changes_from, effects_of

if TYPE_CHECKING:
    from pyinfra._core.commands import PyinfraCommand


_NOTHING: dict[Any, Any] = {}


class Recorder:
    """One run of one body.

    Args:
        before_read: called before every fact read; when the body runs for real, it executes what was yielded so far.
        trail: by which bodies of other hosts can follow this one.
    """

    __slots__ = ("before_read", "certainty", "changes", "commands", "declared", "inputs", "live", "notes",
                 "promises", "started_at", "touched", "trail", "vague")  # fmt: skip

    def __init__(
        self, started_at: int = 0, before_read: Callable[[], None] | None = None, trail: Trail | None = None
    ) -> None:
        self.started_at = started_at
        self.before_read = before_read
        self.trail = trail
        self.commands: list[PyinfraCommand] = []
        # There are as many of these as operations times hosts: what most of them never hold is made when it is needed.
        self.inputs: dict[FactKey, Any] = _NOTHING
        self.promises: dict[FactKey, Promise] = _NOTHING
        self.touched: frozenset[Resource] = frozenset()
        self.vague: frozenset[FactKey] = frozenset()  # values in which None stands for what nobody knows yet
        self.changes: tuple[Change, ...] = ()
        self.notes: tuple[str, ...] = ()
        self.certainty = Certainty.CERTAIN
        self.declared = False
        self.live = False

    def reading(self, key: FactKey) -> None:
        """A fact is about to be read."""
        if self.commands:
            self.live = True
        if self.trail is not None:
            self.trail.asks(key)
        if self.before_read is not None:
            self.before_read()

    def read(self, key: FactKey, value: Any, certainty: Certainty, vague: bool = False) -> None:
        """A fact was read; a vague one comes from a promise that leaves something open."""
        if vague:
            self.vague |= {key}
        if self.inputs is _NOTHING:
            self.inputs = {}
        self.inputs[key] = value
        if self.trail is not None:
            self.trail.answered(value, certainty, vague)
        if certainty is Certainty.UNKNOWN or self.certainty is Certainty.CERTAIN:
            self.certainty = certainty

    def promise(self, key: FactKey, promise: Promise) -> None:
        """The body says what a fact will be."""
        self.declared = True
        if self.promises is _NOTHING:
            self.promises = {}
        self.promises[key] = promise

    def affect(self, resources: tuple[Resource, ...]) -> None:
        """The body says what it touches."""
        self.declared = True
        self.touched |= frozenset(resources)

    def depends_on_more(self) -> None:
        """What the body asks depends on more than its arguments and what it was answered."""
        if self.trail is not None:
            self.trail.spoil()

    def plan(self) -> Plan:
        """What was noted, as a plan."""
        plan = self._plan()
        return plan if self.trail is None else self.trail.ended(plan)

    def _plan(self) -> Plan:
        if not self.commands:
            return Plan((), self.inputs, certainty=self.certainty, live=self.live, notes=self.notes)
        return Plan(
            commands=tuple(self.commands),  # the handles of operations show it, and other hosts may share it
            inputs=self.inputs,
            promises=self.promises,
            effects=effects_of(self.commands, self.promises, self.touched, self.declared),
            changes=(*changes_from(self.inputs, self.promises, self.vague), *self.changes)
            if self.declared
            else self.changes,
            certainty=self.certainty,
            live=self.live,
            notes=self.notes,
        )
