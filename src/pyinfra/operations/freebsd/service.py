"""Services of FreeBSD, of the host or of one of its jails.

Example:
    from pyinfra.operations import freebsd

    freebsd.service.service(srvname="nginx", srvstate=freebsd.service.SRV_RESTARTED)
"""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

from pyinfra import host
from pyinfra._lib.packages.freebsd import Words, checked_jail, checked_word, option
from pyinfra._lib.services import SERVICES
from pyinfra.api import OperationTypeError, OperationValueError, QuoteString, StringCommand, operation
from pyinfra.api.planning import affects, change, prefetch, promise
from pyinfra.facts.freebsd import ServiceScript, ServiceStatus

__all__ = ["SRV_CUSTOM", "SRV_RELOADED", "SRV_RESTARTED", "SRV_STARTED", "SRV_STOPPED", "service"]

SRV_STARTED = "started"
SRV_STOPPED = "stopped"
SRV_RESTARTED = "restarted"
SRV_RELOADED = "reloaded"
SRV_CUSTOM = "custom"

# What is not enabled would not be stopped otherwise.
_VERBS = {SRV_STARTED: "start", SRV_STOPPED: "onestop", SRV_RESTARTED: "restart", SRV_RELOADED: "reload"}
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=[^\0]*\Z", re.DOTALL)


@operation()
def service(
    srvname: str,
    jail: str | None = None,
    srvstate: str = SRV_STARTED,
    command: str | list[str] | None = None,
    environment: list[str] | None = None,
    verbose: bool = False,
) -> Generator[StringCommand, None, None]:
    """Ensure that a service runs, or that it does not, or have it do something. Without a script it is left alone.

    Only what is enabled in ``rc.conf`` can be started.

    Args:
        srvname: name of its script.
        jail: name or number of a jail; None for the host.
        srvstate: ``started``, ``stopped``; ``restarted``, ``reloaded`` and ``custom`` do something every time.
        command: what its script shall do, for ``custom``: a word, or a list of them.
        environment: variables for the script: ``["LANG=C"]``.
        verbose: have it say what it does.

    Raises:
        OperationValueError: ``srvstate`` is none of these, or ``command`` is missing, or a variable has no value.

    Example:
        from pyinfra.operations import freebsd

        freebsd.service.service(
            srvname="nginx", jail="www", srvstate="custom", command=["configtest"], environment=["LANG=C"]
        )
    """
    name, jail = checked_word(srvname, "srvname"), checked_jail(jail)
    words = _words(srvstate, command)
    variables = [word for text in _texts(environment, "environment") for word in option("-E", _variable(text))]
    prefetch(ServiceScript, srvname=name, jail=jail)
    prefetch(ServiceStatus, srvname=name, jail=jail)
    if host.get_fact(ServiceScript, srvname=name, jail=jail) is None:
        host.noop(f"there is no service {name}")
        return
    status: str | None = host.get_fact(ServiceStatus, srvname=name, jail=jail)
    running = status is not None
    if srvstate in (SRV_STARTED, SRV_STOPPED) and running == (srvstate == SRV_STARTED):
        host.noop(f"service {name} is {'running' if running else 'not running'}")
        return
    flags = ["-v"] if verbose else []
    yield StringCommand("service", *flags, *option("-j", jail), *variables, QuoteString(name), *words)
    _tell(name, jail, srvstate, running)


def _words(srvstate: Any, command: Any) -> list[Words]:
    if srvstate == SRV_CUSTOM:
        words = command.split() if isinstance(command, str) else _texts(command, "command")
        if not words:
            raise OperationValueError("command is missing: what the service shall do", argument="command")
        return [QuoteString(word) for word in words]
    if not isinstance(srvstate, str) or srvstate not in _VERBS:
        known = ", ".join([*_VERBS, SRV_CUSTOM])
        raise OperationValueError(f"srvstate {srvstate!r} is none of {known}", argument="srvstate")
    return [_VERBS[srvstate]]


def _texts(value: Any, argument: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, (list, tuple)) or not all(isinstance(text, str) for text in value):
        raise OperationTypeError(f"{argument} must be a list of texts, not {value!r}", argument=argument)
    return list(value)


def _variable(text: str) -> str:
    if not _VARIABLE.match(text):
        raise OperationValueError("a variable of environment is NAME=VALUE", argument="environment")
    return text


def _tell(name: str, jail: str | None, srvstate: str, running: bool) -> None:
    shown = f"service {name}" if jail is None else f"service {name} of jail {jail}"
    before = "running" if running else "stopped"
    if srvstate in (SRV_STARTED, SRV_STOPPED):
        change(shown, "state", before, "running" if srvstate == SRV_STARTED else "stopped")
    else:
        change(shown, srvstate, None, True)
    affects(SERVICES)
    if srvstate == SRV_STOPPED:
        promise(ServiceStatus, None, srvname=name, jail=jail)
    elif srvstate == SRV_STARTED:
        promise(ServiceStatus, "running", exact=False, srvname=name, jail=jail)
