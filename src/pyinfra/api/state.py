"""One run: its hosts, its operations and their results."""

import logging
import resource

from pyinfra._engine.model.callbacks import BaseStateCallback
from pyinfra._engine.model.state import (
    State,
    StateHostMeta,
    StateHostResults,
    StateOperationHostData,
    StateOperationMeta,
    StateStage,
)

from ._public import publish
from .config import Config
from .exceptions import PyinfraError

__all__ = [
    "MAX_PARALLEL",
    "RLIMIT_NOFILE",
    "BaseStateCallback",
    "Config",
    "PyinfraError",
    "State",
    "StateHostMeta",
    "StateHostResults",
    "StateOperationHostData",
    "StateOperationMeta",
    "StateStage",
    "logger",
]

logger = logging.getLogger("pyinfra")

RLIMIT_NOFILE = resource.RLIMIT_NOFILE
# How many hosts the limit of open files leaves room for.
MAX_PARALLEL = max(1, (resource.getrlimit(RLIMIT_NOFILE)[0] - 10) // 3)

publish(
    __name__,
    BaseStateCallback,
    State,
    StateHostMeta,
    StateHostResults,
    StateOperationHostData,
    StateOperationMeta,
    StateStage,
)
