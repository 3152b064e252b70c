"""``ssh.keyscan``: the keys of another machine are known."""

from __future__ import annotations

from collections.abc import Generator

from pyinfra import host
from pyinfra.api import StringCommand, operation
from pyinfra.operations._public import public_in

from .servers import Server


@operation()
@public_in("ssh")
def keyscan(hostname: str, force: bool = False, port: int = 22) -> Generator[StringCommand, None, None]:
    """Ensure that the user's ``known_hosts`` has keys of another machine.

    Whatever the machine shows is trusted. Where somebody may sit in between, write keys that are known to be right
    with ``files.line`` instead.

    Args:
        hostname: name or address of the machine, as the host reaches it.
        force: put the keys that it shows now in place of the known ones, when they differ.
        port: where its sshd listens.

    Raises:
        OperationTypeError: an argument has the wrong type.
        OperationValueError: ``hostname`` or ``port`` cannot be one.

    Example:
        ssh.keyscan(hostname="git.example.org", port=22)
    """
    server = Server.checked(hostname, port)
    if server.is_known(anew=force):
        host.noop(f"the keys of {server.name} are known")
        return
    yield from server.trust(anew=force)
