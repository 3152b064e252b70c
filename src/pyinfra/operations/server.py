"""Operations on a system as a whole.

Example:
    from pyinfra.operations import server

    server.group(group="app", _sudo=True)
    server.user(user="app", group="app", shell="/bin/sh", _sudo=True)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyinfra._core.faces import face

if TYPE_CHECKING:
    from ._server.authorized_keys import user_authorized_keys
    from ._server.etc_hosts import etc_hosts
    from ._server.group import group
    from ._server.hostname import hostname
    from ._server.locale import locale
    from ._server.modules import modprobe
    from ._server.mount import mount
    from ._server.packages import packages
    from ._server.processes import kill
    from ._server.reboot import reboot
    from ._server.running import script, script_template, shell
    from ._server.security_limit import security_limit
    from ._server.service import service
    from ._server.sysctl import sysctl
    from ._server.timezone import timezone
    from ._server.user import user
    from ._server.wait import wait
    from .crontab import crontab as crontab

__all__ = [
    "etc_hosts",
    "group",
    "hostname",
    "kill",
    "locale",
    "modprobe",
    "mount",
    "packages",
    "reboot",
    "script",
    "script_template",
    "security_limit",
    "service",
    "shell",
    "sysctl",
    "timezone",
    "user",
    "user_authorized_keys",
    "wait",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(__name__)
