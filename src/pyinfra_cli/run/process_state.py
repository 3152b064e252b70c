"""What a run changes in its process, and puts back: programs run the command line inside of themselves."""

from __future__ import annotations

import logging
import os
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pyinfra
from pyinfra._core.questions import leave_terminal_with
from pyinfra.context import ctx_inventory, ctx_state
from pyinfra_cli.exceptions import CliError
from pyinfra_cli.log import setup_logging

if TYPE_CHECKING:
    from pyinfra._report.view import View
    from pyinfra_cli.options import Options


@contextmanager
def process_of_a_run(options: Options, view: View) -> Iterator[None]:
    """Set up the process for a run.

    Args:
        options: how much is to be said.
        view: gets what is logged, and leaves the terminal to whoever asks a question.
    """
    failures = logging.getLogger("pyinfra.failures")
    before = pyinfra.is_cli, sys.dont_write_bytecode, list(sys.path), failures.disabled, ctx_state.get()
    inventory = ctx_inventory.get()
    debug = options.debug or options.debug_all
    setup_logging(logging.DEBUG if debug else logging.INFO, logging.DEBUG if options.debug_all else None, view.log)
    failures.disabled = not debug  # views show failures themselves, in full
    pyinfra.is_cli = sys.dont_write_bytecode = True
    leave_terminal_with(view.paused)
    try:
        yield
    finally:
        leave_terminal_with(nullcontext)
        pyinfra.is_cli, sys.dont_write_bytecode, sys.path[:], failures.disabled, state = before
        ctx_state.set(state)
        ctx_inventory.set(inventory)


def enter_directory(directory: str | None) -> None:
    """Change to a directory, and let modules be imported from where we are, before those of installed packages.

    Raises:
        CliError: there is no such directory.
    """
    if directory is not None:
        try:
            os.chdir(directory)
        except OSError as error:
            raise CliError(f"cannot change to the directory {directory}: {error.strerror}") from error
    # After the standard library: a user's ``copy.py`` must not take the place of Python's own.
    library = sysconfig.get_path("platstdlib")
    position = max(
        (n + 1 for n, path in enumerate(sys.path) if path.startswith(library) and "-packages" not in path), default=0
    )
    for path in (".", str(Path.cwd())):
        if path not in sys.path:
            sys.path.insert(position, path)
