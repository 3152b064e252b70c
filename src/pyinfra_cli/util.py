"""Old place of what the command line's modules have; kept for programs that import it from here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyinfra import logger
from pyinfra._engine.controller.user_files import run_file
from pyinfra._report.encoding import json_encode
from pyinfra.api import State
from pyinfra.api.command import PyinfraCommand
from pyinfra.api.exceptions import PyinfraError
from pyinfra.api.host import HostData
from pyinfra.api.operation import OperationMeta
from pyinfra.api.state import StateHostMeta, StateHostResults, StateOperationHostData, StateOperationMeta
from pyinfra.context import ctx_config, ctx_host, state
from pyinfra.progress import progress_spinner
from pyinfra_cli.exceptions import CliError, UnexpectedExternalError
from pyinfra_cli.run.preparing import load_deploy_file, load_func
from pyinfra_cli.words.lookup import try_import_module_attribute
from pyinfra_cli.words.values import parse_cli_arg

__all__ = [
    "CliError",
    "HostData",
    "OperationMeta",
    "PyinfraCommand",
    "PyinfraError",
    "State",
    "StateHostMeta",
    "StateHostResults",
    "StateOperationHostData",
    "StateOperationMeta",
    "UnexpectedExternalError",
    "ctx_config",
    "ctx_host",
    "exec_file",
    "is_subdir",
    "json_encode",
    "load_deploy_file",
    "load_func",
    "logger",
    "parse_cli_arg",
    "progress_spinner",
    "state",
    "try_import_module_attribute",
]


def exec_file(filename: str, return_locals: bool = False, is_deploy_code: bool = False) -> dict[str, Any]:
    """Run a Python file.

    Args:
        filename: the file.
        return_locals: return the names that it defined; an empty dictionary otherwise.
        is_deploy_code: without a meaning; errors are the caller's either way.

    Raises:
        UnexpectedExternalError: the file raised something else than an error of this package.
    """
    try:
        names = run_file(filename)
    except PyinfraError:
        raise
    except Exception as error:
        raise UnexpectedExternalError(error, filename) from error
    return names if return_locals else {}


def is_subdir(child: str, parent: str) -> bool:
    """Whether a path lies below another one, or is the same."""
    return Path(child).resolve().is_relative_to(Path(parent).resolve())
