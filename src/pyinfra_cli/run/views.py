"""Chooses what is shown, and where."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, TextIO, cast

from pyinfra._core.records import changed
from pyinfra._report.view import View, Views

if TYPE_CHECKING:
    from pyinfra._report.console.options import Color, Output
    from pyinfra_cli.options import Options


class _Nowhere(io.StringIO):
    """Takes text and forgets it."""

    def write(self, text: str) -> int:
        return len(text)


def make_view(options: Options, stdout: TextIO) -> Views:
    """Make the views that the options ask for.

    Args:
        options: of the command line.
        stdout: where results go; the user's own prints may go elsewhere.
    """
    views: list[View] = [_console(options)]
    if options.debug_operations:
        pass  # they are a document of their own
    elif options.json_output or options.output == "json":
        from pyinfra._report.document import DocumentView

        views.append(DocumentView(stdout))
    elif options.output == "jsonl":
        from pyinfra._report.stream import StreamView

        views.append(StreamView(stdout))
    if options.junit:
        from pyinfra._report.junit import JUnitView

        views.append(JUnitView(options.junit))
    if options.github or (options.output == "ci" and os.environ.get("GITHUB_ACTIONS") == "true"):
        from pyinfra._report.github import GitHubView

        views.append(GitHubView(sys.stderr if options.is_machine_readable else stdout))
    return Views(views)


def _console(options: Options) -> View:
    from pyinfra._report.console import ConsoleOptions, console_view

    chosen = ConsoleOptions(
        "quiet" if options.is_machine_readable else cast("Output", options.output),
        options.verbosity,
        cast("Color", options.color),
        options.diff,
    )
    if options.is_machine_readable:  # a program reads standard output
        chosen = changed(chosen, stdout=_Nowhere())
    return console_view(chosen)
