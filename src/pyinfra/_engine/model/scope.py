"""Where code is running: in which deploy, operation or callback, and for which host.

Scopes are immutable values in context variables, so concurrent hosts cannot see each other's, and leaving a
``with`` block, also by an exception, always restores the one before. The attributes of ``Host`` that tell
where it is (``in_op``, ``current_deploy_name``, ...) are read from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyinfra._core.context import ContextObject, watch
from pyinfra._core.records import Record
from pyinfra._transport.base import ExecOptions

if TYPE_CHECKING:
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.prepare.recorder import Recorder


class DeployFrame(Record):
    """One ``with host.deploy(...)``: a name part, global arguments and data for what is called inside."""

    host: Host
    name: str | None
    kwargs: Mapping[str, Any] | None
    data: Mapping[str, Any] | None
    in_deploy: bool


@dataclass(slots=True)
class OperationScope:
    """The operation whose body, or whose callback, is running."""

    host: Host
    op_hash: str
    arguments: Mapping[str, Any]
    options: ExecOptions  # of its fact reads
    recorder: Recorder | None
    in_op: bool  # False where other operations may be called (python.call)
    deploy_data: Mapping[str, Any] | None


class CallbackScope(Record):
    """A Python callback of an operation that is being executed: operations called here run at once."""

    host: Host
    op_hash: str


current_operation: ContextVar[OperationScope | None] = ContextVar("pyinfra_operation", default=None)
current_callback: ContextVar[CallbackScope | None] = ContextVar("pyinfra_callback", default=None)
deploy_frames: ContextVar[tuple[DeployFrame, ...]] = ContextVar("pyinfra_deploys", default=())


def operation_of(host: Host) -> OperationScope | None:
    """Return the operation that runs for this host in the present context."""
    scope = current_operation.get()
    return scope if scope is not None and scope.host is host else None


def _looked_at(proxy: ContextObject, attribute: str, value: Any) -> None:
    """A body that looks at its host by anything but facts may decide otherwise on another one."""
    scope = current_operation.get()
    if scope is not None and scope.recorder is not None and scope.recorder.trail is not None:
        scope.recorder.trail.looks(proxy, attribute, value)


watch(_looked_at)


def deploy_of(host: Host) -> DeployFrame | None:
    """Return the innermost deploy of this host in the present context."""
    for frame in reversed(deploy_frames.get()):
        if frame.host is host:
            return frame
    return None
