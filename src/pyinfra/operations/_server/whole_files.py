"""What operations on whole files of settings share."""

from __future__ import annotations

from typing import Any

from pyinfra.api import OperationError, OperationTypeError, OperationValueError, QuoteString, StringCommand
from pyinfra.facts._shell import path_word
from pyinfra.operations._files.editing import PresentText
from pyinfra.operations._files.entries import make_parents
from pyinfra.operations._files.paths import missing_parents
from pyinfra.operations._files.uploading import Commands


def present_text(path: str) -> PresentText:
    """Read a text file.

    Raises:
        OperationError: it cannot be read, or is no such thing.
    """
    there = PresentText.read(path)
    if there.found and there.data is None:  # errors are to be ignored: it must not be taken for an empty one
        raise OperationError(f"{path} could not be read")
    return there


def write(there: PresentText, text: str) -> Commands:
    """Yield what gives a file another text; directories that are missing above a new one are made."""
    missing = missing_parents(there.path) if there.data is None else []
    yield from make_parents(missing)
    rewriting = list(there.become(text))
    if there.data and text.startswith(there.text):
        # Adding at the end needs nobody's consent: whoever else adds something at the same time keeps it.
        added = QuoteString(text.removeprefix(there.text))
        yield StringCommand("printf %s", added, ">>", path_word(there.path))
    else:
        yield from rewriting


def with_line(text: str, line: str) -> str:
    """Return a text with a line more at its end."""
    start = text if not text or text.endswith("\n") else f"{text}\n"
    return f"{start}{line}\n"


def checked_word(value: Any, argument: str) -> str:
    """Return a word of a line of settings.

    Raises:
        OperationTypeError: it is no text.
        OperationValueError: it is empty, or blanks or a comment would make something else of it.
    """
    if not isinstance(value, str):
        raise OperationTypeError(f"{argument} must be a text, not {type(value).__name__}: {value!r}", argument=argument)
    if not value or "#" in value or not value.isprintable() or any(map(str.isspace, value)):
        raise OperationValueError(f"{argument} {value!r} is not one word", argument=argument)
    return value
