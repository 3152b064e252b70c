"""The command ``pyinfra``. Everything that a run needs is only imported once it is clear that there will be one."""

from __future__ import annotations

import atexit
import gc
import importlib
import os
from typing import TYPE_CHECKING, Any

import click

from pyinfra._engine.controller.styling import set_echo, set_formatter
from pyinfra.version import __version__
from pyinfra_cli.options import Options, all_options, complete_with

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["cli", "main", "set_echo", "set_formatter"]

_ARGUMENTS = "pyinfra_cli.arguments"


class _Command(click.Command):
    """Remembers the command line, to be able to say how to run it again."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[_ARGUMENTS] = list(args)
        return super().parse_args(ctx, args)


def _print_support(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        from pyinfra_cli.prints import print_support_info

        print_support_info()
        context.exit()


@click.command(
    cls=_Command,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="More: pyinfra help, pyinfra help MODULE.OPERATION, pyinfra help exit-codes.",
)
@click.argument("inventory", shell_complete=complete_with("complete_inventory"))
@click.argument("operations", nargs=-1, shell_complete=complete_with("complete_operations"))
@all_options
@click.option(
    "--support",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_support,
    help="Print versions for a report of a mistake, then end.",
)
@click.version_option(__version__, "--version", message="pyinfra: v%(version)s", help="Print the version, then end.")
@click.pass_context
def cli(context: click.Context, /, inventory: str, operations: tuple[str, ...], **options: Any) -> None:
    """Manage hosts: read how they are, show what will change, and run what is needed.

    INVENTORY is a file, or host names and @connector/names with commas between them. OPERATIONS is one of:

    \b
      deploy.py ...               deploy files
      server.user user=app        one operation, with its arguments
      exec -- systemctl is-system-running
      fact server.Os files.File path=/etc/hosts
      debug-inventory             hosts, groups and data

    Also: pyinfra help ..., pyinfra completion bash|zsh|fish.
    """
    if inventory in ("help", "completion"):
        _explain(inventory, operations)
        return
    if not operations:
        raise click.MissingParameter(ctx=context, param_hint="'OPERATIONS...'", param_type="argument")
    from pyinfra_cli.run.running import run_command

    context.exit(run_command(inventory, operations, Options.of(context), context.meta[_ARGUMENTS]))


def _explain(what: str, words: Sequence[str]) -> None:
    if what == "help":
        from pyinfra_cli import reference

        reference.show(words)
        return
    from pyinfra_cli import completion

    if len(words) != 1:
        raise click.UsageError("completion takes the name of one shell: bash, zsh or fish")
    click.echo(completion.script(words[0]))


def main() -> None:
    """Run the command line and leave with its exit status."""
    import pyinfra
    from pyinfra_cli.run.terminal_state import terminal_restored

    _collect_less()
    pyinfra.is_cli = True
    if "_PYINFRA_COMPLETE" in os.environ:
        importlib.import_module("pyinfra_cli.completion")  # makes the scripts of shells its own
    with terminal_restored():
        cli(prog_name="pyinfra")


def _collect_less() -> None:
    """Spend less on garbage collection: this process is ours, and most of what it makes stays until its end.

    Python looks for garbage after every few hundred new objects, 128 times for the modules of a run alone, and at the
    end, where the kernel takes back everything anyway: that end took 140 ms, and takes 18.
    """
    gc.set_threshold(20_000, 20, 20)
    atexit.register(gc.freeze)
