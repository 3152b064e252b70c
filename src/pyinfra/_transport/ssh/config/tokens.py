"""The ``%`` tokens, ``${VARIABLES}`` and ``~`` of OpenSSH configuration values."""

from __future__ import annotations

import getpass
import hashlib
import os
import pwd
import re
import socket
from functools import lru_cache
from typing import TYPE_CHECKING

from pyinfra._core.errors import ConnectError

if TYPE_CHECKING:
    from collections.abc import Mapping

_REFERENCE = re.compile(r"%(?P<token>.?)|\$\{(?P<variable>\w+)\}", re.DOTALL)


@lru_cache(maxsize=1)
def _account() -> tuple[int, str]:
    user_id = os.getuid()
    try:
        return user_id, pwd.getpwuid(user_id).pw_name
    except KeyError:  # an account that only exists as a number, as in some containers
        return user_id, getpass.getuser()


def local_user() -> str:
    """Return the name of the account that runs this process."""
    return _account()[1]


@lru_cache(maxsize=1)
def _machine() -> str:
    return socket.gethostname()


class Tokens:
    """What each ``%`` token stands for."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = {"%": "%", **values}

    @classmethod
    def of(cls, *, original: str, hostname: str, port: str, user: str, alias: str | None = None) -> Tokens:
        """Return all tokens for a connection."""
        machine = _machine()
        joined = hashlib.sha1(f"{machine}{hostname}{port}{user}".encode(), usedforsecurity=False).hexdigest()
        return cls(
            {
                "C": joined,
                "d": os.path.expanduser("~"),  # noqa: PTH111 - text
                "h": hostname,
                "i": str(_account()[0]),
                "k": alias or original,
                "L": machine.partition(".")[0],
                "l": machine,
                "n": original,
                "p": port,
                "r": user,
                "u": local_user(),
            }
        )

    def expand(self, text: str, *, variables: bool = False) -> str:
        """Replace the tokens in a value, and environment variables when asked to.

        Raises:
            ConnectError: when a token or a variable is unknown.
        """

        def value(found: re.Match[str]) -> str:
            if found["token"] is not None:
                if found["token"] in self._values:
                    return self._values[found["token"]]
                raise ConnectError(f"SSH config error (unknown token {found[0]} in {text!r})")
            if not variables:
                return found[0]
            if found["variable"] in os.environ:
                return os.environ[found["variable"]]
            raise ConnectError(f"SSH config error (the variable {found['variable']} is not set)")

        return _REFERENCE.sub(value, text)

    def expand_path(self, text: str) -> str:
        """Replace variables, tokens and a leading ``~`` in the name of a file.

        Raises:
            ConnectError: when a variable or token is unknown.
        """
        return os.path.expanduser(self.expand(text, variables=True))  # noqa: PTH111 - text
