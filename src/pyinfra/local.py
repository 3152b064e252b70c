"""What deploy files do on this machine: run other files, run commands.

Example:
    from pyinfra import local

    local.include("tasks/web.py", data={"port": 8080})
    version = local.shell("git describe --tags")
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pyinfra
from pyinfra._core.context import config, ctx_config, ctx_state, host, state
from pyinfra._core.display import visible
from pyinfra._core.errors import PyinfraError
from pyinfra._engine.controller.files import get_file_path
from pyinfra._engine.controller.processes import run_local_process
from pyinfra._engine.controller.styling import echo
from pyinfra._engine.controller.user_files import run_file

__all__ = [
    "PyinfraError",
    "config",
    "ctx_state",
    "echo",
    "get_file_path",
    "host",
    "include",
    "logger",
    "run_local_process",
    "shell",
    "state",
]

logger = logging.getLogger("pyinfra")


def include(filename: str, data: dict[str, Any] | None = None) -> None:
    """Run another deploy file here. The names of its operations begin with the file's name.

    What it sets in ``config`` is undone afterwards.

    Args:
        filename: path, relative to the working directory of the run; to the including file when it begins with ``./``.
        data: defaults for ``host.data`` in that file.

    Raises:
        PyinfraError: outside of the command line, or when there is no such file.
    """
    if not pyinfra.is_cli:
        raise PyinfraError("local.include is for deploy files that the command line runs; import the file instead")
    path = get_file_path(ctx_state.get(), filename)
    shown = _relative(path, ctx_state.get().cwd)
    if not Path(path).is_file():
        raise PyinfraError(f"there is no file {shown} to include")
    logger.debug("including %s", shown)
    current = ctx_config.get() or ctx_state.get().config
    with host.deploy(shown, None, data, in_deploy=False), ctx_config.use(current.copy()):
        run_file(path)


def _relative(path: str, directory: str | None) -> str:
    try:
        return str(Path(path).relative_to(directory or Path.cwd()))
    except ValueError:
        return path


def shell(
    commands: str | list[str],
    splitlines: bool = False,
    ignore_errors: bool = False,
    print_output: bool = False,
    print_input: bool = False,
) -> str | list[str]:
    """Run commands on this machine and return what they print.

    Args:
        commands: a shell command line, or several.
        splitlines: return a list of lines.
        ignore_errors: go on after a command that fails.
        print_output: print what they print.
        print_input: print the commands.

    Raises:
        PyinfraError: a command ended with another exit status than 0.
    """
    lines: list[str] = []
    for command in [commands] if isinstance(commands, str) else commands:
        text = command.get_raw_value() if hasattr(command, "get_raw_value") else str(command)
        prefix = "localhost: "
        if print_input:
            echo(f"{prefix}>>> {visible(str(command))}", err=True)
        status, output = run_local_process(text, print_output=print_output, print_prefix=prefix)
        if status != 0 and not ignore_errors:
            raise PyinfraError(
                f"the local command failed with exit status {status}: {command}",
                command=str(command),
                exit_status=status,
                last_lines=tuple(output.output_lines[-10:]),
            )
        lines.extend(output.stdout_lines)
    return lines if splitlines else "\n".join(lines)
