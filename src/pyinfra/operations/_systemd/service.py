"""``systemd.service`` and ``systemd.daemon_reload``: units, and the manager that knows them."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

from pyinfra import host
from pyinfra._core.records import changed
from pyinfra._lib.services import SERVICES, Question, Wanted, ensure
from pyinfra._lib.services.systemd import Systemd
from pyinfra._lib.services.unit_names import checked_unit
from pyinfra.api import OperationTypeError, OperationValueError, StringCommand, operation
from pyinfra.api.planning import affects, change, prefetch
from pyinfra.facts._systemd.units import UnitFileStates
from pyinfra.facts.systemd import SystemdEnabled, SystemdStatus
from pyinfra.facts.sysvinit import InitdRunlevels
from pyinfra.operations._public import public_in
from pyinfra.operations._server.names import checked_name

# ".host" is the host itself; the user of a container has an argument of his own.
_MACHINE = re.compile(r"(?:\.host|[A-Za-z0-9_][A-Za-z0-9_.-]{0,63})\Z", re.ASCII)

Commands = Generator[StringCommand, None, None]


@operation(is_idempotent=False)
@public_in("systemd")
def daemon_reload(user_mode: bool = False, machine: str | None = None, user_name: str | None = None) -> Commands:
    """Have systemd read the files of its units again, every time.

    Args:
        user_mode: the manager of a user instead of that of the system.
        machine: name of the container that the manager is in.
        user_name: whose manager; that of the user who connects by default.

    Example:
        systemd.daemon_reload()
    """
    yield from _reload(_manager(user_mode, machine, user_name))


@operation()
@public_in("systemd")
def service(
    service: str,
    running: bool | None = True,
    restarted: bool = False,
    reloaded: bool = False,
    command: str | None = None,
    enabled: bool | None = None,
    daemon_reload: bool = False,
    user_mode: bool = False,
    machine: str | None = None,
    user_name: str | None = None,
) -> Commands:
    """Ensure that a unit runs, and that it is started with the system, or that it does not and is not.

    A unit that cannot be enabled, because it has no ``[Install]`` section, is left as it is by ``enabled=False``.

    Args:
        service: name of the unit: ``nginx`` for ``nginx.service``; ``backup.timer``, ``app.socket`` ...
        running: whether it shall run; None to leave that as it is.
        restarted: restart it if it runs.
        reloaded: have it read its configuration again if it runs.
        command: something else that ``systemctl`` shall do with it, every time: ``reset-failed``.
        enabled: whether it shall be started with the system; None to leave that as it is.
        daemon_reload: have systemd read the files of its units again first, every time.
        user_mode: a unit of a user instead of the system's.
        machine: name of the container that the manager is in.
        user_name: whose manager; that of the user who connects by default.

    Raises:
        OperationValueError: no unit can have that name.

    Example:
        systemd.service(service="nginx", running=True, enabled=True)
    """
    unit = checked_unit(service)
    wanted = Wanted.checked(running, restarted, reloaded, command, enabled)
    manager = _manager(user_mode, machine, user_name)
    asked = {"user_mode": user_mode, "machine": machine, "user_name": user_name, "services": unit}
    prefetch_unit(enabled, **asked)
    status = Question(SystemdStatus, asked, one=True)
    enablement: Question | bool = Question(SystemdEnabled, asked, one=True)
    if enabled is not None:
        state = host.get_fact(UnitFileStates, **asked).get(unit)
        if state == "static" and not enabled:  # counts as enabled, and cannot be disabled
            wanted = changed(wanted, enabled=None)
        elif state == "generated":  # an init script: systemd does not know whether it is enabled
            enablement = bool(host.get_fact(InitdRunlevels).of(unit.removesuffix(".service")))
    steps = list(ensure(manager, unit, wanted, status, enablement, unit.removesuffix(".service")))
    if daemon_reload:
        yield from _reload(manager)
    yield from steps


def prefetch_unit(enabled: bool | None, **asked: Any) -> None:
    """Start asking for all that is needed of a unit, which is one process."""
    for fact in (SystemdStatus,) if enabled is None else (SystemdStatus, SystemdEnabled, UnitFileStates):
        prefetch(fact, **asked)


def _reload(manager: Systemd) -> Commands:
    yield manager.systemctl("daemon-reload")
    change("systemd", "reloaded", False, True)
    affects(SERVICES)


def _manager(user_mode: Any, machine: Any, user_name: Any) -> Systemd:
    if machine is not None and not isinstance(machine, str):
        raise OperationTypeError(f"machine must be a name, not {machine!r}", argument="machine")
    if machine is not None and not _MACHINE.match(machine):
        raise OperationValueError(f"machine {machine!r} is no name of a container", argument="machine")
    if user_name is not None and "@" in checked_name(user_name, "user_name"):
        raise OperationValueError(f"user_name {user_name!r} is no name of a user: see machine", argument="user_name")
    return Systemd(bool(user_mode), machine, user_name)
