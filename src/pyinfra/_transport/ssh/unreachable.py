"""What is said of hosts that cannot be reached. The SSH library is not needed for it."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from pyinfra._core.errors import ConnectError

if TYPE_CHECKING:
    import socket


class UnreachableError(ConnectError):
    """A host could not be reached now; another try may succeed."""


def printable(text: str) -> str:
    """Return text from the other side with control characters escaped."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text.strip())


def unresolved(hostname: str, error: socket.gaierror) -> UnreachableError:
    """A name that has no address."""
    return UnreachableError(
        f"Could not resolve hostname ({hostname}: {error.strerror or error})",
        hint="check its name, or set ssh_hostname",
    )


def unreachable(hostname: str, port: int, error: OSError) -> UnreachableError:
    """A TCP connection that failed."""
    reason = os.strerror(error.errno) if error.errno else str(error) or type(error).__name__
    hints = {
        errno.ECONNREFUSED: f"nothing listens there: is sshd running, and is {port} its port?",
        errno.EHOSTUNREACH: "there is no route: is the host up, and are you in the right network?",
        errno.ENETUNREACH: "there is no route: are you in the right network?",
    }
    return UnreachableError(f"Could not connect ({hostname} port {port}: {reason})", hint=hints.get(error.errno or 0))


def timed_out(hostname: str, port: int, phase: str, seconds: float) -> UnreachableError:
    """A connection that took too long."""
    return UnreachableError(
        f"Could not connect ({hostname} port {port}: no answer within {seconds:g} s while {phase})",
        hint="is the host up? the limit is ConnectTimeout or config.CONNECT_TIMEOUT",
    )
