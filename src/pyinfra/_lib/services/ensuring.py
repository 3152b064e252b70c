"""Having a service as it shall be: asks the host, yields what is needed, and says what will be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyinfra import host
from pyinfra.api import FactBase, StringCommand
from pyinfra.api.planning import affects, change, prefetch, promise, tree

from .deciding import Step, Wanted, decide
from .systems import SERVICES, InitSystem

_VERBS = frozenset({"start", "stop", "restart", "reload"})


@dataclass(frozen=True, slots=True)
class Question:
    """A fact that tells something of services by name.

    Attributes:
        fact: the fact.
        arguments: those of its command.
        one: whether all that it tells is of the one service, by each of its names.
    """

    fact: type[FactBase[Any]]
    arguments: Mapping[str, Any] = field(default_factory=dict)
    one: bool = False

    def prefetch(self) -> None:
        """Start asking."""
        prefetch(self.fact, **self.arguments)

    def answer(self) -> dict[str, bool | None]:
        """Ask; ``{}`` when there is no answer."""
        return dict(host.get_fact(self.fact, **self.arguments) or {})

    def promise(self, service: str, before: Mapping[str, Any], after: bool | None, *, exact: bool) -> None:
        """Say what the answer will be. One that is not exact tells of no other names: those may come and go."""
        others = {} if self.one and not exact else before
        names = {*before, service} if self.one and exact else {service}
        promise(self.fact, {**others, **dict.fromkeys(names, after)}, exact=exact, **self.arguments)


def ensure(
    system: InitSystem,
    service: str,
    wanted: Wanted,
    running: Question,
    enabled: Question | bool | None = None,
    shown: str | None = None,
) -> Iterator[StringCommand]:
    """Yield what makes a service as it shall be.

    Args:
        system: how it is done here.
        service: its name.
        wanted: how it shall be.
        running: which services run.
        enabled: which ones are started with the system, or whether this one is; None where that cannot be asked.
        shown: its name in plans, if it is another one.
    """
    shown = shown or service
    asked = enabled if wanted.enabled is not None and isinstance(enabled, Question) else None
    if asked is not None:
        asked.prefetch()
    statuses = running.answer()
    enablement = asked.answer() if asked is not None else {}
    is_enabled = enabled if isinstance(enabled, bool) else enablement.get(service)
    steps = decide(wanted, statuses.get(service), is_enabled)
    if not steps:
        host.noop(f"service {shown} is {_described(statuses.get(service), wanted.enabled)}")
        return
    for step in steps:
        yield from commands_of(system, service, step)
        change(f"service {shown}", step.attribute, step.before, step.after)
    affects(SERVICES, *(map(tree, system.links) if _enables(steps) else ()))
    _promise(service, steps, running, statuses)
    if asked is not None and wanted.command is None:
        asked.promise(service, enablement, wanted.enabled, exact=not _enables(steps))


def commands_of(system: InitSystem, service: str, step: Step) -> Iterator[StringCommand]:
    """Yield the commands of one step."""
    if step.attribute == "enabled":
        yield from system.enable(service, bool(step.after))
    else:
        yield from system.control(service, step.verb)


def _promise(service: str, steps: Sequence[Step], running: Question, statuses: Mapping[str, Any]) -> None:
    """Nobody knows what a command of the user's does, and whether what is started stays: that is looked at again."""
    verbs = {step.verb for step in steps if step.attribute != "enabled"}
    if verbs <= _VERBS:
        after = "stop" not in verbs if verbs else statuses.get(service)
        running.promise(service, statuses, after, exact=not verbs and not _enables(steps))


def _enables(steps: Sequence[Step]) -> bool:
    return any(step.attribute == "enabled" for step in steps)


def _described(running: bool | None, enabled: bool | None) -> str:
    parts = ["running" if running else "not running"]
    if enabled is not None:
        parts.append("enabled" if enabled else "not enabled")
    return " and ".join(parts)
