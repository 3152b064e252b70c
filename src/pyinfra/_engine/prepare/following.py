"""Planning an operation from what its body decided on hosts that answered alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyinfra._core.errors import PyinfraError
from pyinfra._engine.facts.keys import FactKey
from pyinfra._engine.facts.reads import start_reading, try_reading
from pyinfra._engine.model.scope import current_callback
from pyinfra._engine.prepare.decisions import Decisions, Glance
from pyinfra._engine.prepare.plans import Certainty, Plan

if TYPE_CHECKING:
    from pyinfra._engine.model.host import Host
    from pyinfra._transport.base import ExecOptions

_Heard = tuple[Any, Certainty, bool]  # value, how far it can be trusted, whether it leaves something open


def follow(decisions: Decisions, host: Host, options: ExecOptions, planning: bool) -> Plan | None:
    """Ask a host what the body would ask; return the plan that its answers lead to.

    None when they lead nowhere that a body has been: then it must run, and finds what was read here.

    Args:
        decisions: of this call on other hosts.
        host: to ask.
        options: as whom facts are read.
        planning: True to take promises of operations that have not run yet as answers.
    """
    step = decisions.start(options) if current_callback.get() is None else None
    while step is not None:
        if options.privilege:
            host.uses_privilege = True
        for key in step.prefetched:
            if key is not step.question and (not planning or host.planning.foresee(key)[0] is None):
                start_reading(host, key)
        if step.question is None:
            return _as_decided(host, step.plan)
        heard = _ask(host, step.question, planning)
        answer = step.heard(*heard) if heard is not None else None
        step = answer.next if answer is not None else None
    return None


def _as_decided(host: Host, plan: Plan | None) -> Plan | None:
    if plan is not None:
        for note in plan.notes:
            host.noop(note)
    return plan


def _ask(host: Host, question: FactKey | Glance, planning: bool) -> _Heard | None:
    """Return an answer, or None when there is none: the body is to find out why."""
    if isinstance(question, Glance):
        return question.answer(), Certainty.CERTAIN, False
    promise, certainty = host.planning.foresee(question) if planning else (None, Certainty.CERTAIN)
    if promise is not None:
        return promise.value, certainty, not promise.exact
    try:
        reading = start_reading(host, question)
    except PyinfraError:
        return None
    if reading is None:
        return question.question.fact().default(), certainty, False
    found = try_reading(host, reading)
    return (found[0], certainty, False) if found else None
