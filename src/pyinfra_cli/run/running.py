"""One run of the command line, from words to exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

import click

from pyinfra_cli.run.exit_codes import ExitCode
from pyinfra_cli.run.process_state import process_of_a_run
from pyinfra_cli.run.rerun import rerun_with
from pyinfra_cli.run.signals import signals_as_exceptions
from pyinfra_cli.run.steps import Run
from pyinfra_cli.run.views import make_view

if TYPE_CHECKING:
    from pyinfra._report.view import View
    from pyinfra_cli.options import Options


def run_command(inventory: str, words: Sequence[str], options: Options, arguments: Sequence[str]) -> int:
    """Do what a command line asks for and return the exit status.

    Args:
        inventory: the first word.
        words: the other ones.
        options: what was given as options.
        arguments: the whole command line without the program, to tell how to run it again.
    """
    stdout = sys.stdout
    view = make_view(options, stdout)
    run = Run(inventory, words, options, view, stdout)
    # What deploy code prints must not get into a document.
    prints = redirect_stdout(sys.stderr if options.is_machine_readable else stdout)
    code: int = ExitCode.FAILED
    with process_of_a_run(options, view), signals_as_exceptions(), prints:
        try:
            code = run.do(rerun_with(arguments))
        except BaseException as error:  # noqa: BLE001 - every end is reported, and mistakes of ours too
            code = run.failed(error)
        finally:
            run.leave()
            code = _end(view, code)
    return int(code)


def _end(view: View, code: int) -> int:
    try:
        view.end(code)
    except BrokenPipeError:  # whoever read the output has seen enough; the interpreter must not try again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return code or ExitCode.FAILED
    except OSError as error:
        click.echo(f"--> Error: the results cannot be written: {error}", err=True)
        return code or ExitCode.FAILED
    return code
