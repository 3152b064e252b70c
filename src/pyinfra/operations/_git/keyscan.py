"""Trusting the server of a repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pyinfra import host
from pyinfra.api import FactBase, OperationError, QuoteString, StringCommand
from pyinfra.api.planning import Resource, affects, change, named

_SERVER = re.compile(r"(?:ssh://)?[^@/]+@(?P<host>\[[^\]]+\]|[^:/]+)(?::(?P<port>\d+)(?=/))?")


class KnowsServer(FactBase[bool]):
    """Whether the user's ``known_hosts`` has a key of a server."""

    default = bool
    in_plans = False

    def command(self, server: str) -> StringCommand:
        return StringCommand("ssh-keygen -F", QuoteString(server), ">/dev/null 2>&1 && echo yes || :")

    def resources(self, server: str) -> list[Resource]:
        return [named("known hosts")]

    def process(self, output: list[str]) -> bool:
        return output == ["yes"]


def keyscan_commands(src: str) -> Iterator[StringCommand]:
    """Yield what adds the keys of the server of a repository to ``known_hosts``, unless it has some.

    Raises:
        OperationError: the address names no user and server.
    """
    match = _SERVER.match(src)
    if match is None:
        raise OperationError(
            f"ssh_keyscan needs an address with a user and a server, not {src!r}", hint="user@server:path"
        )
    server, port = match["host"].strip("[]"), match["port"]
    name = f"[{server}]:{port}" if port else server
    if host.get_fact(KnowsServer, server=name):
        return
    options: list[Any] = ["-p", QuoteString(port)] if port else []
    yield StringCommand(
        'umask 077; mkdir -p ~/.ssh && keys=$(ssh-keyscan', *options, "--", QuoteString(server),
        "2>/dev/null) && [ -n \"$keys\" ] && printf '%s\\n' \"$keys\" >> ~/.ssh/known_hosts",
    )  # fmt: skip
    affects(named("known hosts"))
    change(f"known host {name}", "present", None, True)
