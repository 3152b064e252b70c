"""Turns what goes wrong below into ``ConnectError``: one place, so that every message has the same shape."""

from __future__ import annotations

import asyncssh

from pyinfra._core.errors import AuthenticationError, ConnectError, ConnectionLostError

from .unreachable import UnreachableError, printable

_TOO_MANY_TRIES = 2  # what OpenSSH sends with "Too many authentication failures"


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
