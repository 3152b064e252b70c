"""What a page of the documents is made of: blocks of text between fences, and what each of them is for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LABEL = re.compile(r"`([\w./-]+)`:\n\n?\Z")


@dataclass(frozen=True)
class Block:
    """What stands between two fences.

    Attributes:
        page: where it is.
        line: its first line, from 0.
        language: the word behind the fence.
        text: what it says.
        filename: of the file that it is, when the line above it says so: "`deploy.py`:".
        follows: whether nothing is between it and the block before it.
    """

    page: Path
    line: int
    language: str
    text: str
    filename: str | None
    follows: bool


def blocks_of(page: Path) -> list[Block]:
    """Return the blocks of a page."""
    text = page.read_text()
    found: list[Block] = []
    end = 0
    for match in _FENCE.finditer(text):
        before = text[end : match.start()]
        label = _LABEL.search(before)
        line = text.count("\n", 0, match.start(2))
        found.append(Block(page, line, match[1], match[2], label and label[1], bool(found) and not before.strip()))
        end = match.end()
    return found
