"""Candidates that are files and directories of this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .candidates import Candidate, safely

if TYPE_CHECKING:
    import click


def python_files(text: str) -> Iterator[Candidate]:
    """Yield Python files and directories whose path begins with a text."""
    return paths(text, lambda name: name.endswith(".py"))


def paths(text: str, is_wanted: Callable[[str], bool] = bool) -> Iterator[Candidate]:
    """Yield files and directories whose path begins with a text, in alphabetical order, directories with a slash.

    Args:
        text: a path so far; hidden files only come with their dot.
        is_wanted: asked about the names of files.
    """
    folder, slash, beginning = text.rpartition("/")
    lead = folder + slash
    try:
        entries = sorted(os.scandir(Path(lead).expanduser()), key=lambda entry: entry.name)
    except (OSError, RuntimeError):  # not there, not readable, or of a user who does not exist
        return
    for entry in entries:
        if not entry.name.startswith(beginning) or (entry.name[0] == "." and not beginning) or entry.name[:2] == "__":
            continue
        if entry.is_dir():
            yield f"{lead}{entry.name}/", ""
        elif is_wanted(entry.name):
            yield lead + entry.name, ""


@safely
def complete_group_data(ctx: click.Context, incomplete: str) -> Iterator[Candidate]:
    """Complete ``--group-data``: Python files and directories."""
    return python_files(incomplete)


@safely
def complete_config(ctx: click.Context, incomplete: str) -> Iterator[Candidate]:
    """Complete ``--config``: Python files."""
    return python_files(incomplete)


@safely
def complete_directory(ctx: click.Context, incomplete: str) -> Iterator[Candidate]:
    """Complete ``--chdir``: directories."""
    return paths(incomplete, lambda name: False)
