"""Pages for a terminal: blocks of text, laid out for a width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import dedent, indent, wrap

import click

from .docstrings import plain

_INDENT = 2
_LONGEST_TERM = 26  # longer ones get a line of their own
_BULLETS = ("- ", "* ")


@dataclass(frozen=True, slots=True)
class Heading:
    """A line above what follows."""

    text: str


@dataclass(frozen=True, slots=True)
class Prose:
    """Text of a docstring: paragraphs, lists, and indented lines that stay as they are."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Lines that stay as they are."""

    text: str


@dataclass(frozen=True, slots=True)
class Terms:
    """Names, and what they mean, side by side."""

    rows: Sequence[tuple[str, str]]


Block = Heading | Prose | Code | Terms


def render(blocks: Iterable[Block], width: int, styled: bool = False) -> str:
    """Return a page as text.

    Args:
        blocks: what is on the page; those without text are left out.
        width: of the terminal, in characters.
        styled: whether headings may be bold.

    Example:
        >>> print(render([Heading("Groups"), Terms([("web", "Those that serve.")])], width=40))
        Groups
          web  Those that serve.
    """
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Heading):
            lines += [*([""] if lines else []), click.style(block.text, bold=True) if styled else block.text]
            continue
        body = list(_laid_out(block, max(width - _INDENT, 20)))
        # Right below a heading there is no empty line.
        apart = bool(lines) and bool(body) and lines[-1].startswith(" " * _INDENT)
        lines += [*([""] if apart else []), *(" " * _INDENT + line if line else "" for line in body)]
    return "\n".join(lines)


def _laid_out(block: Prose | Code | Terms, width: int) -> Iterator[str]:
    if isinstance(block, Code):
        yield from block.text.splitlines()
    elif isinstance(block, Prose):
        yield from _paragraphs(block.text, width)
    else:
        yield from _columns(block.rows, width)


def _paragraphs(text: str, width: int) -> Iterator[str]:
    for number, paragraph in enumerate(filter(None, (part.strip("\n") for part in text.split("\n\n")))):
        if number:
            yield ""
        lines = paragraph.splitlines()
        if all(line.startswith(" ") for line in lines):
            yield from indent(dedent(paragraph), "  ").splitlines()
            continue
        for item in _items(lines):
            hanging = "  " if item.startswith(_BULLETS) else ""
            yield from _wrapped(item, width, hanging)


def _items(lines: Iterable[str]) -> Iterator[str]:
    """Join the lines of a paragraph; the points of a list stay apart."""
    item = ""
    for line in lines:
        if item and line.startswith(_BULLETS):
            yield item
            item = ""
        item = f"{item} {line.strip()}".strip()
    if item:
        yield item


def _columns(rows: Sequence[tuple[str, str]], width: int) -> Iterator[str]:
    fitting = [len(term) for term, _ in rows if len(term) <= _LONGEST_TERM]
    column = max(fitting, default=_LONGEST_TERM) + 2
    for term, text in rows:
        meaning = list(_wrapped(text, max(width - column, 20)))
        if len(term) + 2 > column:
            yield term
        else:
            yield f"{term:{column}}{meaning.pop(0) if meaning else ''}".rstrip()
        yield from (" " * column + line for line in meaning)


def _wrapped(text: str, width: int, hanging: str = "") -> Iterator[str]:
    yield from wrap(plain(text), width, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False)
