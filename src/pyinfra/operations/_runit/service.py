"""Services of runit: looked after or not, started by themselves or not, running or not."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from pyinfra import host
from pyinfra._lib.services import SERVICES, Question, Wanted, checked_service, ensure
from pyinfra._lib.services.runit import Runit
from pyinfra.api import OperationTypeError, OperationValueError, StringCommand, WriteFileCommand, operation
from pyinfra.api.planning import affects, change, path, prefetch, promise
from pyinfra.facts.files import File
from pyinfra.facts.runit import RunitManaged, RunitStatus
from pyinfra.operations._files.file import file
from pyinfra.operations._files.link import link
from pyinfra.operations._public import public_in

Commands = Generator[StringCommand | WriteFileCommand, None, None]


@operation()
@public_in("runit")
def manage(service: str, managed: bool = True, svdir: str = "/var/service", sourcedir: str = "/etc/sv") -> Commands:
    """Ensure that runit looks after a service, or that it does not.

    Args:
        service: its name.
        managed: whether it shall be looked after.
        svdir: the directory of services to look after.
        sourcedir: the directory of services that there are.

    Example:
        runit.manage(service="sshd")
    """
    checked_service(service)
    system = _system(svdir, sourcedir)
    names = host.get_fact(RunitManaged, service=service, svdir=system.svdir)
    if (service in names) == managed:
        host.noop(f"service {service} is {'managed' if managed else 'not managed'}")
        return
    yield from _link(system, service, managed)


@operation(is_idempotent=False)
@public_in("runit")
def wait_runsv(service: str, svdir: str = "/var/service", timeout: int = 10) -> Commands:
    """Wait until runit looks after a service, every time.

    Args:
        service: its name.
        svdir: the directory of services to look after.
        timeout: how long to wait, in seconds; the operation fails afterwards.

    Example:
        runit.wait_runsv(service="sshd", timeout=20)
    """
    checked_service(service)
    if isinstance(timeout, bool) or not isinstance(timeout, int) or timeout < 0:
        raise OperationValueError(f"timeout must be a number of seconds, not {timeout!r}", argument="timeout")
    yield _system(svdir, "/etc/sv").wait(service, timeout)
    affects(SERVICES)


@operation()
@public_in("runit")
def auto(service: str, auto: bool = True, sourcedir: str = "/etc/sv") -> Commands:
    """Ensure that a service is started by itself once it is looked after, or that it is not.

    Args:
        service: its name.
        auto: whether it shall be started by itself.
        sourcedir: the directory of services that there are.

    Example:
        runit.auto(service="sshd", auto=False)
    """
    checked_service(service)
    yield from file._inner(path=_system("/", sourcedir).down_file(service), present=not auto, create_remote_dir=False)


@operation()
@public_in("runit")
def service(
    service: str,
    running: bool | None = True,
    restarted: bool = False,
    reloaded: bool = False,
    command: str | None = None,
    enabled: bool | None = None,
    managed: bool = True,
    svdir: str = "/var/service",
    sourcedir: str = "/etc/sv",
) -> Commands:
    """Ensure that runit looks after a service, that it runs, and that it is started by itself, or not.

    Args:
        service: its name.
        running: whether it shall run; None to leave that as it is.
        restarted: restart it if it runs.
        reloaded: have it read its configuration again if it runs.
        command: something else that ``sv`` shall do with it, every time.
        enabled: whether it shall be started by itself once it is looked after; None to leave that as it is.
        managed: False to have it looked after no more; everything else is then left as it is.
        svdir: the directory of services to look after.
        sourcedir: the directory of services that there are.

    Example:
        runit.service(service="sshd", running=True, enabled=True)
    """
    checked_service(service)
    wanted = Wanted.checked(running, restarted, reloaded, command, enabled)
    system = _system(svdir, sourcedir)
    status = Question(RunitStatus, {"service": service, "svdir": system.svdir}, one=True)
    status.prefetch()
    prefetch(File, path=system.down_file(service))
    prefetch(RunitManaged, service=service, svdir=system.svdir)
    names = host.get_fact(RunitManaged, service=service, svdir=system.svdir)
    if not managed:
        yield from manage._inner(service, False, svdir, sourcedir)
        return
    down = bool(host.get_fact(File, path=system.down_file(service)))
    # Everything is read before the first command.
    linking = [] if service in names else list(_manage_stopped(system, service, down))
    control = list(ensure(system, service, wanted, status, enabled=not down))
    yield from linking
    yield from control
    affects(path(system.down_file(service)))


def _manage_stopped(system: Runit, service: str, down: bool) -> Commands:
    """Have a service looked after that is not started by that: whether it shall run is decided afterwards."""
    linking = list(_link(system, service, True))
    if not down:
        yield from system.enable(service, enabled=False)
    yield from linking
    yield system.wait(service, 10)
    if not down:
        yield from system.enable(service, enabled=True)


def _link(system: Runit, service: str, managed: bool) -> Commands:
    place, target = f"{system.svdir}/{service}", f"{system.sourcedir}/{service}"
    yield from link._inner(path=place, target=target, present=managed, create_remote_dir=False)
    change(f"service {service}", "managed", not managed, managed)
    promise(RunitManaged, {service} if managed else set(), service=service, svdir=system.svdir)


def _system(svdir: Any, sourcedir: Any) -> Runit:
    for name, value in (("svdir", svdir), ("sourcedir", sourcedir)):
        if not isinstance(value, str):
            raise OperationTypeError(f"{name} must be a path, not {value!r}", argument=name)
        if not value.startswith("/") or "\0" in value:
            raise OperationValueError(f"{name} must be an absolute path, not {value!r}", argument=name)
    return Runit(svdir.rstrip("/") or "/", sourcedir.rstrip("/") or "/")
