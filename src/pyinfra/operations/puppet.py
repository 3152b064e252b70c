"""Operations with puppet.

Example:
    from pyinfra.operations import puppet

    puppet.agent(server="puppet.example.org", _sudo=True)
"""

from __future__ import annotations

import re
from collections.abc import Generator

from pyinfra.api import OperationTypeError, OperationValueError, QuoteString, StringCommand, operation
from pyinfra.facts._shell import script

__all__ = ["agent"]

_SERVER = re.compile(r"[A-Za-z0-9_:.][A-Za-z0-9_:.-]*")


@operation(is_idempotent=False)
def agent(server: str | None = None, port: int | None = None) -> Generator[StringCommand, None, None]:
    """Have the puppet agent bring the host to where its server wants it. Happens every time.

    The agent says that it changed something by ending with 2: this is no failure. It fails when the server cannot be
    reached, or when something could not be changed.

    Args:
        server: name of the server; what the agent is configured to when it is not given.
        port: where the server listens.

    Raises:
        OperationTypeError: an argument has the wrong type.
        OperationValueError: an argument has an impossible value.

    Example:
        puppet.agent(server="puppet.example.org", port=8140)
    """
    words: list[str | QuoteString] = []
    if server is not None:
        if not isinstance(server, str):
            raise OperationTypeError(f"server must be a text, not {server!r}", argument="server")
        if not _SERVER.fullmatch(server):
            raise OperationValueError(f"{server!r} is no name of a server", argument="server")
        words += ["--server", QuoteString(server)]
    if port is not None:
        if isinstance(port, bool) or not isinstance(port, int):
            raise OperationTypeError(f"port must be a number, not {port!r}", argument="port")
        if not 0 < port < 65536:
            raise OperationValueError(f"{port} is no port", argument="port")
        # older versions know it by this name alone
        words += ["--masterport", QuoteString(str(port))]
    yield script(StringCommand("puppet agent -t", *words), "; s=$?; [ $s -ne 2 ] || s=0; exit $s")
