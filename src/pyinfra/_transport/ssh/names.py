"""Refuses host and user names that could mean something to a shell or look like an option."""

from __future__ import annotations

from pyinfra._core.errors import ConnectError

_NEVER = frozenset("'\"`;&<>|(){}")
_NEVER_IN_HOSTS = frozenset("$\\ ")


def check_host(name: str) -> str:
    """Return a host name, or refuse it.

    Raises:
        ConnectError: when it is empty, begins with ``-`` or holds blanks, control or shell characters.
    """
    return _check(name, "host name", _NEVER | _NEVER_IN_HOSTS)


def check_user(name: str) -> str:
    """Return a user name, or refuse it; ``DOMAIN\\user`` and ``machine$`` are user names.

    Raises:
        ConnectError: when it is empty, begins with ``-`` or holds control or shell characters.
    """
    return _check(name, "user name", _NEVER)


def _check(name: str, what: str, forbidden: frozenset[str]) -> str:
    if not name:
        raise ConnectError(f"SSH error (the {what} is empty)")
    if name.startswith("-") or name.endswith("\\") or any(c in forbidden or not c.isprintable() for c in name):
        raise ConnectError(f"SSH error (the {what} {name!r} holds characters that are not allowed in one)")
    return name
