"""Takes docstrings of the house form apart: prose, then sections such as ``Args:`` and ``Example:``.

Example:
    >>> parse_docstring("Do it.\\n\\nArgs:\\n    path: where to.")[1].items
    [('path', 'where to.')]
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from dataclasses import dataclass
from textwrap import dedent

_SECTION = re.compile(r"^(Args|Attributes|Raises|Returns|Example|Examples):$")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a docstring.

    Args:
        title: ``Args``, ``Raises``...; empty for prose.
        text: its lines without their common indentation.
    """

    title: str
    text: str

    @property
    def is_code(self) -> bool:
        """Whether it is an example."""
        return self.title.startswith("Example")

    @property
    def items(self) -> list[tuple[str, str]]:
        """Names and what is said of them. Text before the first name has an empty one."""
        found: list[tuple[str, str]] = []
        for line in self.text.splitlines():
            if line[:1].strip() and ":" in line:
                name, _, rest = line.partition(":")
                found.append((name, rest.strip()))
            elif found:
                found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
            else:
                found.append(("", line.strip()))
        return found


def parse_docstring(text: str) -> list[Section]:
    """Part a docstring into its sections; those without text are left out.

    Args:
        text: without common indentation, as ``inspect.getdoc`` and ``ast.get_docstring`` give it.
    """
    sections: list[Section] = []
    title, lines = "", list[str]()
    for line in text.splitlines():
        found = _SECTION.match(line)
        if found is None:
            lines.append(line)
            continue
        sections.append(_section(title, lines))
        title, lines = found[1], []
    sections.append(_section(title, lines))
    return [section for section in sections if section.text]


def _section(title: str, lines: Iterable[str]) -> Section:
    return Section(title, inspect.cleandoc("\n" + "\n".join(lines)).strip())


def summary(text: str) -> str:
    """Return the first paragraph of a docstring as one line.

    Example:
        >>> summary("Do\\nthis.\\n\\nMore of it.")
        'Do this.'
    """
    return " ".join(dedent(text).strip().partition("\n\n")[0].split())


def plain(text: str) -> str:
    """Return text without the marks that docstrings put around code.

    Example:
        >>> plain("Run ``uptime``.")
        'Run uptime.'
    """
    return text.replace("``", "")
