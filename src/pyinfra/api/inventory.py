"""The hosts of a run, their groups and their data."""

from typing import Any

from pyinfra._engine.model import inventory_input
from pyinfra._engine.model.connector_registry import get_all_connectors, get_execution_connectors
from pyinfra._engine.model.inventory import Inventory

from ._public import publish
from .exceptions import NoConnectorError, NoGroupError, NoHostError
from .host import Host

__all__ = [
    "Host",
    "Inventory",
    "NoConnectorError",
    "NoGroupError",
    "NoHostError",
    "extract_name_data",
    "get_all_connectors",
    "get_execution_connectors",
]

publish(__name__, Inventory)


def extract_name_data(names: list[Any]) -> list[tuple[str, Any]]:
    """Return hosts as pairs of name and data.

    Args:
        names: names, or pairs of name and data.

    Raises:
        InventoryError: saying what is wrong with which host.
    """
    return inventory_input.extract_name_data(names)
