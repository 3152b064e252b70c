"""Adding operations and deploys to a run, for all hosts at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from pyinfra._core.context import ctx_config, ctx_host, ctx_state
from pyinfra._core.errors import NoHostError, PyinfraError
from pyinfra._core.events import HostPrepared
from pyinfra._core.locations import Site, call_site
from pyinfra._engine import bridge
from pyinfra._engine.collector import seldom_collecting
from pyinfra._engine.failures import fail_host
from pyinfra._engine.model.host import Host
from pyinfra._engine.model.operation_meta import OperationMeta
from pyinfra._engine.prepare.bodies import PlannedOperation
from pyinfra._engine.prepare.calls import OperationCall, described
from pyinfra._engine.prepare.identity import Identity, call_identity
from pyinfra._engine.prepare.registration import register

if TYPE_CHECKING:
    from pyinfra._engine.model.state import State

T = TypeVar("T")


def add_op(state: State, op_func: Any, *args: Any, **kwargs: Any) -> dict[Host, OperationMeta]:
    """Plan an operation on all active hosts, at the same time.

    Args:
        state: the run.
        op_func: the operation, ``server.shell`` for example.
        args: its arguments.
        kwargs: its arguments and global arguments; ``host=`` limits it to a host or several.

    Returns:
        For each host the handle that tells what will change and, after ``run_ops``, what did.

    Raises:
        OperationTypeError: an argument is missing or unknown.
        ArgumentTypeError: a global argument is unknown or has the wrong type.
        PyinfraError: called from the command line's deploy code, or no host is left.

    Example:
        >>> result = add_op(state, files.directory, path="/srv/app", _sudo=True)
        >>> result[host].will_change
        True
    """
    return add_op_from(call_site(), state, op_func, args, kwargs)


def add_op_from(
    sites: Sequence[Site], state: State, op_func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[Host, OperationMeta]:
    """Plan an operation that was added at this place of the user's code."""
    _refuse_cli("add_op")
    hosts = _pick_hosts(state, kwargs.pop("host", None))
    call = OperationCall.make(described(op_func), args, kwargs)
    return bridge.run(_add_calls, state, hosts, [call], sites)[0]


def add_ops(state: State, calls: Iterable[tuple[Any, Mapping[str, Any]]], host: Any = None) -> list[
    dict[Host, OperationMeta]
]:  # fmt: skip
    """Plan several operations, whose reads then travel together: a batch costs about as much time as one.

    Args:
        state: the run.
        calls: pairs of an operation and its arguments by name, in the order in which they are to run.
        host: a host or several; all active ones by default.

    Returns:
        What ``add_op`` returns, for each call.

    Example:
        >>> add_ops(state, [(files.directory, {"path": "/srv/app"}), (files.file, {"path": "/srv/app/ready"})])
    """
    return add_ops_from(call_site(), state, calls, host)


def add_ops_from(
    sites: Sequence[Site], state: State, calls: Iterable[tuple[Any, Mapping[str, Any]]], host: Any
) -> list[dict[Host, OperationMeta]]:
    """Plan operations that were added at this place of the user's code."""
    _refuse_cli("add_ops")
    made = [OperationCall.make(described(op_func), (), kwargs) for op_func, kwargs in calls]
    return bridge.run(_add_calls, state, _pick_hosts(state, host), made, sites)


def _add_calls(
    state: State, hosts: Sequence[Host], calls: Sequence[OperationCall], frames: Sequence[Site]
) -> list[dict[Host, OperationMeta]]:
    identities = [call_identity(state, call.operation.function, frames) for call in calls]

    def add_to(host: Host) -> list[OperationMeta]:
        return _add_to_host(state, host, calls, identities)

    metas, errors = _on_hosts(state, hosts, add_to)
    _check(state, hosts, errors)
    return [{host: ours[n] for host, ours in metas.items()} for n in range(len(calls))]


def _add_to_host(
    state: State, host: Host, calls: Sequence[OperationCall], identities: Sequence[Identity]
) -> list[OperationMeta]:
    metas: list[OperationMeta] = []
    for call, identity in zip(calls, identities, strict=True):
        data = register(state, host, call, identity)
        if data is None:
            metas.append(OperationMeta(identity.op_hash, is_change=False))
            continue
        metas.append(data.operation_meta)
        if not state.check_for_changes:
            continue
        planned = PlannedOperation(state, host, data)
        if len(calls) == 1:
            host.planning.plan_now(planned)
        else:
            host.planning.plan_later(planned)
    host.planning.wait_for_all()
    return metas


def add_deploy(state: State, deploy_func: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Run a deploy function for all active hosts, at the same time; its operations are planned together.

    Args:
        state: the run.
        deploy_func: a function decorated with ``@deploy()``, or any function that calls operations.
        args: its arguments.
        kwargs: its arguments and global arguments; ``host=`` limits it to a host or several.

    An exception on one host fails that host only; when all fail, the first exception is raised.
    """
    _refuse_cli("add_deploy")
    hosts = _pick_hosts(state, kwargs.pop("host", None))

    def add() -> None:
        _check(state, hosts, _run_code(state, hosts, lambda: deploy_func(*args, **kwargs)))

    bridge.run(add)


def run_deploy_code(state: State, code: Callable[[], object]) -> None:
    """Run deploy code of the command line for all active hosts, at the same time, each with a configuration of its own.

    Args:
        state: the run.
        code: runs in the context of a host. What it raises fails that host, see ``state.failures``.

    Raises:
        RunStoppedError: no host, or fewer than ``FAIL_PERCENT`` allows, are left.
    """

    def with_own_config() -> None:
        with ctx_config.use(state.config.copy()):
            code()

    def add() -> None:
        if _run_code(state, list(state.active_hosts), with_own_config):
            state.check_failed_hosts()

    bridge.run(add)


def _run_code(state: State, hosts: Sequence[Host], code: Callable[[], object]) -> list[BaseException]:
    state.calls_made += 1

    def run_for(host: Host) -> None:
        try:
            code()
        finally:
            host.planning.wait_for_all()
            host.call_path.forget()
        state.events.emit(HostPrepared(host.name, state.meta[host].ops))

    return _on_hosts(state, hosts, run_for)[1]


def _on_hosts(
    state: State, hosts: Sequence[Host], call: Callable[[Host], T]
) -> tuple[dict[Host, T], list[BaseException]]:
    """Run something for each host, side by side; hosts on which it raises fail. Return values and errors."""

    def in_context(host: Host) -> T:
        ctx_state.set_local(state)
        ctx_host.set(host)
        return call(host)

    with seldom_collecting:
        outcomes = bridge.gather([partial(in_context, host) for host in hosts], limit=state.config.PARALLEL)
    values: dict[Host, T] = {}
    errors: list[BaseException] = []
    for host, outcome in zip(hosts, outcomes, strict=True):
        if outcome.error is not None:
            host.planning_errors.append(outcome.error)
            fail_host(state, host, outcome.error)
        else:
            values[host] = outcome.get()
        errors.extend(host.planning_errors[:1])
        host.planning_errors.clear()
    return values, errors


def _check(state: State, hosts: Sequence[Host], errors: Sequence[BaseException]) -> None:
    """Raise when it went wrong on all hosts, or on too many."""
    if errors and len(errors) == len(hosts):
        raise errors[0]
    if errors:
        state.check_failed_hosts()


def _refuse_cli(name: str) -> None:
    if getattr(sys.modules.get("pyinfra"), "is_cli", False):
        raise PyinfraError(
            f"{name} is for programs that use the API", hint="in a deploy file call the operation itself"
        )


def _pick_hosts(state: State, wanted: Any) -> list[Host]:
    if wanted is None:
        if not state.active_hosts:
            state.check_failed_hosts()
            raise PyinfraError("no host takes part in this run yet", hint="call connect_all(state) first")
        return list(state.active_hosts)
    found = [wanted] if isinstance(wanted, (Host, str)) else list(wanted)
    hosts = [state.inventory.get_host(host) if isinstance(host, str) else host for host in found]
    for host in hosts:
        if host not in state.ops:
            raise NoHostError(f"the host {host} does not belong to this run", host=str(host))
    return [host for host in hosts if host not in state.failed_hosts]
