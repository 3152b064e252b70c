"""Agentless infrastructure automation: read the state of hosts, plan, and run only what is needed.

Deploy files use the objects of this module; they stand for the host, run, inventory and configuration that the
running code is about.

Example:
    from pyinfra import host
    from pyinfra.operations import apt, server

    if host.get_fact(LinuxName) == "Debian":
        apt.packages(name="Install the web server", packages=["nginx"], _sudo=True)
"""

from __future__ import annotations

import logging

from .context import config, host, init_base_classes, inventory, state
from .version import __version__

logger = logging.getLogger("pyinfra")

# True in a process of the command line, which sets it before it loads anything of the user's.
is_cli: bool = False

__all__ = ["__version__", "config", "host", "init_base_classes", "inventory", "is_cli", "logger", "state"]
