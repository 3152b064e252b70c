"""Deploys: functions that call operations, with a name, global arguments and data of their own."""

from pyinfra._core.context import ctx_host, ctx_state
from pyinfra._engine.prepare.adding import add_deploy
from pyinfra._engine.prepare.deploys import deploy

from .arguments import pop_global_arguments
from .arguments_typed import PyinfraOperation
from .exceptions import PyinfraError
from .host import Host
from .util import get_call_location

__all__ = [
    "Host",
    "PyinfraError",
    "PyinfraOperation",
    "add_deploy",
    "ctx_host",
    "ctx_state",
    "deploy",
    "get_call_location",
    "pop_global_arguments",
]
