"""What prepare found out about one operation on one host."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from pyinfra._core.effects import EVERYTHING, NOTHING, Effects, Resource
from pyinfra._core.events import Change
from pyinfra._engine.facts.keys import FactKey
from pyinfra._engine.prepare.argument_text import MASK, is_secret

if TYPE_CHECKING:
    from pyinfra._core.commands import PyinfraCommand
    from pyinfra._transport.base import ExecOptions, Request


UNKNOWN = "unknown"  # in place of a value that nobody can know beforehand


class Certainty(Enum):
    """How far a plan can be trusted."""

    CERTAIN = "certain"  # made from what the host is now
    INFERRED = "inferred"  # made from what earlier operations promise
    UNKNOWN = "unknown"  # something that it depends on can only be known when it runs


@dataclass(frozen=True, slots=True)
class Promise:
    """The value that a fact will have. Fields that cannot be known beforehand make it inexact."""

    value: Any
    exact: bool = True


@dataclass(slots=True)
class Plan:
    """The commands of one operation on one host, and what they rest on."""

    commands: Sequence[PyinfraCommand] = ()
    inputs: Mapping[FactKey, Any] = field(default_factory=dict)
    promises: Mapping[FactKey, Promise] = field(default_factory=dict)
    effects: Effects = NOTHING
    changes: tuple[Change, ...] = ()
    certainty: Certainty = Certainty.CERTAIN
    live: bool = False  # the body reads what its own commands do: it must run again while they run
    notes: tuple[str, ...] = ()  # what the body says is as it should be
    requests: tuple[ExecOptions, list[Request]] | None = None  # its commands, ready to be sent to any host
    condition: bool | None = True  # whether its conditions (``_if``) will hold; None when nobody knows

    @property
    def is_open(self) -> bool:
        """Whether it is only known when it runs if anything changes."""
        return self.certainty is Certainty.UNKNOWN or self.condition is None

    @property
    def is_held_back(self) -> bool:
        """Whether there would be something to run, if its conditions held."""
        return self.condition is False and bool(self.commands)

    @property
    def will_change(self) -> bool:
        """Whether there is something to run."""
        if self.condition is False:
            return False
        return bool(self.commands) or (self.live and self.certainty is Certainty.UNKNOWN)


def effects_of(
    commands: Iterable[object], promises: Mapping[FactKey, Promise], touched: Iterable[Resource], declared: bool
) -> Effects:
    """What an operation changes: what it says; everything when it says nothing."""
    if not commands:
        return NOTHING
    if not declared:
        return EVERYTHING
    resources = set(touched)
    for key in promises:
        if key.resources is None:
            return EVERYTHING
        resources.update(key.resources)
    return Effects(frozenset(resources))


def changes_from(
    inputs: Mapping[FactKey, Any], promises: Mapping[FactKey, Promise], vague: Container[FactKey] = ()
) -> list[Change]:
    """Compare what was read with what is promised, attribute by attribute.

    Args:
        inputs: what was read.
        promises: what will be.
        vague: what was read from promises that leave something open: None means unknown there.
    """
    changes: list[Change] = []
    for key, promise in promises.items():
        before, after = inputs.get(key), promise.value
        if before != after and key.cls.in_plans:
            if key in vague and isinstance(before, dict):
                before = {name: UNKNOWN if value is None else value for name, value in before.items()}
            changes.extend(_changes_of(key.describe(), before, after, promise.exact))
    return changes


def _changes_of(resource: str, before: Any, after: Any, exact: bool) -> list[Change]:
    if isinstance(before, dict) and isinstance(after, dict):
        return _attribute_changes(resource, before, after, exact)
    if isinstance(before, list) and isinstance(after, list):
        gone = [Change(resource, str(item), item, None) for item in before if item not in after]
        return gone + [Change(resource, str(item), None, item) for item in after if item not in before]
    if isinstance(after, dict) and before in (None, False):
        known = {name: value for name, value in after.items() if isinstance(value, (str, int))}
        return [Change(resource, "present", None, True), *_attribute_changes(resource, {}, known, exact)]
    before, after = _presence(before), _presence(after)
    return [] if before == after else [Change(resource, "present", before, after)]


def _attribute_changes(resource: str, before: Mapping[Any, Any], after: Mapping[Any, Any], exact: bool) -> list[Change]:
    changes: list[Change] = []
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        # an unknown attribute of an inexact promise is not a change
        if old == new or (new is None and not exact and name in after):
            continue
        if isinstance(new, dict):  # a thing among many, such as an account
            changes.extend(_changes_of(f"{resource} {name}", old, new, exact))
        elif is_secret(str(name)):
            changes.append(Change(resource, str(name), old and MASK, new and MASK))
        else:
            changes.append(Change(resource, str(name), _presence(old), new))
    return changes


def _presence(value: Any) -> Any:
    if isinstance(value, dict):
        return True
    return value if value not in (None, False, []) else None
