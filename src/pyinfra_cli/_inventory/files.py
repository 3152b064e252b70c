"""Inventories in files: lists of hosts are groups."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

from pyinfra._core.errors import InventoryError
from pyinfra._core.locations import user_trace
from pyinfra._engine.controller.user_files import run_file
from pyinfra_cli.run.user_code import UserCodeError, running_user_code

from .definition import ALL, Definition, definition_of_groups, grouped_as
from .places import Places

logger = logging.getLogger("pyinfra")

ALLOWED_HOST_TYPES = (str, tuple)


def run_user_file(path: Path, what: str) -> dict[str, Any]:
    """Run a file and return the names that it defined.

    Args:
        path: the file.
        what: what it is, for messages: ``inventory``.

    Raises:
        InventoryError: it cannot be read.
        UserCodeError: it raised, or is no Python.
    """
    full = os.path.abspath(path)  # noqa: PTH100 - symbolic links stay as they are
    try:
        with running_user_code(str(path)):
            return run_file(full)
    except UserCodeError as error:
        cause = error.__cause__
        if isinstance(cause, OSError) and not user_trace(cause):  # of reading the file, and not of what it does
            raise InventoryError(f"the {what} file {path} cannot be read: {cause.strerror}") from cause
        raise


def definition_of_file(path: Path) -> Definition:
    """Run an inventory file. Its hosts all join a group named after the file.

    Args:
        path: the file.

    Raises:
        InventoryError: it cannot be read, or has something that looks like a group but is none.
        UserCodeError: it raised.
    """
    names = run_user_file(path, "inventory")
    candidates = {name: value for name, value in names.items() if not name.startswith("_") and _is_group(name, value)}
    definition = definition_of_groups(candidates, str(path), Places(path))
    if not candidates:
        logger.warning("the inventory file %s has no list of hosts", path)
    return definition if path.stem == ALL else grouped_as(definition, path.stem)


def _is_group(name: str, value: Any) -> bool:
    if isinstance(value, tuple):
        if len(value) != 2 or not isinstance(value[0], list):
            return False
        value = value[0]
    if not isinstance(value, list):
        return False
    if all(_is_host(entry) for entry in value):
        return True
    wrong = next(entry for entry in value if not _is_host(entry))
    logger.warning("the list %r in the inventory is no group: %.60r is no host (other lists begin with _)", name, wrong)
    return False


def _is_host(entry: Any) -> bool:
    if isinstance(entry, tuple):
        return bool(entry) and isinstance(entry[0], str)
    return isinstance(entry, ALLOWED_HOST_TYPES)
