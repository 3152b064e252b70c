"""Operations on jobs of Upstart.

Example:
    from pyinfra.operations import upstart

    upstart.service(service="ssh", running=True, enabled=True, _sudo=True)
"""

from __future__ import annotations

from collections.abc import Generator

from pyinfra import host
from pyinfra._lib.services import Question, Wanted, checked_service, ensure
from pyinfra._lib.services.upstart import Upstart
from pyinfra.api import StringCommand, operation
from pyinfra.api.planning import promise
from pyinfra.facts.upstart import UpstartManual, UpstartStatus

__all__ = ["service"]


@operation()
def service(
    service: str,
    running: bool | None = True,
    restarted: bool = False,
    reloaded: bool = False,
    command: str | None = None,
    enabled: bool | None = None,
) -> Generator[StringCommand, None, None]:
    """Ensure that a job of Upstart runs, and that it is started by itself, or not.

    Args:
        service: its name.
        running: whether it shall run; None to leave that as it is.
        restarted: restart it if it runs.
        reloaded: have it read its configuration again if it runs.
        command: something else that ``initctl`` shall do with it, every time.
        enabled: whether it shall be started by itself; None to leave that as it is.

    Example:
        upstart.service(service="ssh", running=True, enabled=True)
    """
    checked_service(service)
    wanted = Wanted.checked(running, restarted, reloaded, command, enabled)
    status = Question(UpstartStatus)
    status.prefetch()
    manual = {} if enabled is None else host.get_fact(UpstartManual)
    yield from ensure(Upstart(), service, wanted, status, not manual.get(service))
    if enabled is not None:
        others = {name: value for name, value in manual.items() if name != service}
        promise(UpstartManual, others if enabled else {**others, service: True})
