"""What operations yield."""

import logging

from pyinfra._core.argument_types import ConnectorArguments
from pyinfra._core.commands import (
    FileDownloadCommand,
    FileUploadCommand,
    FunctionCommand,
    MaskString,
    PyinfraCommand,
    QuoteString,
    RsyncCommand,
    StringCommand,
    WriteFileCommand,
    make_formatted_string_command,
)
from pyinfra._core.context import LocalContextObject, ctx_config, ctx_host
from pyinfra._core.secrets import HiddenValue

from ._public import publish

__all__ = [
    "ConnectorArguments",
    "FileDownloadCommand",
    "FileUploadCommand",
    "FunctionCommand",
    "HiddenValue",
    "LocalContextObject",
    "MaskString",
    "PyinfraCommand",
    "QuoteString",
    "RsyncCommand",
    "StringCommand",
    "WriteFileCommand",
    "ctx_config",
    "ctx_host",
    "logger",
    "make_formatted_string_command",
]

logger = logging.getLogger("pyinfra")

publish(
    __name__,
    FileDownloadCommand,
    FileUploadCommand,
    FunctionCommand,
    MaskString,
    PyinfraCommand,
    QuoteString,
    RsyncCommand,
    StringCommand,
    WriteFileCommand,
)
