"""Operations on services with scripts in ``/etc/rc.d``, as the BSDs have them.

Example:
    from pyinfra.operations import bsdinit

    bsdinit.service(service="ntpd", running=True, enabled=True)
"""

from __future__ import annotations

from collections.abc import Generator

from pyinfra._core.records import changed
from pyinfra._lib.services import Question, Wanted, checked_service, ensure
from pyinfra._lib.services.bsdinit import BsdInit
from pyinfra.api import StringCommand, WriteFileCommand, operation
from pyinfra.facts.bsdinit import RcdStatus

from . import files

__all__ = ["service"]


@operation()
def service(
    service: str,
    running: bool | None = True,
    restarted: bool = False,
    reloaded: bool = False,
    command: str | None = None,
    enabled: bool | None = None,
) -> Generator[StringCommand | WriteFileCommand, None, None]:
    """Ensure that a service of a BSD runs, and that ``/etc/rc.conf.local`` has it started with the system, or not.

    Args:
        service: name of its script.
        running: whether it shall run; None to leave that as it is.
        restarted: restart it if it runs.
        reloaded: have it read its configuration again if it runs.
        command: something else that its script shall do, every time.
        enabled: whether it shall be started with the system; None to leave that as it is.

    Example:
        bsdinit.service(service="ntpd", running=True, enabled=True)
    """
    checked_service(service)
    wanted = Wanted.checked(running, restarted, reloaded, command, enabled)
    status = Question(RcdStatus, {"services": service})
    status.prefetch()
    lines: list[StringCommand | WriteFileCommand] = []
    if enabled is not None:
        lines = list(_line(service, enabled))
    control = list(ensure(BsdInit(), service, changed(wanted, enabled=None), status))
    # A script does not start what is not enabled.
    yield from [*lines, *control] if enabled else [*control, *lines]


def _line(service: str, enabled: bool) -> Generator[StringCommand | WriteFileCommand, None, None]:
    variable = f"{service.replace('-', '_')}_enable"
    wanted = f'{variable}="YES"' if enabled else None
    yield from files.line._inner("/etc/rc.conf.local", f"^{variable}=.*$", present=enabled, replace=wanted)
