"""Which connectors there are: those of this package, and those that other packages announce by entry points.

Entry points are read once in a process, and not at all where only connectors of this package are used: looking through
all installed packages takes longer than anything else that an inventory takes. A connector's module is imported when
it is first used.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from pyinfra._core.errors import NoConnectorError
from pyinfra._core.suggestions import did_you_mean

GROUP = "pyinfra.connectors"
# The same as in the package's metadata, so that a checkout that is not installed has them too.
BUNDLED = {
    "fake": "pyinfra.connectors.fake:FakeConnector",
    "local": "pyinfra.connectors.local:LocalConnector",
    "ssh": "pyinfra.connectors.ssh:SSHConnector",
}


@cache
def connector_points() -> dict[str, str]:
    """Return the places (``module:name``) of all connectors by name. No package can take the name of a bundled one."""
    from importlib.metadata import entry_points

    return {**{point.name: point.value for point in entry_points(group=GROUP)}, **BUNDLED}


@cache
def load_connector(name: str) -> Any:
    """Return the class of a connector.

    Raises:
        NoConnectorError: when there is none of that name, or it cannot be imported.
    """
    place = BUNDLED.get(name) or connector_points().get(name)
    if place is None:
        known = ", ".join(sorted(connector_points()))
        raise NoConnectorError(
            f"there is no connector {name!r}{did_you_mean(name, connector_points())}", hint=f"installed: {known}"
        )
    module, _, attribute = place.partition(":")
    try:
        return getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise NoConnectorError(f"the connector {name!r} cannot be loaded from {place}: {error}") from error


def get_all_connectors() -> dict[str, Any]:
    """Return the classes of all connectors by name."""
    return {name: load_connector(name) for name in connector_points()}


def get_execution_connectors() -> dict[str, Any]:
    """Return the classes of the connectors that run commands, by name."""
    return {name: connector for name, connector in get_all_connectors().items() if connector.handles_execution}


def get_execution_connector(name: str) -> Any:
    """Return the class of a connector that runs commands."""
    connector = load_connector(name)
    if not connector.handles_execution:
        raise NoConnectorError(f"the connector {name!r} only lists hosts, it cannot run commands on them")
    return connector
