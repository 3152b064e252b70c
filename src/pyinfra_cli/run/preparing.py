"""Runs deploy files and functions for every host, so that their operations are planned."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from pyinfra._engine.controller.user_files import compile_file, run_file
from pyinfra._engine.prepare.adding import run_deploy_code
from pyinfra.api import State
from pyinfra_cli.run.user_code import running_user_code


def check_deploy_files(filenames: Sequence[str]) -> None:
    """Compile deploy files, so that mistakes in the last one show before anything is connected to.

    Raises:
        UserCodeError: a file is no Python, or cannot be read.
    """
    for filename in filenames:
        with running_user_code(filename):
            compile_file(os.path.abspath(filename))  # noqa: PTH100 - symbolic links stay as they are


def load_deploy_file(state: State, filename: str) -> None:
    """Run a deploy file for every active host, and plan its operations.

    Args:
        state: the run.
        filename: relative to the working directory of the run.

    Raises:
        RunStoppedError: so many hosts failed that the run does not go on.
    """
    path = os.path.join(state.cwd or "", filename)  # noqa: PTH118 - symbolic links stay as they are
    state.current_deploy_filename = filename
    state.current_exec_filename = path
    run_deploy_code(state, lambda: run_file(path))
    state.current_op_file_number += 1


def load_func(state: State, op_func: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Call an operation, or a function that calls operations, for every active host, and plan them.

    Args:
        state: the run.
        op_func: the function.
        args: its arguments.
        kwargs: its arguments and global arguments.

    Raises:
        RunStoppedError: so many hosts failed that the run does not go on.
    """
    run_deploy_code(state, lambda: op_func(*args, **kwargs))
