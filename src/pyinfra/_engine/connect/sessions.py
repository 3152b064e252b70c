"""From connectors to sessions: ours bring their own, those of others are run in threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from pyinfra._engine import bridge
from pyinfra._transport.base import Session

if TYPE_CHECKING:
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.state import State

T = TypeVar("T")


def is_native(connector: Any) -> bool:
    """Whether a connector makes sessions, that is: works on the engine's loop by itself."""
    return hasattr(type(connector), "make_session")


def blocking_session(connector: Any) -> Session:
    """Return a session that runs the methods of a connector in threads."""
    from pyinfra._transport.blocking import BlockingSession  # only needed for connectors of others

    return BlockingSession(connector, bridge.in_thread)


def call_connector(connector: Any, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a method of a connector; one that blocks runs in a thread. In a greenlet of the engine."""
    function = getattr(connector, method)
    if is_native(connector):
        return function(*args, **kwargs)
    return bridge.wait(bridge.in_thread(lambda: function(*args, **kwargs)))


def interruptible(state: State, call: Callable[..., T], *args: Any) -> T:
    """Run something for a run; when it is cancelled, end on the hosts what it began there."""
    try:
        return call(*args)
    except asyncio.CancelledError:
        interrupt(state.activated_hosts)
        raise


def interrupt(hosts: Iterable[Host]) -> None:
    """End the processes of everything in flight on these hosts, and remove temporary files."""
    sessions = [host.session for host in hosts if host.connected]
    bridge.gather([partial(bridge.wait_call, session.interrupt) for session in sessions])
