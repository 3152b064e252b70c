"""Which connectors there are."""

from pyinfra._engine.model.connector_registry import (
    get_all_connectors,
    get_execution_connector,
    get_execution_connectors,
)

__all__ = ["get_all_connectors", "get_execution_connector", "get_execution_connectors"]
