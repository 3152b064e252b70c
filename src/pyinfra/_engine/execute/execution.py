"""Executing one operation on one host: from its plan when nothing that it rests on has changed, else from its body."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from pyinfra._core.arguments import conditions_of
from pyinfra._core.effects import EVERYTHING
from pyinfra._core.errors import NestedOperationError
from pyinfra._core.events import Failure, OperationHostEnded, OperationHostRetry, OperationHostStarted
from pyinfra._core.output import CapturedOutput, CommandOutput
from pyinfra._engine import bridge
from pyinfra._engine.execute.accounts import changes_accounts
from pyinfra._engine.execute.command_runner import CommandRunner, Stopped
from pyinfra._engine.execute.route import ahead_of
from pyinfra._engine.execute.verification import verify
from pyinfra._engine.facts.keys import FactKey
from pyinfra._engine.facts.reads import refresh
from pyinfra._engine.failures import failure_of, log_failure, placed
from pyinfra._engine.model.operation_meta import OperationMeta
from pyinfra._engine.model.scope import current_callback
from pyinfra._engine.prepare.bodies import iterate
from pyinfra._engine.prepare.calls import OperationCall
from pyinfra._engine.prepare.following import follow
from pyinfra._engine.prepare.options import fact_options
from pyinfra._engine.prepare.plans import Plan
from pyinfra._engine.prepare.recorder import Recorder
from pyinfra._engine.prepare.registration import register

if TYPE_CHECKING:
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.state import State, StateOperationHostData
    from pyinfra._engine.prepare.identity import Identity

logger = logging.getLogger("pyinfra")


@dataclass(slots=True)
class Attempt:
    """What came of one try."""

    ran: Sequence[Any] = ()
    output: CommandOutput | None = None
    failure: Failure | None = None
    plan: Plan | None = None
    statuses: Sequence[int | None] = ()  # exit statuses of what ran
    skipped: bool = False  # its conditions did not hold

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return self.failure is None

    @classmethod
    def of(cls, runner: CommandRunner, plan: Plan | None) -> Attempt:
        """What a runner did. There is one for each operation and host, so what others have, too, is not made anew."""
        ran: Sequence[Any] = runner.ran
        statuses = tuple(runner.statuses)
        if plan is not None and len(ran) == len(plan.commands):
            ran, statuses = plan.commands, _SUCCESSES.get(statuses, statuses)
        return cls(ran, output_of(runner.captures), runner.failure, plan, statuses)


def output_of(captures: Sequence[CapturedOutput]) -> CommandOutput | None:
    """What was printed, if anything."""
    return CommandOutput.join(captures) if captures else None


_SUCCESSES: dict[tuple[int | None, ...], tuple[int | None, ...]] = {
    (0,) * count: (0,) * count for count in range(1, 20)
}
NOTHING_DONE = Attempt()
SKIPPED = Attempt(skipped=True)


# -- one try -------------------------------------------------------------------------------


def attempt(state: State, host: Host, data: StateOperationHostData, anew: bool = False) -> Attempt:
    """Try an operation once.

    Args:
        state: the run.
        host: where.
        data: the operation.
        anew: True to run the body again, whatever was planned.
    """
    conditions = data.global_arguments["_if"]
    if conditions and not all(condition() for condition in conditions_of(conditions)):
        return SKIPPED
    plan = None if anew else usable_plan(host, data) or _decided(host, data)
    if plan is not None and not plan.commands:
        return NOTHING_DONE
    runner = CommandRunner(state, host, data)
    try:
        if plan is not None:
            runner.run(plan, ahead_of(host, data.position).changed)
        else:
            plan = _run_body(host, data, runner)
    except Stopped:
        pass
    except asyncio.CancelledError:
        raise
    except Exception as error:  # noqa: BLE001 - the user's body: it fails this host only
        runner.failure = failure_of(state, host, data, error)
    _settle(state, host, data, runner, plan)
    if runner.failure is not None:
        runner.failure = placed(state, data, runner.failure)
    return Attempt.of(runner, plan)


def _decided(host: Host, data: StateOperationHostData) -> Plan | None:
    """The plan of another host on which everything is as it is on this one now."""
    decisions = cast("OperationCall", data.call).decisions
    return follow(decisions, host, fact_options(data.options), planning=False) if decisions is not None else None


def _run_body(host: Host, data: StateOperationHostData, runner: CommandRunner) -> Plan:
    decisions = cast("OperationCall", data.call).decisions
    share = decisions is not None and current_callback.get() is None
    trail = decisions.trail(fact_options(data.options)) if decisions is not None and share else None
    recorder = Recorder(before_read=runner.before_read, trail=trail)
    for command in iterate(host, data, recorder):
        recorder.commands.append(command)
        runner.add(command)
    plan = recorder.plan()
    runner.flush()
    return plan


def _settle(state: State, host: Host, data: StateOperationHostData, runner: CommandRunner, plan: Plan | None) -> None:
    """Tell the fact store, and the session, what has become of the host."""
    if not runner.ran:
        return
    if host.uses_privilege and changes_accounts(runner.ran, plan):
        bridge.wait_call(host.session.refresh)
    if runner.failure is not None or plan is None:
        host.facts.touch(EVERYTHING)
        return
    host.facts.touch(plan.effects)
    for key, promise in plan.promises.items():
        if promise.exact:
            host.facts.keep(key, promise.value)
    for dispatch, result in runner.read_behind:
        host.facts.take(dispatch, result)
    if state.verify_promises:
        verify(state, host, data, plan)


# -- plans that still hold -----------------------------------------------------------------


def usable_plan(host: Host, data: StateOperationHostData) -> Plan | None:
    """Return the plan when all that it rests on is as it was; None when the body must run again."""
    plan = data.plan
    if plan is None or plan.live or plan.condition is False:  # it was not foreseen that it runs
        return None
    outdated = host.facts.outdated(plan.inputs)
    if outdated:
        # Read now, what the operations after this one rest on costs no round trip of its own.
        refresh(host, dict.fromkeys([*outdated, *host.facts.outdated(ahead_of(host, data.position).needed)]))
    return plan if all(_same(host, key, value) for key, value in plan.inputs.items()) else None


def _same(host: Host, key: FactKey, planned: Any) -> bool:
    if not key.cls.cacheable:
        return True
    reading = host.facts.valid(key)
    return reading is not None and bool(reading.value == planned)


# -- with retries, counters and observers --------------------------------------------------


def execute(state: State, host: Host, op_hash: str) -> Failure | None:
    """Execute an operation on a host; return what makes the host fail, if anything. In the host's context."""
    data = state.ops[host].get(op_hash)
    if data is None or data.operation_meta.is_complete():
        return None
    if state.events.wants(OperationHostStarted):
        state.events.emit(OperationHostStarted(host.name, op_hash, data.parent_op_hash is not None))
    if state.callback_handlers:
        state.trigger_callbacks("operation_host_start", host, op_hash)
    data.operation_meta.has_begun = True
    began = time.monotonic()
    tried, retries = _with_retries(state, host, data)
    meta, arguments = data.operation_meta, data.global_arguments
    if tried.plan is not None and tried.ok:
        meta.set_plan(tried.plan)
    meta.failure = tried.failure
    meta.skipped = tried.skipped
    meta.error_ignored = bool(arguments["_ignore_errors"])
    meta.exit_statuses = tried.statuses
    meta.set_complete(tried.ok, tried.ran, tried.output, retries, arguments["_retries"])
    _count(state, host, data, tried)
    meta.seconds = time.monotonic() - began
    _tell_ended(state, host, data, tried, retries)
    if tried.failure is None:
        return None
    log_failure(host, tried.failure, ignored=meta.error_ignored)
    return None if meta.error_ignored else tried.failure


def _with_retries(state: State, host: Host, data: StateOperationHostData) -> tuple[Attempt, int]:
    arguments = data.global_arguments
    most, until = arguments["_retries"], arguments["_retry_until"]
    tried = attempt(state, host, data)
    retries = 0
    while retries < most and (not tried.ok or (until is not None and _wants_more(state, host, data, tried))):
        retries += 1
        state.events.emit(OperationHostRetry(host.name, data.operation_meta.hash, retries, most))
        state.trigger_callbacks("operation_host_retry", host, data.operation_meta.hash, retries, most)
        if arguments["_retry_delay"]:
            bridge.wait_call(asyncio.sleep, arguments["_retry_delay"])
        tried = attempt(state, host, data, anew=True)
    return tried, retries


def _wants_more(state: State, host: Host, data: StateOperationHostData, tried: Attempt) -> bool:
    """Ask the user's function, which is given what the commands printed."""
    commands = [str(command) for command in tried.ran]
    output = tried.output or CommandOutput([])
    seen = {
        "stdout_lines": output.stdout_lines,
        "stderr_lines": output.stderr_lines,
        "commands": commands,
        "executed_commands": len(commands),
        "host": host.name,
        "operation": data.operation_meta.name,
    }
    try:
        return bool(data.global_arguments["_retry_until"](seen))
    except Exception:
        logger.exception("%s_retry_until raised: not trying again", host.print_prefix)
        return False


def _count(state: State, host: Host, data: StateOperationHostData, tried: Attempt) -> None:
    results = state.results[host]
    if tried.ok:
        results.ops += 1
        results.success_ops += 1
        return
    if data.global_arguments["_ignore_errors"]:
        results.ops += 1
        results.ignored_error_ops += 1
    else:
        results.error_ops += 1
    if len(tried.ran) > 1:
        results.partial_ops += 1


def _tell_ended(state: State, host: Host, data: StateOperationHostData, tried: Attempt, retries: int) -> None:
    meta, most = data.operation_meta, data.global_arguments["_retries"]
    if state.events.wants(OperationHostEnded):
        state.events.emit(
            OperationHostEnded(
                host.name, meta.hash, tried.ok, tried.ok and bool(tried.ran), len(tried.ran), meta.seconds, retries,
                tried.failure, meta.error_ignored, tried.skipped,
                data.parent_op_hash is not None,
            )
        )  # fmt: skip
    if not state.callback_handlers:
        return
    if tried.ok:
        state.trigger_callbacks("operation_host_success", host, meta.hash, retries)
    else:
        state.trigger_callbacks("operation_host_error", host, meta.hash, retries, most)


# -- operations that are called from callbacks ---------------------------------------------


def execute_nested(
    state: State, host: Host, call: OperationCall, identity: Identity, parent: str | None
) -> OperationMeta:
    """Run an operation that a Python callback called, right away.

    Raises:
        NestedOperationError: it failed and its errors are not ignored.
    """
    data = register(state, host, call, identity, parent)
    if data is None:
        return OperationMeta(identity.op_hash, is_change=False)
    failure = execute(state, host, identity.op_hash)
    if failure is not None:
        message = f"{data.operation_meta.name}: {failure.message}"
        raise NestedOperationError(message, host=host.name, place=identity.place)
    return data.operation_meta
