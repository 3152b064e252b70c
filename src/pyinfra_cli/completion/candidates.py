"""What all functions for completion have in common: told a context and text, they give candidates and never fail."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from pyinfra_cli.reference.source import modules_of_here

Candidate = tuple[str, str]
Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem[str]]]
_LONGEST_HELP = 80


def safely(
    complete: Callable[[click.Context, str], Iterable[Candidate]],
) -> Completer:
    """Make a function for ``shell_complete`` from one that yields values and what they mean.

    The result works in the directory of ``--chdir``, gives each candidate that begins with the text once, and none
    when something goes wrong: there is nobody who could be told.

    Args:
        complete: takes the context and the text so far.
    """

    @wraps(complete)
    def completed(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
        found: dict[str, str] = {}
        # Whatever there is up to an error is still right.
        with contextlib.suppress(Exception), _working_directory(ctx):
            for value, meaning in complete(ctx, incomplete):
                if value.startswith(incomplete) and value.isprintable():
                    found.setdefault(value, meaning)
        return [CompletionItem(value, help=_one_line(meaning)) for value, meaning in found.items()]

    return completed


@contextlib.contextmanager
def _working_directory(ctx: click.Context) -> Iterator[None]:
    directory = ctx.params.get("chdir") or Path.cwd()
    with contextlib.chdir(directory), modules_of_here():
        yield


def _one_line(meaning: str) -> str | None:
    text = " ".join(meaning.split())
    text = "".join(letter for letter in text if letter.isprintable())
    return (text if len(text) <= _LONGEST_HELP else f"{text[: _LONGEST_HELP - 3]}...") or None


def with_lead(lead: str, candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """Put text in front of candidates that stand for a part of a word."""
    return ((lead + value, meaning) for value, meaning in candidates)
