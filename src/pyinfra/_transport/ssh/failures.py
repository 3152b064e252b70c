"""Turns what goes wrong below into ``ConnectError``: one place, so that every message has the same shape."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import asyncssh

from pyinfra._core.errors import AuthenticationError, ConnectError, ConnectionLostError

if TYPE_CHECKING:
    import socket

_TOO_MANY_TRIES = 2  # what OpenSSH sends with "Too many authentication failures"


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


def handshake_failed(error: Exception, phase: str) -> ConnectError:
    """An SSH connection that ended before the login was complete."""
    if isinstance(error, asyncssh.KeyExchangeFailed):
        return ConnectError(
            f"SSH error ({printable(error.reason)})",
            hint="the server offers only algorithms that are not allowed here: see KexAlgorithms, Ciphers, MACs and "
            "HostKeyAlgorithms in ssh_config",
        )
    if isinstance(error, asyncssh.ConnectionLost | ConnectionError):
        return UnreachableError(
            f"EOF error (the server closed the connection while {phase})",
            hint="it may limit the number of logins at a time (MaxStartups)",
        )
    if isinstance(error, asyncssh.DisconnectError):
        return _disconnected(error)
    if isinstance(error, OSError):
        return UnreachableError(f"SSH error ({error.strerror or error} while {phase})")
    return ConnectError(f"SSH error ({printable(str(error)) or type(error).__name__} while {phase})")


def _disconnected(error: asyncssh.DisconnectError) -> ConnectError:
    reason = printable(error.reason)
    if error.code == _TOO_MANY_TRIES and "authentication" in reason.lower():
        return AuthenticationError(
            f"Authentication error ({reason})",
            hint="the server gave up before the right key came: set ssh_key, or IdentitiesOnly in ssh_config",
        )
    if isinstance(error, asyncssh.ProtocolNotSupported | asyncssh.ProtocolError):
        return ConnectError(f"SSH error ({reason})", hint="is this an SSH server?")
    return ConnectError(f"SSH error ({reason})")


def lost(error: Exception | None, silence: float) -> ConnectionLostError:
    """A connection that ended while it was in use.

    Args:
        error: what asyncssh reported, if anything.
        silence: after how many seconds without an answer a connection is given up.
    """
    if isinstance(error, asyncssh.ConnectionLost) and "keepalive" in error.reason:
        return ConnectionLostError(f"connection lost: no answer for {silence:g} s")
    if isinstance(error, asyncssh.DisconnectError) and error.reason and error.reason != "Connection lost":
        return ConnectionLostError(f"connection lost: {printable(error.reason)}")
    if isinstance(error, OSError):
        return ConnectionLostError(f"connection lost: {error.strerror or error}")
    return ConnectionLostError("connection lost: closed by the other side")
