"""Reads the facts that the command line asks for: all of them, on all hosts, at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from pyinfra._core.context import ctx_host, ctx_state
from pyinfra._engine import bridge
from pyinfra._engine.facts.reads import get_host_fact
from pyinfra._engine.prepare.argument_text import MASK, is_secret, value_text
from pyinfra._report.view import FactReport
from pyinfra.api import Host, State
from pyinfra_cli.commands import FactCall


def read_facts(state: State, calls: Sequence[FactCall]) -> list[FactReport]:
    """Read facts on all active hosts.

    Args:
        state: the run. Hosts on which a fact cannot be read fail.
        calls: the facts, with their arguments.

    Raises:
        FactTypeError: a fact is asked for with wrong arguments.
    """
    hosts = list(state.active_hosts)
    reads = [partial(_read_one, state, host, call) for call in calls for host in hosts]
    outcomes = iter(bridge.run(bridge.gather, reads))
    reports: list[FactReport] = []
    for call in calls:
        values: dict[str, Any] = {}
        failed: dict[str, str] = {}
        for host, outcome in zip(hosts, outcomes, strict=False):
            value, problem = outcome.get()
            if problem is None:
                values[host.name] = value
            else:
                failed[host.name] = problem
        reports.append(FactReport(call.name, _arguments_text(call), values, failed))
    return reports


def _read_one(state: State, host: Host, call: FactCall) -> tuple[Any, str | None]:
    ctx_state.set_local(state)
    ctx_host.set(host)
    before = len(state.failures)
    value = get_host_fact(host, call.cls, call.args, call.kwargs)
    ours = [failure for failure in state.failures[before:] if failure.host == host.name]
    return value, ours[0].message if ours else None


def _arguments_text(call: FactCall) -> str:
    named = [f"{key}={MASK if is_secret(key) else value_text(value)}" for key, value in call.kwargs.items()]
    return ", ".join([*map(value_text, call.args), *named])


def known_facts(state: State) -> list[FactReport]:
    """Everything that was read so far, for ``--debug-facts``."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for host in state.active_hosts:
        for reading in host.facts.known():
            arguments = ", ".join(f"{key}={value_text(value)}" for key, value in reading.key.arguments.items())
            found.setdefault((reading.key.cls.name, arguments), {})[host.name] = _value_or_error(reading)
    return [FactReport(name, arguments, values) for (name, arguments), values in sorted(found.items())]


def _value_or_error(reading: Any) -> Any:
    try:
        return reading.value
    except Exception as error:  # noqa: BLE001 - it is shown in place of the value
        return f"{type(error).__name__}: {error}"
