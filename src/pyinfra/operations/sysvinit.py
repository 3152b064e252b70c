"""Operations on services with init scripts.

Example:
    from pyinfra.operations import sysvinit

    sysvinit.service(service="rsyslog", running=True, enabled=True, _sudo=True)
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from pyinfra import host
from pyinfra._lib.services import SERVICES, Question, Wanted, checked_service, ensure
from pyinfra._lib.services.sysvinit import SysvInit
from pyinfra.api import OperationTypeError, OperationValueError, QuoteString, StringCommand, operation
from pyinfra.api.planning import affects, change, prefetch, promise
from pyinfra.facts.sysvinit import InitdRunlevels, InitdStatus, Runlevels

__all__ = ["enable", "service"]

Commands = Generator[StringCommand, None, None]


@operation()
def service(
    service: str,
    running: bool | None = True,
    restarted: bool = False,
    reloaded: bool = False,
    enabled: bool | None = None,
    command: str | None = None,
) -> Commands:
    """Ensure that a service with an init script runs, and that it is started with the system, or not.

    Args:
        service: name of its script.
        running: whether it shall run; None to leave that as it is.
        restarted: restart it if it runs.
        reloaded: have it read its configuration again if it runs.
        enabled: whether it shall be started with the system; None to leave that as it is.
        command: something else that its script shall do, every time.

    Raises:
        OperationError: the host has no program that enables services.

    Example:
        sysvinit.service(service="rsyslog", running=True, enabled=True)
    """
    checked_service(service)
    wanted = Wanted.checked(running, restarted, reloaded, command, enabled)
    status = Question(InitdStatus, {"services": service})
    status.prefetch()
    levels = Runlevels() if enabled is None else host.get_fact(InitdRunlevels)
    links = levels.of(service)
    system = SysvInit(levels.programs, links, levels.of(service, "K"))
    yield from ensure(system, service, wanted, status, bool(links))
    if enabled is False and links:
        kept = tuple(link for link in levels.links if link not in links)
        promise(InitdRunlevels, Runlevels(kept, levels.programs))


@operation()
def enable(
    service: str,
    start_priority: int = 20,
    stop_priority: int = 80,
    start_levels: Sequence[int | str] = (2, 3, 4, 5),
    stop_levels: Sequence[int | str] = (0, 1, 6),
) -> Commands:
    """Ensure that a service is started and stopped in these runlevels, by links of these priorities.

    Args:
        service: name of its script.
        start_priority: 0 to 99; scripts are started in this order.
        stop_priority: 0 to 99; scripts are stopped in this order.
        start_levels: runlevels to start it in.
        stop_levels: runlevels to stop it in.

    Example:
        sysvinit.enable(service="app", start_priority=30, start_levels=(3, 5))
    """
    checked_service(service)
    prefetch(InitdRunlevels)
    starts = _links(service, "S", start_priority, start_levels, "start")
    wanted = [*starts, *_links(service, "K", stop_priority, stop_levels, "stop")]
    levels = host.get_fact(InitdRunlevels)
    missing = [link for link in wanted if link not in levels.links]
    if not missing:
        host.noop(f"service {service} is started and stopped in these runlevels")
        return
    for link in missing:
        yield StringCommand("ln -s", QuoteString(f"/etc/init.d/{service}"), QuoteString(link))
        change(f"link {link}", "present", None, True)
    affects(SERVICES)
    promise(InitdRunlevels, Runlevels(tuple(sorted({*levels.links, *missing})), levels.programs))


def _links(service: str, kind: str, priority: Any, levels: Any, what: str) -> list[str]:
    if isinstance(priority, bool) or not isinstance(priority, int) or not 0 <= priority <= 99:
        name = f"{what}_priority"
        raise OperationValueError(f"{name} must be a number from 0 to 99, not {priority!r}", argument=name)
    name = f"{what}_levels"
    if isinstance(levels, str) or not isinstance(levels, (list, tuple, set, frozenset)):
        raise OperationTypeError(f"{name} must be runlevels, not {levels!r}", argument=name)
    for level in levels:
        if str(level) not in ("0", "1", "2", "3", "4", "5", "6", "S"):
            raise OperationValueError(f"{name}: there is no runlevel {level!r}", argument=name)
    return [f"/etc/rc{level}.d/{kind}{priority:02}{service}" for level in levels]
