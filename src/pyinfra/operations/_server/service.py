"""``server.service``: a service, whatever looks after it."""

from __future__ import annotations

from collections.abc import Generator
from importlib import import_module
from typing import Any

from pyinfra import host
from pyinfra._lib.services import Wanted, checked_service
from pyinfra._lib.services.choosing import InitSystemName
from pyinfra._lib.services.unit_names import unit_name
from pyinfra.api import OperationError, StringCommand, WriteFileCommand, operation
from pyinfra.operations._public import public_in
from pyinfra.operations._systemd.service import prefetch_unit

_KNOWN = ("systemd", "openrc", "upstart", "runit", "bsdinit", "sysvinit")


@operation()
@public_in("server")
def service(
    service: str,
    running: bool | None = True,
    restarted: bool = False,
    reloaded: bool = False,
    command: str | None = None,
    enabled: bool | None = None,
) -> Generator[StringCommand | WriteFileCommand, None, None]:
    """Ensure that a service runs, and that it is started with the system, or not, whatever the host's init system.

    Args:
        service: its name.
        running: whether it shall run; None to leave that as it is.
        restarted: restart it if it runs.
        reloaded: have it read its configuration again if it runs.
        command: something else that it shall be told, every time.
        enabled: whether it shall be started with the system; None to leave that as it is.

    Raises:
        OperationError: the host has no init system that we know.

    Example:
        server.service(service="cron", running=True, enabled=True)
    """
    checked_service(service)
    Wanted.checked(running, restarted, reloaded, command, enabled)
    # Most hosts have systemd: asked at the same time it costs no round trip of its own.
    prefetch_unit(enabled, services=unit_name(service))
    name = host.get_fact(InitSystemName)
    if name not in _KNOWN:
        raise OperationError(f"the host has no init system that we know ({', '.join(_KNOWN)})")
    module: Any = import_module(f"pyinfra.operations.{name}")  # only the one that the host needs
    yield from module.service._inner(
        service=service, running=running, restarted=restarted, reloaded=reloaded, command=command, enabled=enabled
    )
