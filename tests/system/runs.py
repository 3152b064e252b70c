"""What several system tests need: a connected run over lab hosts, and operations that need nothing but a shell."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pyinfra.api import Config, Inventory, State
from pyinfra.api.connect import connect_all, disconnect_all
from pyinfra.api.operation import operation
from tests.lab import Host


@contextmanager
def run_on(hosts: Iterable[Host], user: str = "root", data: dict[str, Any] | None = None, **config: Any) -> Generator[
    State, None, None
]:  # fmt: skip
    """A connected run, disconnected afterwards."""
    names = [(host.name, {**host.ssh_data(user), **(data or {})}) for host in hosts]
    state = State(inventory=Inventory((names, {})), config=Config(**config))
    connect_all(state)
    try:
        yield state
    finally:
        disconnect_all(state)


def trips(state: State) -> list[int]:
    """The longest chain of requests that waited for one another, for each host."""
    return [host.session.round_trips for host in state.inventory]


@operation(is_idempotent=False)
def shell(*commands: str) -> Iterator[str]:
    """Run commands as they are."""
    yield from commands
