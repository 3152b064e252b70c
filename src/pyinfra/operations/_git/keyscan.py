"""Trusting the server of a repository."""

from __future__ import annotations

import re

from pyinfra.api import OperationError
from pyinfra.operations._ssh.servers import Server

_SERVER = re.compile(r"(?:ssh://)?[^@/]+@(?P<host>\[[^\]]+\]|[^:/]+)(?::(?P<port>\d+)(?=/))?")


def server_of(src: str) -> Server:
    """Return the server in the address of a repository.

    Raises:
        OperationError: the address names no user and server.
    """
    match = _SERVER.match(src)
    if match is None or match["host"].startswith("-"):
        raise OperationError(
            f"ssh_keyscan needs an address with a user and a server, not {src!r}", hint="user@server:path"
        )
    return Server.checked(match["host"], match["port"] or 22)
