"""Runs the operations of a run."""

import logging

from pyinfra._core.context import ctx_host, ctx_state
from pyinfra._core.output import CommandOutput, OutputLine
from pyinfra._engine.controller.spinner import progress_spinner
from pyinfra._engine.execute.runs import run_host_op, run_ops

from .arguments import ConnectorArguments
from .command import FunctionCommand, PyinfraCommand, StringCommand
from .exceptions import NestedOperationError, PyinfraError
from .output import format_text
from .util import (
    format_exception,
    log_error_or_warning,
    log_host_command_error,
    log_operation_start,
    print_host_combined_output,
)

__all__ = [
    "CommandOutput",
    "ConnectorArguments",
    "FunctionCommand",
    "NestedOperationError",
    "OutputLine",
    "PyinfraCommand",
    "PyinfraError",
    "StringCommand",
    "ctx_host",
    "ctx_state",
    "format_exception",
    "format_text",
    "log_error_or_warning",
    "log_host_command_error",
    "log_operation_start",
    "logger",
    "print_host_combined_output",
    "progress_spinner",
    "run_host_op",
    "run_ops",
]

logger = logging.getLogger("pyinfra")
