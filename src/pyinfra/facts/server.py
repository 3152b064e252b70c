"""Facts about a system as a whole.

Example:
    >>> host.get_fact(LinuxName)
    'Debian'
"""

from __future__ import annotations

from ._faces import publish
from ._server.accounts import AuthorizedKeys, Groups, Home, User, Users
from ._server.clock import Date, LoadAverage, Timezone, Uptime
from ._server.desktop import HasGui, LinuxGui
from ._server.distribution import LinuxDistribution, LinuxDistributionDict, LinuxName, LsbRelease, OsRelease
from ._server.kernel import KernelModules, Sysctl
from ._server.lines import ISO_DATE_FORMAT
from ._server.mounts import Mounts, MountsDict
from ._server.processes import ProcessDict, Processes
from ._server.programs import Which
from ._server.sessions import Last, Lastb, LastRecordDict
from ._server.settings import EtcHosts, Locales, RebootRequired, SecurityLimits, Selinux, SelinuxDict
from ._server.sockets import Port, Ports
from ._server.system import (
    Arch,
    Command,
    Hostname,
    Kernel,
    KernelVersion,
    MacosVersion,
    Os,
    OsVersion,
    Path,
    TmpDir,
)
from .crontab import Crontab as Crontab

__all__ = [
    "ISO_DATE_FORMAT",
    "Arch",
    "AuthorizedKeys",
    "Command",
    "Date",
    "EtcHosts",
    "Groups",
    "HasGui",
    "Home",
    "Hostname",
    "Kernel",
    "KernelModules",
    "KernelVersion",
    "Last",
    "LastRecordDict",
    "Lastb",
    "LinuxDistribution",
    "LinuxDistributionDict",
    "LinuxGui",
    "LinuxName",
    "LoadAverage",
    "Locales",
    "LsbRelease",
    "MacosVersion",
    "Mounts",
    "MountsDict",
    "Os",
    "OsRelease",
    "OsVersion",
    "Path",
    "Port",
    "Ports",
    "ProcessDict",
    "Processes",
    "RebootRequired",
    "SecurityLimits",
    "Selinux",
    "SelinuxDict",
    "Sysctl",
    "Timezone",
    "TmpDir",
    "Uptime",
    "User",
    "Users",
    "Which",
]

publish(globals(), __all__)
