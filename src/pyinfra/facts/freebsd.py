"""Facts about FreeBSD: packages, services and settings of the host, or of one of its jails.

Example:
    >>> host.get_fact(Sysrc, parameter="sshd_enable")
    'YES'
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource, path, tree
from pyinfra._core.errors import FactValueError
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.managers import PACKAGES
from pyinfra._lib.services import SERVICES

from ._shell import Part, script, word

__all__ = ["PkgPackage", "ServiceScript", "ServiceStatus", "Sysrc"]


def _jail(jail: str | None) -> list[Part]:
    return [] if jail is None else ["-j ", word(jail), " "]


class FreebsdFact(FactBase["str | None"]):
    """Base of facts that are one text."""

    abstract = True
    in_plans = False

    def process(self, output: list[str]) -> str | None:
        return output[0] if output and output[0] else None


class ServiceScript(FreebsdFact):
    """The name of the script of a service, when there is one.

    Args:
        srvname: name of the service.
        jail: name or number of a jail; None for the host.

    Example:
        >>> host.get_fact(ServiceScript, srvname="sshd", jail="www")
        'sshd'
    """

    def command(self, srvname: str, jail: str | None = None) -> StringCommand:
        return script("service ", _jail(jail), "-l | grep -Fx -e ", word(srvname), " || :")

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "service"

    def resources(self, srvname: str, jail: str | None = None) -> Iterable[Resource]:
        return [PACKAGES, tree("/etc/rc.d"), tree("/usr/local/etc/rc.d")]


class ServiceStatus(FreebsdFact):
    """``"running"`` when a service runs, whether it is enabled or not; ``None`` when it does not.

    Args:
        srvname: name of the service.
        jail: name or number of a jail; None for the host.

    Example:
        >>> host.get_fact(ServiceStatus, srvname="sshd", jail="www")
        'running'
    """

    def command(self, srvname: str, jail: str | None = None) -> StringCommand:
        if srvname.startswith("-"):
            raise FactValueError(f"{srvname!r} is no name of a service")
        asked = script("service ", _jail(jail), word(srvname), " onestatus")
        return script("if ", asked, " >/dev/null 2>&1 </dev/null; then echo running; fi")

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "service"

    def resources(self, srvname: str, jail: str | None = None) -> Iterable[Resource]:
        return [SERVICES]


class Sysrc(FactBase["str | None"]):
    """The value of a setting of ``rc.conf``, that of the system when nothing else is set; None when there is none.

    Args:
        parameter: name of the setting.
        jail: name or number of a jail; None for the host.

    Example:
        >>> host.get_fact(Sysrc, parameter="sshd_enable", jail="www")
        'YES'
    """

    def command(self, parameter: str, jail: str | None = None) -> StringCommand:
        return script("sysrc -i -n ", _jail(jail), "-- ", word(parameter))

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "sysrc"

    def resources(self, parameter: str, jail: str | None = None) -> Iterable[Resource]:
        return [path("/etc/rc.conf"), path("/etc/rc.conf.local"), tree("/etc/rc.conf.d"), *_elsewhere(jail)]

    def describe(self, parameter: str, jail: str | None = None) -> str:
        return f"{parameter} of jail {jail}" if jail else parameter

    def process(self, output: list[str]) -> str | None:
        return "\n".join(output) if output else None


def _elsewhere(jail: str | None) -> list[Resource]:
    """The file systems of jails can be anywhere."""
    return [tree("/")] if jail is not None else []


class PkgPackage(FreebsdFact):
    """Name and version of a package, when it is installed.

    Args:
        package: its name.
        jail: name or number of a jail; None for the host.

    Example:
        >>> host.get_fact(PkgPackage, package="nginx", jail="www")
        'nginx-1.24.0_3,3'
    """

    def command(self, package: str, jail: str | None = None) -> StringCommand:
        # Without -N the program pkg of a new FreeBSD asks whether it shall fetch the real one.
        return script("pkg ", _jail(jail), "-N info -E -- ", word(package), " 2>/dev/null || :")

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "pkg"

    def resources(self, package: str, jail: str | None = None) -> Iterable[Resource]:
        return [PACKAGES, *_elsewhere(jail)]
