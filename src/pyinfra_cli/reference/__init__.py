"""``pyinfra help``: the reference of operations, facts, connectors and settings in the terminal."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence

import click

__all__ = ["show"]

_WIDTH = 80
_WIDEST = 100  # longer lines are hard to read


def show(words: Sequence[str]) -> None:
    """Print pages of the reference; through a pager when they are longer than the terminal.

    Args:
        words: topics: ``files.line``, ``facts.files.File``, ``files``, ``@ssh``, ``arguments``, ``exit-codes``... A
            list of what there is when there are none.

    Raises:
        CliError: there is no such topic.

    Example:
        show(["files.line"])
    """
    from .layout import render
    from .pages import overview
    from .topics import page_on

    at_terminal = sys.stdout.isatty()
    size = shutil.get_terminal_size((_WIDTH, 24))
    width = min(size.columns, _WIDEST) if at_terminal else _WIDTH
    styled = at_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    pages = [page_on(word, width) for word in words] or [overview()]
    text = "\n\n".join(render(page, width, styled) for page in pages)
    if at_terminal and text.count("\n") + 2 > size.lines:
        # None leaves it to click to tell the pager about bold headings.
        click.echo_via_pager(text, color=None if styled else False)
    else:
        click.echo(text, color=styled)
