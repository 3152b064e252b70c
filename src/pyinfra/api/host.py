"""One target: its data, connection, facts and operations."""

import importlib
import logging
from typing import Any

from pyinfra._core.context import ctx_config
from pyinfra._core.output import CommandOutput
from pyinfra._engine.facts.base import FactBase, ShortFactBase
from pyinfra._engine.facts.reads import get_fact
from pyinfra._engine.model.connector_registry import get_execution_connector
from pyinfra._engine.model.host import Host
from pyinfra._engine.model.host_data import HostData, extract_callable_datas

from ._public import publish
from .exceptions import ConnectError
from .output import format_text
from .util import memoize, sha1_hash

__all__ = [
    "CommandOutput",
    "ConnectError",
    "FactBase",
    "Host",
    "HostData",
    "ShortFactBase",
    "ctx_config",
    "extract_callable_datas",
    "format_text",
    "get_execution_connector",
    "get_fact",
    "logger",
    "memoize",
    "sha1_hash",
]

logger = logging.getLogger("pyinfra")

publish(__name__, Host, HostData)

# Names that other packages may import from here; they live in a layer above this one.
_ELSEWHERE = {
    "BaseConnector": "pyinfra.connectors.base",
    "remove_any_sudo_askpass_file": "pyinfra.connectors.util",
}


def __getattr__(name: str) -> Any:
    if name in _ELSEWHERE:
        return getattr(importlib.import_module(_ELSEWHERE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
