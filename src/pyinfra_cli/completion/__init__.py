"""Completion of the command line in bash, zsh and fish.

``pyinfra completion SHELL`` prints what a shell has to be told; the shell then asks this program at every press of the
tab key. Nothing that a candidate comes from is imported: modules are read as text. Only hosts and groups need code of
the user's to be run, that of the inventory, and it can neither print, fail nor take long.
"""

from __future__ import annotations

from .candidates import safely
from .hosts import complete_limit
from .inventory_words import complete_inventory
from .operation_words import complete_operations
from .paths import complete_config, complete_directory, complete_group_data
from .shells import script

__all__ = [
    "complete_config",
    "complete_directory",
    "complete_group_data",
    "complete_inventory",
    "complete_limit",
    "complete_operations",
    "safely",
    "script",
]
