"""``server.reboot``: starting a host again, and waiting until it is back."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any

from pyinfra import host
from pyinfra._engine import bridge
from pyinfra.api import (
    FunctionCommand,
    OperationError,
    OperationTypeError,
    OperationValueError,
    PyinfraError,
    StringCommand,
    operation,
)
from pyinfra.api.planning import change
from pyinfra.facts._server.clock import Boot
from pyinfra.operations._public import public_in

# The command has ended, and told so, before the host goes down. Who may restart the host is found out before: what
# fails in the background tells nobody. BusyBox may have no nohup.
_RESTART = """PATH=$PATH:/sbin:/usr/sbin:/usr/local/sbin
command -v reboot >/dev/null 2>&1 || { echo 'the host has no program "reboot"' >&2; exit 127; }
if [ "$(id -u)" != 0 ]; then
case $(busctl call org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager CanReboot 2>&1) in
*'"yes"'*) ;; *) echo 'only root may restart the host' >&2; exit 1 ;;
esac
fi
( trap '' HUP; sleep 1; exec reboot ) </dev/null >/dev/null 2>&1 &"""
_REFUSED = "echo 'this would restart the machine that pyinfra runs on' >&2; exit 1"
_THIS_MACHINE = ("LocalConnector", "ChrootConnector")


@operation(is_idempotent=False)
@public_in("server")
def reboot(
    delay: int = 10, interval: int = 1, reboot_timeout: int = 300
) -> Generator[StringCommand | FunctionCommand, None, None]:
    """Restart the host, every time, and wait until it is back.

    The machine that pyinfra runs on is not restarted: there the operation fails.

    Args:
        delay: seconds to wait before it is looked for.
        interval: seconds between two attempts to connect to it.
        reboot_timeout: seconds after which the operation fails if it is not back.

    Raises:
        OperationValueError: an argument is no number of seconds.

    Example:
        server.reboot(delay=5, reboot_timeout=120)
    """
    times = {"delay": delay, "interval": interval, "reboot_timeout": reboot_timeout}
    for name, seconds in times.items():
        _check_seconds(name, seconds)
    if getattr(getattr(host, "connector_cls", None), "__name__", None) in _THIS_MACHINE:
        yield StringCommand(_REFUSED)
        return
    before = host.get_fact(Boot)
    yield StringCommand(_RESTART)
    yield FunctionCommand(wait_until_back, (before, delay, interval, reboot_timeout), {})
    change("host", "restarted", False, True)


def wait_until_back(before: str | None, delay: float, interval: float, limit: float) -> None:
    """Connect anew until the host has been started again.

    Args:
        before: what told its starts apart.
        delay: seconds before the first attempt.
        interval: seconds between attempts.
        limit: seconds for all of it.

    Raises:
        OperationError: it did not come back in time.
    """
    end = time.monotonic() + limit
    time.sleep(min(delay, limit))
    while True:
        reason = _look(before)
        if reason is None:
            return
        if time.monotonic() >= end:
            raise OperationError(f"the host is not back after {limit} seconds: {reason}")
        time.sleep(interval)


def _look(before: str | None) -> str | None:
    """Why the host does not count as restarted; None when it does."""
    try:
        bridge.wait_call(host.session.close)
        bridge.wait_call(host.session.open)
        now = host.get_fact(Boot)
    except PyinfraError as error:
        return str(error)
    return "it has not been restarted yet" if now == before else None


def _check_seconds(name: str, seconds: Any) -> None:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise OperationTypeError(f"{name} must be a number of seconds, not {seconds!r}", argument=name)
    if not 0 <= seconds < float("inf"):
        raise OperationValueError(f"{name} must be a number of seconds, not {seconds!r}", argument=name)
