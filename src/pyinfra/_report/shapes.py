"""The shapes of JSON that the document, the stream and the compatible functions share.

``docs/schema`` describes them. Keys may be added to a version; taking one away, or giving one another meaning, makes
a new version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pyinfra._core.events import Change, Failure
from pyinfra._report.encoding import without_secrets
from pyinfra._report.plan import PlannedOperation, PlanReport
from pyinfra._report.results import HostStatus, OperationReport, Outcome, RunReport, outcome_of
from pyinfra._report.view import FactReport, Problem

if TYPE_CHECKING:
    from pyinfra._core.locations import TraceLine
    from pyinfra.api.operation import OperationMeta

VERSION = 1

Json = dict[str, Any]

# What counts as what in the tables and totals of a run.
SUCCESS = (Outcome.CHANGED,)
ERROR = (Outcome.FAILED, Outcome.IGNORED, Outcome.INTERRUPTED)
NO_CHANGE = (Outcome.UNCHANGED, Outcome.SKIPPED)


def change_shape(change: Change) -> Json:
    """One attribute of one resource, before and after."""
    return {
        "resource": change.resource,
        "attribute": change.attribute,
        "before": change.before,
        "after": change.after,
    }


def trace_shape(trace: Sequence[TraceLine]) -> list[Json]:
    """The user's own frames, the innermost last."""
    return [{"place": line.place, "function": line.function, "source": line.source} for line in trace]


def failure_shape(failure: Failure) -> Json:
    """Everything that is known of a failure."""
    return {
        "host": failure.host,
        "phase": failure.phase.value,
        "message": failure.message,
        "operation": failure.operation,
        "name": failure.name,
        "place": failure.place,
        "command": failure.command,
        "exit_status": failure.exit_status,
        "last_lines": list(failure.last_lines),
        "hint": failure.hint,
        "trace": trace_shape(failure.trace),
    }


def problem_shape(problem: Problem) -> Json:
    """What ended a run before its end."""
    return {
        "kind": problem.kind.value,
        "message": problem.message,
        "place": problem.place,
        "hint": problem.hint,
        "trace": trace_shape(problem.trace),
    }


# -- the plan ------------------------------------------------------------------------------


def plan_shape(plan: PlanReport) -> list[Json]:
    """The planned operations, in order."""
    return [_planned_shape(operation) for operation in plan.operations]


def _planned_shape(operation: PlannedOperation) -> Json:
    changing = list(operation.hosts_with_change)
    return {
        "op_hash": operation.op_hash,
        "name": ", ".join(operation.names),
        "names": list(operation.names),
        "args": list(operation.args),
        "hosts_with_change": [] if operation.conditional else changing,
        "hosts_with_conditional_change": changing if operation.conditional else [],
        "hosts_without_change": list(operation.unchanged),
        "hosts_held_back": list(operation.held_back),
        "hosts_unchecked": list(operation.unchecked),
        "number": operation.number,
        "place": operation.place,
        "groups": [
            {
                "hosts": list(group.hosts),
                "certainty": group.certainty,
                "changes": [change_shape(change) for change in group.changes],
                "commands": list(group.commands),
            }
            for group in operation.changing
        ],
    }


# -- the results ---------------------------------------------------------------------------


def results_shape(run: RunReport) -> Json:
    """What happened: each operation on each host, totals, failed hosts."""
    return {
        "operations": [_operation_shape(operation) for operation in run.operations],
        "totals": totals_shape(run),
        "failed_hosts": failed_hosts(run),
        "seconds": round(run.seconds, 3),
    }


def failed_hosts(run: RunReport) -> list[str]:
    """Names of all hosts that failed, reachable or not, in inventory order."""
    return [name for name, status in run.statuses.items() if status is not HostStatus.OK]


def totals_shape(run: RunReport) -> dict[str, int]:
    """The counts of all operations together."""
    totals = dict.fromkeys(("hosts", "success", "error", "no_change", "ignored", "skipped", "not_run"), 0)
    for operation in run.operations:
        for key, count in counts_shape(operation).items():
            totals[key] += count
    return totals


def counts_shape(operation: OperationReport) -> dict[str, int]:
    """On how many hosts what became of an operation."""
    return {
        "hosts": len(operation.metas),
        "success": len(operation.hosts(*SUCCESS)),
        "error": len(operation.hosts(*ERROR)),
        "no_change": len(operation.hosts(*NO_CHANGE)),
        "ignored": len(operation.hosts(Outcome.IGNORED)),
        "skipped": len(operation.hosts(Outcome.SKIPPED)),
        "not_run": len(operation.hosts(Outcome.NOT_RUN)),
    }


def _operation_shape(operation: OperationReport) -> Json:
    return {
        "op_hash": operation.op_hash,
        "name": ", ".join(operation.names),
        "names": list(operation.names),
        "args": list(operation.args),
        **counts_shape(operation),
        "number": operation.number,
        "place": operation.place,
        "nested": operation.nested,
        "seconds": round(operation.seconds, 3),
        "retries": operation.retries,
        "by_host": {host: _host_result_shape(meta) for host, meta in operation.metas.items()},
    }


def _host_result_shape(meta: OperationMeta) -> Json:
    outcome = outcome_of(meta)
    complete = outcome not in (Outcome.NOT_RUN, Outcome.INTERRUPTED)
    changed = outcome is Outcome.CHANGED
    return {
        "outcome": outcome.name.lower(),
        "changed": changed,
        "exit_statuses": list(meta.exit_statuses),
        "stdout": meta.stdout if complete else "",
        "stderr": meta.stderr if complete else "",
        "seconds": round(meta.seconds, 3),
        "retries": meta.retry_attempts,
        # asking an operation that has not run for its changes may plan it
        "changes": [change_shape(change) for change in meta.changes] if changed else [],
        "commands": [str(command) for command in meta.commands],
        "error": failure_shape(meta.failure) if meta.failure is not None else None,
    }


# -- facts ---------------------------------------------------------------------------------


def facts_shape(facts: Sequence[FactReport]) -> Json:
    """Values by fact and host."""
    shape: Json = {}
    for fact in facts:  # one that was asked for twice is there once
        shape.setdefault(fact.title, {}).update(fact.values)
    return shape


def unread_shape(facts: Sequence[FactReport]) -> Json:
    """Why facts could not be read, by fact and host."""
    return {fact.title: dict(fact.failed) for fact in facts if fact.failed}


def inventory_shape(hosts: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Hosts with their groups and data, without secrets."""
    return [
        {"name": host["name"], "groups": list(host["groups"]), "data": without_secrets(host["data"])} for host in hosts
    ]
