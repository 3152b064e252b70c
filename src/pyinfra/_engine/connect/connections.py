"""Connecting to hosts and leaving them."""

from __future__ import annotations

import logging
import time
from functools import partial
from typing import TYPE_CHECKING

from pyinfra._core.context import ctx_host, ctx_state
from pyinfra._core.errors import ConnectError, PyinfraError
from pyinfra._core.events import Failure, HostConnected, HostConnectFailed, HostConnecting, HostDisconnected, Phase
from pyinfra._engine import bridge
from pyinfra._engine.connect.sessions import interruptible
from pyinfra._engine.facts.lessons import save_lessons
from pyinfra._engine.failures import log_failure
from pyinfra._engine.prepare.arguments import resolve_arguments
from pyinfra._transport.base import Command, ExecOptions

if TYPE_CHECKING:
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.state import State

logger = logging.getLogger("pyinfra")


def connect_all(state: State) -> None:
    """Connect to all hosts of the run at once.

    Hosts that cannot be connected to fail; the others go on.

    Args:
        state: the run.

    Raises:
        PyinfraError: when no host, or fewer than ``FAIL_PERCENT`` allows, could be connected to.
    """
    bridge.run(interruptible, state, _connect_all, state)


def _connect_all(state: State) -> None:
    hosts = [host for host in state.inventory if state.is_host_in_limit(host) and host not in state.failed_hosts]
    outcomes = bridge.gather([partial(connect_host, host) for host in hosts], limit=state.config.PARALLEL)
    for host, outcome in zip(hosts, outcomes, strict=True):
        if outcome.get():
            state.activate_host(host)
    state.check_failed_hosts(len(hosts))


def connect_host(
    host: Host, reason: str | None = None, show_errors: bool = True, raise_exceptions: bool = False
) -> bool:
    """Connect to one host, unless that is done. In a greenlet of the engine."""
    if host.connected:
        return True
    state = host.state
    state.events.emit(HostConnecting(host.name))
    state.trigger_callbacks("host_before_connect", host)
    began = time.monotonic()
    try:
        with ctx_state.use(state), ctx_host.use(host):
            bridge.wait_call(host.session.open)
    except PyinfraError as error:
        _cannot_connect(state, host, error, show_errors)
        if raise_exceptions:
            raise
        return False
    host.connected = True
    _open_usual_privilege(host)
    if reason:
        logger.debug("%sconnected %s", host.print_prefix, reason)
    state.events.emit(HostConnected(host.name, time.monotonic() - began))
    state.trigger_callbacks("host_connect", host)
    return True


def _open_usual_privilege(host: Host) -> None:
    """Become the user that the host's operations run as by default, as a part of logging in.

    It is not an error when that fails: perhaps nothing will be run that way, and whatever is will say what is wrong.
    """
    options = resolve_arguments(host, {}).options
    if options.privilege:
        host.submit([Command(":", ExecOptions(privilege=options.privilege))])


def _cannot_connect(state: State, host: Host, error: PyinfraError, show: bool) -> None:
    error.locate(host=host.name)
    if not isinstance(error, ConnectError):
        show = True
    failure = Failure(host.name, str(error), hint=error.details.hint, phase=Phase.CONNECT)
    if show:
        log_failure(host, failure)
    state.events.emit(HostConnectFailed(host.name, str(error), error.details.hint))
    state.trigger_callbacks("host_connect_error", host, error)
    state.last_error = error
    state.mark_failed(host, failure)


def disconnect_all(state: State) -> None:
    """Close all connections of the run.

    Args:
        state: the run.
    """
    bridge.run(_disconnect_all, state)


def _disconnect_all(state: State) -> None:
    save_lessons(state)
    hosts = [host for host in state.inventory if host.connected]
    for outcome in bridge.gather([partial(disconnect_host, host) for host in hosts]):
        outcome.get()


def disconnect_host(host: Host) -> None:
    """Close the connection of one host. In a greenlet of the engine."""
    if not host.connected:
        return
    _run_before_disconnect(host)
    host.connected = False
    try:
        bridge.wait_call(host.session.close)
    finally:
        host.state.events.emit(HostDisconnected(host.name))
        host.state.trigger_callbacks("host_disconnect", host)


def _run_before_disconnect(host: Host) -> None:
    while host.before_disconnect:
        try:
            bridge.wait(bridge.in_thread(host.before_disconnect.pop()))
        except Exception as error:  # noqa: BLE001 - code of connectors; the connection is to be closed whatever happens
            logger.warning("%swhile disconnecting: %s", host.print_prefix, error)
