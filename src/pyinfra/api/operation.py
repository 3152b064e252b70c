"""Operations: what is to be on hosts, and the commands that bring it about."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from pyinfra._core.context import ctx_host, ctx_state
from pyinfra._core.locations import call_site
from pyinfra._engine.model.operation_meta import OperationMeta
from pyinfra._engine.prepare.adding import add_op, add_ops
from pyinfra._engine.prepare.argument_text import value_text
from pyinfra._engine.prepare.operation import operation

from ._public import publish
from .arguments import EXECUTION_KWARG_KEYS, AllArguments, pop_global_arguments
from .arguments_typed import PyinfraOperation
from .command import PyinfraCommand, StringCommand
from .exceptions import NestedOperationError, OperationValueError, PyinfraError
from .host import Host
from .operations import run_host_op
from .state import State, StateOperationHostData, StateOperationMeta, StateStage
from .util import (
    get_call_location,
    get_file_sha1,
    get_operation_order_from_stack,
    log_operation_start,
    make_hash,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "EXECUTION_KWARG_KEYS",
    "AllArguments",
    "Host",
    "NestedOperationError",
    "OperationMeta",
    "OperationValueError",
    "PyinfraCommand",
    "PyinfraError",
    "PyinfraOperation",
    "State",
    "StateOperationHostData",
    "StateOperationMeta",
    "StateStage",
    "StringCommand",
    "add_op",
    "add_ops",
    "attach_args",
    "ctx_host",
    "ctx_state",
    "ensure_shared_op_meta",
    "execute_immediately",
    "generate_operation_name",
    "get_call_location",
    "get_file_sha1",
    "get_operation_name_from_func",
    "get_operation_order_from_stack",
    "log_operation_start",
    "logger",
    "make_hash",
    "operation",
    "pop_global_arguments",
    "run_host_op",
    "solve_operation_consistency",
]

logger = logging.getLogger("pyinfra")

publish(__name__, OperationMeta)


# The rest are steps of the engine that have public names. The engine does not call them.


def get_operation_name_from_func(func: Any) -> str:
    """Return the name of an operation that was given none: ``files.file``."""
    return f"{func.__module__.rpartition('.')[2]}.{func.__name__}"


def generate_operation_name(
    func: Any, host: Host, kwargs: Mapping[str, Any], global_arguments: Mapping[str, Any]
) -> tuple[set[str], bool]:
    """Return the names of an operation, and whether its arguments are to be shown with them."""
    name = global_arguments.get("name")
    shown = name or get_operation_name_from_func(func)
    if host.current_deploy_name:
        shown = f"{host.current_deploy_name} | {shown}"
    return {shown}, not name


def attach_args(op_meta: StateOperationMeta, args: Iterable[Any], kwargs: Mapping[str, Any]) -> StateOperationMeta:
    """Add arguments to those that are shown for an operation."""
    for text in (*map(value_text, args), *(f"{key}={value_text(value)}" for key, value in kwargs.items())):
        if text not in op_meta.args:
            op_meta.args.append(text)
    return op_meta


def ensure_shared_op_meta(
    state: State,
    op_hash: str,
    op_order: tuple[int, ...],
    global_arguments: AllArguments,
    names: set[str],
) -> StateOperationMeta:
    """Return what all hosts share of an operation, made when it is new.

    Raises:
        OperationValueError: an execution argument differs from what another host gave.
    """
    values: dict[str, Any] = dict(global_arguments)
    execution = {key: values[key] for key in EXECUTION_KWARG_KEYS if key in values}
    meta = state.op_meta.get(op_hash)
    if meta is None:
        meta = state.op_meta[op_hash] = StateOperationMeta(op_order)
        meta.global_arguments = execution
    for key, value in execution.items():
        if meta.global_arguments.get(key, value) != value:
            raise OperationValueError(f"{key} must be the same on all hosts", argument=key)
    meta.names |= names
    return meta


def execute_immediately(state: State, host: Host, op_hash: str) -> None:
    """Run an operation right away.

    Raises:
        NestedOperationError: it failed.
    """
    if not run_host_op(state, host, op_hash):
        raise NestedOperationError(f"the operation {op_hash} failed", host=host.name)


def solve_operation_consistency(names: set[str], state: State, host: Host) -> tuple[tuple[int, ...], str]:
    """Return sort key and hash of an operation that is called here."""
    order = (*get_operation_order_from_stack(state), *host.loop_position)
    sites = [f"{filename}:{line}" for filename, line in call_site()]
    return order, make_hash([sorted(names), sites, host.loop_position])
