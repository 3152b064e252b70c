"""The command line of the examples: hosts that are reached over SSH are hosts in memory, ``@local`` is this machine.

Example: python -m tests.docs.command web1,web2 deploy.py
"""

from __future__ import annotations

from pyinfra._engine.model import connector_registry
from pyinfra_cli.main import main

if __name__ == "__main__":
    connector_registry.BUNDLED["ssh"] = "tests.docs.hosts:ObligingConnector"
    main()
