"""The records of an operation: what all hosts share of it, and each host's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from pyinfra._core.commands import PyinfraCommand
from pyinfra._core.context import ctx_host, ctx_state
from pyinfra._core.errors import OperationTypeError
from pyinfra._engine.model.operation_meta import OperationMeta
from pyinfra._engine.model.scope import deploy_of
from pyinfra._engine.model.state import StateOperationHostData, StateOperationMeta
from pyinfra._engine.prepare.arguments import Resolved, resolve_arguments
from pyinfra._engine.prepare.bodies import iterate
from pyinfra._engine.prepare.calls import OperationCall
from pyinfra._engine.prepare.decisions import share_decisions
from pyinfra._engine.prepare.identity import Identity
from pyinfra._engine.prepare.recorder import Recorder

if TYPE_CHECKING:
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.state import State


def register(
    state: State, host: Host, call: OperationCall, identity: Identity, parent: str | None = None
) -> StateOperationHostData | None:
    """Make the shared and the host's own record of an operation; None when it runs on another host only."""
    resolved = resolve_arguments(host, call.global_arguments)
    if not call.shares:
        share_decisions(state, call, identity)
    name = operation_name(host, call)
    _share(state, host, call, identity, name, resolved)
    if resolved.values["_run_once"] and not _is_first_host(state, host, identity.op_hash):
        return None
    meta = OperationMeta(identity.op_hash, is_change=None)
    meta.name = name
    deploy = deploy_of(host)
    data = HostOperation(state, host, resolved.values, meta, parent)
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


class HostOperation(StateOperationHostData):
    """One operation on one host, made by a call."""

    __slots__ = ("_host", "_state")

    def __init__(self, state: State, host: Host, arguments: Any, meta: OperationMeta, parent: str | None) -> None:
        super().__init__(self._commands_anew, arguments, meta, parent)
        self._generator = None  # bound anew when it is asked for: it would be a cycle for each operation and host
        self._state = state
        self._host = host

    @property
    def command_generator(self) -> Callable[[], Iterator[PyinfraCommand]]:
        """Makes a fresh iterator over the commands: the body runs again."""
        return self._commands_anew

    def _commands_anew(self) -> Iterator[PyinfraCommand]:
        with ctx_state.use(self._state), ctx_host.use(self._host):
            yield from iterate(self._host, self, Recorder())
