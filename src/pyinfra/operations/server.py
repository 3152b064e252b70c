"""Operations on a system as a whole.

Example:
    from pyinfra.operations import server

    server.group(group="app", _sudo=True)
    server.user(user="app", group="app", shell="/bin/sh", _sudo=True)
"""

from __future__ import annotations

from ._server.authorized_keys import user_authorized_keys
from ._server.group import group
from ._server.hostname import hostname
from ._server.running import script, shell
from ._server.service import service
from ._server.user import user
from ._server.wait import wait
from .crontab import crontab as crontab

__all__ = ["group", "hostname", "script", "service", "shell", "user", "user_authorized_keys", "wait"]
