"""Operations on jobs of launchd.

Example:
    from pyinfra.operations import launchd

    launchd.service(service="com.example.app", running=True)
"""

from __future__ import annotations

from collections.abc import Generator

from pyinfra._lib.services import Question, Wanted, checked_service, ensure
from pyinfra._lib.services.launchd import Launchd
from pyinfra.api import StringCommand, operation
from pyinfra.facts.launchd import LaunchdStatus

__all__ = ["service"]


@operation()
def service(
    service: str, running: bool | None = True, restarted: bool = False, command: str | None = None
) -> Generator[StringCommand, None, None]:
    """Ensure that a job of launchd runs, or that it does not.

    Args:
        service: label of the job.
        running: whether it shall run; None to leave that as it is.
        restarted: stop and start it if it runs.
        command: something else that ``launchctl`` shall do with it, every time.

    Example:
        launchd.service(service="com.example.app", running=True)
    """
    checked_service(service)
    wanted = Wanted.checked(running, restarted, command=command)
    yield from ensure(Launchd(), service, wanted, Question(LaunchdStatus))
