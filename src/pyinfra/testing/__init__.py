"""Helpers for testing deploys and operations without a host.

Example:
    >>> inventory = memory_inventory({"web1": {"uname -s": "Linux"}, "web2": {}})
    >>> state = State(inventory=inventory, config=Config())
    >>> connect_all(state)
    >>> result = add_op(state, server.shell, commands=["echo hello"])
    >>> run_ops(state)
    >>> commands_of(inventory.get_host("web1"))
    ['echo hello']
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pyinfra._transport.base import Command, Download, Identity, Request, Result, Upload
from pyinfra._transport.memory import MemorySession, shown_text
from pyinfra.api import Inventory
from pyinfra.connectors._session_face import SessionFace

if TYPE_CHECKING:
    from pyinfra._transport.base import Session
    from pyinfra._transport.memory import Responder
    from pyinfra.api.host import Host

__all__ = [
    "Command",
    "Download",
    "MemoryConnector",
    "Request",
    "Result",
    "Upload",
    "commands_of",
    "memory_inventory",
    "requests_of",
]

_KEY = "_memory_host"


class MemoryConnector(SessionFace):
    """A host in memory; made by :func:`memory_inventory`.

    Args:
        state: the run.
        host: the host.
    """

    handles_execution = True

    def make_session(self) -> Session:
        """Return a new session; what was asked of earlier ones is kept."""
        responder, delay, identity, requests = self.host.connector_data[_KEY]
        session = MemorySession(responder, delay=delay, identity=identity)
        session.requests = requests
        return session


def memory_inventory(
    hosts: Mapping[str, Responder] | Iterable[str],
    *,
    data: Mapping[str, Any] | None = None,
    groups: Mapping[str, Iterable[str]] | None = None,
    delay: float | Callable[[Request], float] | None = None,
    user: str = "root",
) -> Inventory:
    """Make an inventory of hosts that run nothing, answer as they are told, and keep what they were asked.

    Args:
        hosts: names, or names with answers: a function of the request, or a mapping of a part of the command (text or
            compiled pattern) to the answer. An answer is a text, lines, bytes, an exit status, a bool, a tuple of
            stdout, stderr and status, a dict of these, or a ``Result``. What matches nothing succeeds in silence.
        data: data of all hosts.
        groups: names of hosts by group.
        delay: seconds that an answer takes; None for at once.
        user: who the hosts say is logged in.

    Example:
        >>> memory_inventory({"web1": {"hostname": "web1.example.org", "rm ": False}})
    """
    responders = dict(hosts) if isinstance(hosts, Mapping) else dict.fromkeys(hosts)
    members: dict[str, Any] = {group: (list(names), {}) for group, names in (groups or {}).items()}
    inventory = Inventory((list(responders), dict(data or {})), **members)
    identity = Identity(user, 0 if user == "root" else 1000)
    for name, responder in responders.items():
        host = inventory.get_host(name)
        host.connector_cls = MemoryConnector
        host.connector_data[_KEY] = (responder, delay, identity, [])
    return inventory


def requests_of(host: Host) -> list[Request]:
    """Return everything that a host in memory was asked, in order."""
    return list(host.connector_data[_KEY][3])


def commands_of(host: Host) -> list[str]:
    """Return the commands that a host in memory was asked to run, as they may be shown, in order."""
    return [shown_text(request) for request in requests_of(host) if isinstance(request, Command)]
