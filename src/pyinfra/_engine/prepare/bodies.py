"""Running the body of an operation, for its plan or for real."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from pyinfra._core.arguments import conditions_of
from pyinfra._core.commands import FunctionCommand, PyinfraCommand, StringCommand
from pyinfra._engine.failures import fail_planning, tell_planned
from pyinfra._engine.model.scope import OperationScope, current_operation
from pyinfra._engine.prepare.calls import OperationCall
from pyinfra._engine.prepare.conditions import foresee
from pyinfra._engine.prepare.following import follow
from pyinfra._engine.prepare.options import fact_options
from pyinfra._engine.prepare.planning import Planned
from pyinfra._engine.prepare.plans import Certainty, Plan
from pyinfra._engine.prepare.recorder import Recorder

if TYPE_CHECKING:
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.state import State, StateOperationHostData


def iterate(host: Host, data: StateOperationHostData, recorder: Recorder) -> Iterator[PyinfraCommand]:
    """Run the body in its scope; yield each command as it comes. The context must be that of the host."""
    call = cast("OperationCall", data.call)
    scope = OperationScope(
        host, data.operation_meta.hash, data.global_arguments, fact_options(data.options), recorder,
        call.operation.set_in_op, data.deploy_data,
    )  # fmt: skip
    token = current_operation.set(scope)
    try:
        for command in call.operation.function(*call.args, **call.kwargs):
            yield as_command(command)
    finally:
        current_operation.reset(token)


def as_command(command: Any) -> PyinfraCommand:
    """Bodies may yield plain texts."""
    if isinstance(command, str):
        return StringCommand(command.strip())
    if isinstance(command, PyinfraCommand):
        return command
    raise TypeError(f"an operation yields commands or texts, not {type(command).__name__}: {command!r}")


class PlannedOperation(Planned):
    """Ties an operation to the planning of its host."""

    __slots__ = ("_data", "_host", "_state")

    def __init__(self, state: State, host: Host, data: StateOperationHostData) -> None:
        super().__init__()
        self._state = state
        self._host = host
        self._data = data

    def run_body(self, started_at: int) -> Plan:
        """Run the body to its end without executing anything."""
        decisions, options = cast("OperationCall", self._data.call).decisions, fact_options(self._data.options)
        if decisions is not None:
            decided = follow(decisions, self._host, options, planning=True)
            if decided is not None:
                return decided
        recorder = Recorder(started_at, trail=decisions.trail(options) if decisions is not None else None)
        commands = recorder.commands
        try:
            for command in iterate(self._host, self._data, recorder):
                commands.append(command)
                if isinstance(command, FunctionCommand):
                    recorder.live = True
        except Exception:
            if not commands:
                raise
            # It may need the result of its own commands, which nobody can know before they run.
            recorder.trail = None
            recorder.live, recorder.certainty = True, Certainty.UNKNOWN
        return recorder.plan()

    def foresee(self) -> bool | None:
        """Look at its conditions."""
        conditions = self._data.global_arguments["_if"]
        return foresee(conditions_of(conditions)) if conditions else True

    def commit(self, plan: Plan) -> None:
        """Take the plan, count it and tell of it."""
        self._data.plan = plan
        self._data.operation_meta.set_plan(plan)
        counters = self._state.meta[self._host]
        if plan.will_change:
            counters.ops_change += 1
        else:
            counters.ops_no_change += 1
        tell_planned(self._state, self._host, self._data, plan)

    def fail(self, error: BaseException) -> None:
        """Fail the host: its operation cannot be planned."""
        fail_planning(self._state, self._host, self._data, error)
