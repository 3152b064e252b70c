"""Operations: the decorator, and what a call of a decorated function does for one host."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from functools import wraps
from types import FrameType
from typing import TYPE_CHECKING, Any, ParamSpec, cast

from pyinfra._core.arguments import check_types, split_arguments
from pyinfra._core.commands import FunctionCommand, PyinfraCommand, StringCommand
from pyinfra._core.context import ctx_host, ctx_state
from pyinfra._core.errors import OperationTypeError, PyinfraError
from pyinfra._core.locations import call_frames, describe_site, place
from pyinfra._core.suggestions import did_you_mean

from . import bridge
from .argument_resolution import Resolved, resolve_arguments
from .failures import fail_planning, tell_planned
from .identity import Identity, site_identity
from .operation_meta import OperationMeta
from .options import fact_options
from .planning import Planned
from .plans import Certainty, Plan
from .recorder import Recorder, current_recorder
from .scope import OperationScope, current_callback, current_operation, deploy_of
from .state import StateOperationHostData, StateOperationMeta

if TYPE_CHECKING:
    from .host import Host
    from .state import State
    from .typed_operation import PyinfraOperation

logger = logging.getLogger("pyinfra")

P = ParamSpec("P")
Body = Callable[..., Generator[Any, Any, Any]]


class Operation:
    """What is known of a decorated function; the decorated function carries it as ``_operation``."""

    __slots__ = ("function", "is_deprecated", "notice", "parameters", "set_in_op", "short_name", "signature")

    def __init__(self, function: Body, set_in_op: bool, notice: str | None) -> None:
        self.function = function
        self.set_in_op = set_in_op
        self.notice = notice  # said to whoever calls a deprecated operation
        self.signature = inspect.signature(function)
        self.parameters = self.signature.parameters
        self.short_name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"


def operation(
    is_idempotent: bool = True,
    idempotent_notice: str | None = None,
    is_deprecated: bool = False,
    deprecated_for: str | None = None,
    _set_in_op: bool = True,
) -> Callable[[Callable[P, Generator[Any, Any, Any]]], PyinfraOperation[P]]:
    """Turn a generator function that yields commands into an operation.

    Calling the operation in a deploy, or in a Python callback, schedules it for the host of the context. Its
    attribute ``_inner`` is the plain generator function, for use inside of other operations
    (``yield from other._inner(...)``) and in tests.

    Args:
        is_idempotent: False for what runs every time.
        idempotent_notice: when it does not converge, for the reference.
        is_deprecated: warn whoever calls it.
        deprecated_for: what to use instead.
        _set_in_op: False where the commands call other operations.

    Example:
        @operation()
        def motd(text: str):
            if host.get_fact(FileContents, path="/etc/motd") != text.splitlines():
                yield StringCommand("printf", "%s", QuoteString(text), ">", "/etc/motd")
    """

    def decorate(function: Callable[P, Generator[Any, Any, Any]]) -> PyinfraOperation[P]:
        notice = _deprecation(function, deprecated_for) if is_deprecated else None
        described = Operation(function, _set_in_op, notice)

        @wraps(function)
        def decorated(*args: Any, **kwargs: Any) -> OperationMeta:
            call = OperationCall.make(described, args, kwargs)
            return bridge.run(call_for_host, ctx_state.get(), ctx_host.get(), call, call_frames())

        decorated._inner = function  # type: ignore[attr-defined]
        decorated._operation = described  # type: ignore[attr-defined]
        decorated.is_idempotent = is_idempotent  # type: ignore[attr-defined]
        decorated.idempotent_notice = idempotent_notice  # type: ignore[attr-defined]
        decorated.is_deprecated = is_deprecated  # type: ignore[attr-defined]
        decorated.deprecated_for = deprecated_for  # type: ignore[attr-defined]
        return cast("PyinfraOperation[P]", decorated)

    return decorate


def _deprecation(function: Body, instead: str | None) -> str:
    hint = f", use {instead} instead" if instead else ""
    return f"the operation {function.__module__.rpartition('.')[2]}.{function.__name__} is deprecated{hint}"


def described(function: Any) -> Operation:
    """Return what is known of a decorated function.

    Raises:
        OperationTypeError: when it is not decorated.
    """
    found = getattr(function, "_operation", None)
    if not isinstance(found, Operation):
        raise OperationTypeError(f"not an operation: {function!r}", hint="decorate the function with @operation()")
    return found


class OperationCall:
    """One call of an operation, its arguments taken apart once for all hosts."""

    __slots__ = ("args", "global_arguments", "kwargs", "name", "operation", "shown")

    def __init__(
        self, operation: Operation, args: tuple[Any, ...], kwargs: Mapping[str, Any], given: dict[str, Any]
    ) -> None:
        self.operation = operation
        self.args = args
        self.kwargs = kwargs
        self.global_arguments = given
        self.name: str | None = given.get("name")
        self.shown: list[str] | None = None  # arguments as text, when the name is generated

    @classmethod
    def make(cls, operation: Operation, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> OperationCall:
        """Split and check the arguments.

        Raises:
            OperationTypeError: an argument of the operation is missing or unknown.
            ArgumentTypeError: a global argument is unknown or has the wrong type.
        """
        given, own = split_arguments(kwargs, operation.parameters)
        if given:
            check_types(given)
        _check_signature(operation, args, own)
        return cls(operation, args, own, given)

    def arguments_text(self) -> list[str]:
        """The arguments as they are shown to people; secrets masked, computed once."""
        if self.shown is None:
            from .argument_text import argument_texts

            self.shown = argument_texts(self.operation.signature, self.args, self.kwargs)
        return self.shown


def _check_signature(operation: Operation, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    try:
        operation.signature.bind(*args, **kwargs)
    except TypeError as error:
        message = f"{operation.short_name}: {error}"
        argument = None
        for name in kwargs:
            if name not in operation.parameters:
                argument = name
                message += did_you_mean(name, operation.parameters)
                break
        raise OperationTypeError(message, operation=operation.short_name, argument=argument, place=place()) from None


# -- one host ------------------------------------------------------------------------------


def call_for_host(state: State, host: Host, call: OperationCall, frames: Sequence[FrameType]) -> OperationMeta:
    """An operation was called in deploy code or in a callback. In a greenlet of the engine."""
    scope = current_operation.get()
    if scope is not None and scope.host is host and scope.in_op:
        site = (frames[-1].f_code.co_filename, frames[-1].f_lineno) if frames else None
        raise PyinfraError(
            f"{call.operation.short_name} was called inside of another operation: there, `yield from ..._inner(...)`",
            place=describe_site(site) if site else None,
        )
    callback = current_callback.get()
    if callback is not None and callback.host is host:
        from .execution import execute_nested

        outer = state.op_meta[callback.op_hash].op_order
        identity = site_identity(state, host, call.operation.function, frames, outer)
        return execute_nested(state, host, call, identity, callback.op_hash)
    identity = site_identity(state, host, call.operation.function, frames, ())
    data = register(state, host, call, identity)
    if data is None:
        return OperationMeta(identity.op_hash, is_change=False)
    if call.operation.notice:
        logger.warning("%s%s", host.print_prefix, call.operation.notice)
    if state.check_for_changes:
        planned = PlannedOperation(state, host, data)
        data.operation_meta.settle_with(lambda: _settled(host, planned, data))
        host.planning.plan_later(planned)
    return data.operation_meta


def _settled(host: Host, planned: Planned, data: StateOperationHostData) -> bool | None:
    if not planned.is_done:
        bridge.run(host.planning.wait_for, planned)
    return data.plan.will_change if data.plan is not None else None


def register(
    state: State, host: Host, call: OperationCall, identity: Identity, parent: str | None = None
) -> StateOperationHostData | None:
    """Make the shared and the host's own record of an operation; None when it runs on another host only."""
    resolved = resolve_arguments(host, call.global_arguments)
    name = operation_name(host, call)
    _share(state, host, call, identity, name, resolved)
    if resolved.values["_run_once"] and not _is_first_host(state, host, identity.op_hash):
        return None
    meta = OperationMeta(identity.op_hash, is_change=None)
    meta.name = name
    deploy = deploy_of(host)
    data = StateOperationHostData(lambda: _commands_anew(state, host, data), resolved.values, meta, parent)
    data.options = resolved.options
    data.call = call
    data.deploy_data = deploy.data if deploy is not None else None
    state.ops[host][identity.op_hash] = data
    host.op_hash_order.append(identity.op_hash)
    state.meta[host].ops += 1
    return data


def operation_name(host: Host, call: OperationCall) -> str:
    """The name given, or the function's; after the names of the deploys around it."""
    name = call.name or call.operation.short_name
    deploy = deploy_of(host)
    return f"{deploy.name} | {name}" if deploy is not None and deploy.name else name


def _share(state: State, host: Host, call: OperationCall, identity: Identity, name: str, resolved: Resolved) -> None:
    meta = state.op_meta.get(identity.op_hash)
    if meta is None:
        meta = state.op_meta[identity.op_hash] = StateOperationMeta(identity.order)
        meta.place = identity.place
        meta.global_arguments = {key: resolved.values[key] for key in ("_parallel", "_run_once", "_serial")}
    else:
        for key, value in meta.global_arguments.items():
            if resolved.values[key] != value:
                raise OperationTypeError(
                    f"{key} must be the same on all hosts: {value!r} and, on {host.name}, {resolved.values[key]!r}",
                    host=host.name, operation=name, argument=key, place=identity.place,
                )  # fmt: skip
    meta.names.add(name)
    if call.name is None:
        for text in call.arguments_text():
            if text not in meta.args:
                meta.args.append(text)


def _is_first_host(state: State, host: Host, op_hash: str) -> bool:
    """Whether this host, of those that call the operation, comes first in the inventory; a later one steps back."""
    chosen = state.run_once_hosts.get(op_hash)
    if chosen is None or chosen is host:
        state.run_once_hosts[op_hash] = host
        return True
    for candidate in state.inventory:
        if candidate is chosen:
            return False
        if candidate is host:
            break
    state.run_once_hosts[op_hash] = host
    data = state.ops[chosen].pop(op_hash)
    chosen.op_hash_order.remove(op_hash)
    state.meta[chosen].ops -= 1
    data.operation_meta.settle_with(lambda: False)
    return True


def iterate(host: Host, data: StateOperationHostData, recorder: Recorder) -> Iterator[PyinfraCommand]:
    """Run the body in its scope; yield each command as it comes. The context must be that of the host."""
    call = cast("OperationCall", data.call)
    scope = OperationScope(
        host, data.operation_meta.hash, data.global_arguments, fact_options(data.options), recorder,
        call.operation.set_in_op, data.deploy_data,
    )  # fmt: skip
    scope_token, recorder_token = current_operation.set(scope), current_recorder.set(recorder)
    try:
        for command in call.operation.function(*call.args, **call.kwargs):
            yield as_command(command)
    finally:
        current_recorder.reset(recorder_token)
        current_operation.reset(scope_token)


def _commands_anew(state: State, host: Host, data: StateOperationHostData) -> Iterator[PyinfraCommand]:
    with ctx_state.use(state), ctx_host.use(host):
        yield from iterate(host, data, Recorder())


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
        recorder = Recorder(started_at)
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
            recorder.live, recorder.certainty = True, Certainty.UNKNOWN
        return recorder.plan()

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
