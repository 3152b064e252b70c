"""Facts: what is read from hosts."""

import logging

from pyinfra._core.context import ctx_host, ctx_state
from pyinfra._core.output import CommandOutput
from pyinfra._engine.controller.spinner import progress_spinner
from pyinfra._engine.facts.base import FactBase, ShortFactBase
from pyinfra._engine.facts.reads import get_fact, get_facts, get_short_facts

from ._public import publish
from .arguments import all_global_arguments, pop_global_arguments
from .command import StringCommand
from .exceptions import FactPreconditionError, FactProcessError, MissingCommandError
from .output import format_text
from .state import StateStage
from .util import get_kwargs_str, log_error_or_warning, log_host_command_error, print_host_combined_output

__all__ = [
    "SUDO_REGEX",
    "SU_REGEXES",
    "CommandOutput",
    "FactBase",
    "FactPreconditionError",
    "FactProcessError",
    "MissingCommandError",
    "ShortFactBase",
    "StateStage",
    "StringCommand",
    "all_global_arguments",
    "ctx_host",
    "ctx_state",
    "format_text",
    "get_fact",
    "get_facts",
    "get_kwargs_str",
    "get_short_facts",
    "log_error_or_warning",
    "log_host_command_error",
    "logger",
    "pop_global_arguments",
    "print_host_combined_output",
    "progress_spinner",
]

logger = logging.getLogger("pyinfra")

# What sudo and su say of a user that does not exist (yet): a fact then has its default value.
SUDO_REGEX = r"^sudo: unknown user"
SU_REGEXES = (r"^su: user .+ does not exist", r"^su: unknown login")

publish(__name__, FactBase, ShortFactBase)
