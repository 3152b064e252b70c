"""The command ``pyinfra``.

It says its version and its help for now; runs are started from Python (``pyinfra.api``).
"""

from __future__ import annotations

import click

from pyinfra.version import __version__

__all__ = ["cli", "main"]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", message="pyinfra: v%(version)s")
@click.argument("words", nargs=-1, metavar="INVENTORY OPERATIONS...")
@click.pass_context
def cli(context: click.Context, words: tuple[str, ...]) -> None:
    """Automate hosts with Python.

    Running inventories and operations from the command line is not there yet: use the Python API, pyinfra.api.
    """
    if words:
        context.fail("running operations from the command line is not there yet: use the Python API, pyinfra.api")
    click.echo(context.get_help())


def main() -> None:
    """Run the command line and leave with its exit status."""
    cli(prog_name="pyinfra")
