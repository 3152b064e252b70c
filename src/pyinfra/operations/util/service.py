"""Controlling services, for operations that are written elsewhere. Our own use ``pyinfra._lib.services``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pyinfra._lib.services import Wanted, decide, verb_words
from pyinfra.api import Host, QuoteString, StringCommand
from pyinfra.api.command import make_formatted_string_command

__all__ = ["Host", "QuoteString", "handle_service_control", "make_formatted_string_command"]


def handle_service_control(
    host: Host,
    name: str,
    statuses: Mapping[str, bool | None],
    formatter: str,
    running: bool | None = None,
    restarted: bool | None = None,
    reloaded: bool | None = None,
    command: str | None = None,
    status_argument: str = "status",
) -> Iterator[StringCommand]:
    """Yield what makes a service run, or not run.

    Args:
        host: where; told when there is nothing to do.
        name: of the service.
        statuses: which services run, by name; one that is not among them does not.
        formatter: command line, in which ``{0}`` stands for the service and ``{1}`` for what it shall do.
        running: whether it shall run; None to leave that as it is.
        restarted: restart it if it runs.
        reloaded: have it read its configuration again if it runs.
        command: something else that it shall do, in any case.
        status_argument: not needed; kept for callers that give it.

    Example:
        yield from handle_service_control(host, "app", host.get_fact(AppStatus), "appctl {0} {1}", running=True)
    """
    steps = decide(Wanted.checked(running, restarted, reloaded, command), statuses.get(name))
    if not steps:
        host.noop(f"service {name} is {'running' if statuses.get(name) else 'not running'}")
    for step in steps:
        yield make_formatted_string_command(formatter, QuoteString(name), StringCommand(*verb_words(step.verb)))
