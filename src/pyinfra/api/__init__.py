"""The public Python API.

Example:
    from pyinfra.api import Config, Inventory, State
    from pyinfra.api.connect import connect_all
    from pyinfra.api.operation import add_op
    from pyinfra.api.operations import run_ops
    from pyinfra.operations import server

    state = State(Inventory((["web1", "web2"], {"ssh_user": "app"})), Config())
    connect_all(state)
    results = add_op(state, server.shell, commands=["uptime"])
    run_ops(state)
    for host, result in results.items():
        print(host.name, result.stdout)
"""

from .command import (
    FileDownloadCommand,
    FileUploadCommand,
    FunctionCommand,
    MaskString,
    QuoteString,
    RsyncCommand,
    StringCommand,
    WriteFileCommand,
)
from .config import Config
from .deploy import deploy
from .exceptions import (
    DeployError,
    FactError,
    FactNotCollected,
    FactPreconditionError,
    FactProcessError,
    FactTypeError,
    FactValueError,
    InventoryError,
    MissingCommandError,
    OperationError,
    OperationTypeError,
    OperationValueError,
    PyinfraError,
)
from .facts import FactBase, ShortFactBase
from .hiddenvalue import HiddenValue
from .host import Host
from .inventory import Inventory
from .operation import operation
from .state import BaseStateCallback, State

__all__ = [
    "BaseStateCallback",
    "Config",
    "DeployError",
    "FactBase",
    "FactError",
    "FactNotCollected",
    "FactPreconditionError",
    "FactProcessError",
    "FactTypeError",
    "FactValueError",
    "FileDownloadCommand",
    "FileUploadCommand",
    "FunctionCommand",
    "HiddenValue",
    "Host",
    "Inventory",
    "InventoryError",
    "MaskString",
    "MissingCommandError",
    "OperationError",
    "OperationTypeError",
    "OperationValueError",
    "PyinfraError",
    "QuoteString",
    "RsyncCommand",
    "ShortFactBase",
    "State",
    "StringCommand",
    "WriteFileCommand",
    "deploy",
    "operation",
]
