"""Operations on services of OpenRC.

Example:
    from pyinfra.operations import openrc

    openrc.service(service="sshd", running=True, enabled=True)
"""

from __future__ import annotations

from collections.abc import Generator

from pyinfra._lib.services import Question, Wanted, checked_service, ensure
from pyinfra._lib.services.openrc import OpenRc
from pyinfra.api import StringCommand, operation
from pyinfra.facts.openrc import OpenrcEnabled, OpenrcService

__all__ = ["service"]


@operation()
def service(
    service: str,
    running: bool | None = True,
    restarted: bool = False,
    reloaded: bool = False,
    command: str | None = None,
    enabled: bool | None = None,
    runlevel: str = "default",
) -> Generator[StringCommand, None, None]:
    """Ensure that a service of OpenRC runs, and that it is started in a runlevel, or not.

    Args:
        service: its name.
        running: whether it shall run; None to leave that as it is.
        restarted: restart it if it runs.
        reloaded: have it read its configuration again if it runs.
        command: something else that its script shall do, every time.
        enabled: whether it shall be started in the runlevel; None to leave that as it is.
        runlevel: the runlevel.

    Example:
        openrc.service(service="sshd", running=True, enabled=True)
    """
    checked_service(service)
    checked_service(runlevel, "runlevel")
    wanted = Wanted.checked(running, restarted, reloaded, command, enabled)
    enablement = Question(OpenrcEnabled, {"runlevel": runlevel})
    yield from ensure(OpenRc(runlevel), service, wanted, Question(OpenrcService, {"service": service}), enablement)
