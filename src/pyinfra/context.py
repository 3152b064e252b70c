"""Which host, run, inventory and configuration the running code is about, and how to set them.

Example:
    >>> with ctx_host.use(inventory.get_host("web1")):
    ...     print(host.name)
    web1
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._core.context import (
    BaseLoader,
    ContextManager,
    ContextObject,
    LocalContextObject,
    config,
    container,
    ctx_config,
    ctx_host,
    ctx_inventory,
    ctx_state,
    host,
    inventory,
    state,
)

if TYPE_CHECKING:
    from pyinfra._engine.model.config import Config
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.inventory import Inventory
    from pyinfra._engine.model.state import State

__all__ = [
    "ContextManager",
    "ContextObject",
    "LocalContextObject",
    "config",
    "container",
    "ctx_config",
    "ctx_host",
    "ctx_inventory",
    "ctx_state",
    "host",
    "init_base_classes",
    "inventory",
    "state",
]


def _config() -> type[Config]:
    from pyinfra._engine.model.config import Config

    return Config


def _host() -> type[Host]:
    from pyinfra._engine.model.host import Host

    return Host


def _inventory() -> type[Inventory]:
    from pyinfra._engine.model.inventory import Inventory

    return Inventory


def _state() -> type[State]:
    from pyinfra._engine.model.state import State

    return State


# Importing the engine is put off until somebody asks an unset proxy for something.
ctx_config.set_base(BaseLoader(_config))
ctx_host.set_base(BaseLoader(_host))
ctx_inventory.set_base(BaseLoader(_inventory))
ctx_state.set_base(BaseLoader(_state))


def init_base_classes() -> None:
    """Load the classes that the proxies of this module look up attributes on while nothing is set."""
    ctx_config.set_base(_config())
    ctx_host.set_base(_host())
    ctx_inventory.set_base(_inventory())
    ctx_state.set_base(_state())
