"""``ssh.command``: something is run on another machine."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from pyinfra.api import OperationTypeError, StringCommand, operation
from pyinfra.operations._public import public_in

from .servers import Server


@operation(is_idempotent=False)
@public_in("ssh")
def command(
    hostname: str, command: str, user: str | None = None, port: int = 22
) -> Generator[StringCommand, None, None]:
    """Run a command on another machine, from the host. Happens every time.

    Args:
        hostname: name or address of the machine, as the host reaches it.
        command: for the shell of the user there.
        user: as whom to log in.
        port: where its sshd listens.

    Raises:
        OperationTypeError: an argument has the wrong type.
        OperationValueError: ``hostname``, ``user`` or ``port`` cannot be one.

    Example:
        ssh.command(hostname="backup.example.org", command="touch done", user="backup")
    """
    given: Any = command
    if not isinstance(given, (str, StringCommand)):
        kind = type(given).__name__
        raise OperationTypeError(f"command must be a text, not {kind}: {given!r}", argument="command")
    yield Server.checked(hostname, port, user).ssh(command)
