"""Other machines: how they are named, and how their keys come to be known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyinfra import host
from pyinfra.api import OperationTypeError, OperationValueError, QuoteString, StringCommand
from pyinfra.api.planning import affects, change, prefetch, promise
from pyinfra.facts._shell import script
from pyinfra.facts._ssh.known_hosts import FILE, RESOURCE, KnowsServer, ShownKeysAreKnown, name_of

_HOSTNAME = re.compile(r"[A-Za-z0-9_:.][A-Za-z0-9_:.%-]*")
_USER = re.compile(r"[^\s\x00-\x1f\x7f'\"`;&<>|(){}$\\-][^\s\x00-\x1f\x7f'\"`;&<>|(){}$\\]*")  # as OpenSSH has it


@dataclass(frozen=True, slots=True)
class Server:
    """Another machine.

    Attributes:
        hostname: its name or address.
        port: where its sshd listens.
        user: as whom to log in; None for the name of the user of the operation, or what the host's own settings say.
    """

    hostname: str
    port: int = 22
    user: str | None = None

    @classmethod
    def checked(cls, hostname: Any, port: Any = 22, user: Any = None) -> Server:
        """Make it of the arguments of an operation.

        Raises:
            OperationTypeError: an argument has the wrong type.
            OperationValueError: an argument has an impossible value.
        """
        for argument, value in (("hostname", hostname), ("user", user)):
            if not isinstance(value, str) and (value is not None or argument == "hostname"):
                kind = type(value).__name__
                raise OperationTypeError(f"{argument} must be a text, not {kind}: {value!r}", argument=argument)
        bare = hostname[1:-1] if hostname.startswith("[") and hostname.endswith("]") else hostname
        if not _HOSTNAME.fullmatch(bare):
            raise OperationValueError(f"{hostname!r} is no name or address of a machine", argument="hostname")
        if user is not None and not _USER.fullmatch(user):
            raise OperationValueError(f"{user!r} is no name of a user", argument="user")
        return cls(bare, _port(port), user)

    def ssh(self, command: str | StringCommand) -> StringCommand:
        """Return what runs a command there.

        Args:
            command: for the shell there.
        """
        target = f"{self.user}@{self.hostname}" if self.user else self.hostname
        return StringCommand("ssh", "-p", QuoteString(str(self.port)), QuoteString(target), QuoteString(command))

    # -- its keys --------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """What it is called in ``known_hosts``."""
        return name_of(self.hostname, self.port)

    @property
    def _place(self) -> dict[str, Any]:
        return {"hostname": self.hostname, "port": self.port}

    def prefetch(self) -> None:
        """Start finding out whether it is known."""
        prefetch(KnowsServer, **self._place)

    def is_known(self, *, anew: bool = False) -> bool:
        """Whether its keys are known.

        Args:
            anew: whether they are just those that it shows now.
        """
        return bool(host.get_fact(ShownKeysAreKnown if anew else KnowsServer, **self._place))

    def trust(self, *, anew: bool = False) -> Iterator[StringCommand]:
        """Yield what adds the keys that it shows to ``known_hosts``.

        Args:
            anew: in place of those that are there.
        """
        server = QuoteString(self.hostname)
        remove: list[str | QuoteString] = []
        if anew:
            remove = ["ssh-keygen -q -R ", QuoteString(self.name), ' -f "$f" >/dev/null 2>&1; ']
        yield script(
            f"umask 077; f={FILE}; mkdir -p ~/.ssh && keys=$(ssh-keyscan -p ", QuoteString(str(self.port)), " -- ",
            server, ' 2>/dev/null); [ -n "$keys" ] || { echo no keys were shown by ', server, " >&2; exit 1; }; ",
            *remove,
            '{ [ ! -s "$f" ] || [ -z "$(tail -c 1 "$f")" ] || echo; printf \'%s\\n\' "$keys"; } >>"$f"',
        )  # fmt: skip
        promise(KnowsServer, True, **self._place)
        if anew:
            promise(ShownKeysAreKnown, True, **self._place)
        affects(RESOURCE)
        change(f"known host {self.name}", "keys", None, "those that it shows")


def _port(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise OperationTypeError(f"port must be a number, not {value!r}", argument="port")
    if not re.fullmatch(r"[0-9]{1,5}", str(value)) or not 0 < int(value) < 65536:
        raise OperationValueError(f"{value!r} is no port", argument="port")
    return int(value)
