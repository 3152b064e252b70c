"""Makes inventories from what a command line names.

Example:
    >>> inventory = make_inventory("web1,web2,@local")
    >>> [host.name for host in inventory]
    ['web1', 'web2', '@local']
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyinfra import logger
from pyinfra._engine.model.inventory import Inventory
from pyinfra.context import ctx_inventory
from pyinfra_cli._inventory.definition import Definition, definition_of_hosts, make
from pyinfra_cli._inventory.files import ALLOWED_HOST_TYPES
from pyinfra_cli._inventory.group_data import add_group_data, group_data_files
from pyinfra_cli._inventory.objects import definition_of_object
from pyinfra_cli._inventory.sources import Sources
from pyinfra_cli.exceptions import CliError
from pyinfra_cli.words.lookup import try_import_module_attribute

if TYPE_CHECKING:
    from pyinfra.connectors.sshuserclient.client import get_ssh_config as get_ssh_config
    from pyinfra_cli.util import exec_file as exec_file

__all__ = [
    "ALLOWED_HOST_TYPES",
    "CliError",
    "Inventory",
    "ctx_inventory",
    "exec_file",
    "get_ssh_config",
    "logger",
    "make_inventory",
    "make_inventory_from_files",
    "make_inventory_from_func",
    "make_inventory_from_iterable",
    "try_import_module_attribute",
]

_Data = Mapping[Any, Any]


def make_inventory(
    inventory: str,
    override_data: _Data | None = None,
    cwd: str | None = None,
    group_data_directories: Sequence[str] | None = None,
) -> Inventory:
    """Make an inventory from what was given on the command line.

    Args:
        inventory: a file, or words with commas between them: hosts, ``@connector/name``, files, and objects of
            modules (``module:name``, or ``module.name`` where that is none of a host). Names are not resolved here:
            a host that is not there says so when it is connected to.
        override_data: data that goes over all other.
        cwd: directory that relative paths start from and whose ``group_data`` is read; the present one by default.
        group_data_directories: further files and directories with data of groups.

    Raises:
        InventoryError: no inventory can be made of it.
        NoConnectorError: there is no such connector.
        UserCodeError: code of the user's raised; the cause says what.
        CliError: an object of a module is not there.

    Example:
        make_inventory("inventories/production.py", override_data={"ssh_user": "app"})
    """
    # Relative paths read better in messages.
    sources = Sources(Path(cwd) if cwd and Path(cwd).resolve() != Path.cwd() else Path())
    return _made(sources.read(inventory), sources, override_data, group_data_directories)


def make_inventory_from_files(
    inventory_filename: str,
    override_data: _Data | None = None,
    cwd: str | None = None,
    group_data_directories: Sequence[str] | None = None,
) -> Inventory:
    """Make an inventory from a file, or from names of hosts; arguments and errors are those of ``make_inventory``."""
    return make_inventory(inventory_filename, override_data, cwd, group_data_directories)


def make_inventory_from_func(
    inventory_func: Callable[[], dict[str, list[str | tuple[str, dict[Any, Any]]]]],
    override_data: dict[Any, Any] | None = None,
) -> Inventory:
    """Make an inventory from what a function returns. No files with data of groups are read.

    Args:
        inventory_func: returns hosts, or hosts and data, by group.
        override_data: data that goes over all other.

    Raises:
        InventoryError: what it returned is no inventory.
        UserCodeError: the function raised; the cause says what.
    """
    name = getattr(inventory_func, "__name__", "the function")
    return make(definition_of_object(inventory_func, name), override_data)


def make_inventory_from_iterable(
    hosts: Iterable[str | tuple[str, dict[Any, Any]]], override_data: dict[Any, Any] | None = None
) -> Inventory:
    """Make an inventory from hosts. No files with data of groups are read.

    Args:
        hosts: names, or pairs of name and data.
        override_data: data that goes over all other.

    Raises:
        InventoryError: one of them is no host.
    """
    return make(definition_of_hosts(hosts, "the inventory"), override_data)


def _made(
    definition: Definition, sources: Sources, override_data: _Data | None, group_data: Sequence[str] | None
) -> Inventory:
    # Found before hosts are made: that a directory is missing should not be said after a connector has worked for long.
    files = group_data_files([sources.base, *sources.directories], group_data or (), sources.base)
    inventory = make(definition, override_data)
    add_group_data(inventory, files)
    return inventory


def __getattr__(name: str) -> Any:
    # Names that were importable from here. They need the SSH library and the engine, which this module does without.
    if name == "get_ssh_config":
        from pyinfra.connectors.sshuserclient.client import get_ssh_config

        return get_ssh_config
    if name == "exec_file":
        from pyinfra_cli.util import exec_file

        return exec_file
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
