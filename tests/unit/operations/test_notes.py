"""What operations say of why there is nothing to do: with names and values filled in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyinfra import operations
from pyinfra.context import ctx_host
from pyinfra.facts.gpg import GpgKeyrings
from pyinfra.operations import apt

from .one_answer import OneAnswerHost

SOURCES = sorted(Path(operations.__file__).parent.rglob("*.py"))
_UNFILLED = re.compile(r"\{\w*\}|%[sdr]")


def texts(source: Path) -> Iterator[str]:
    """Every text in a call of ``host.noop``, without the values of f-strings."""
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "noop":
            for part in ast.walk(node):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def test_no_note_has_a_place_left_to_be_filled_in() -> None:
    found = {text for source in SOURCES for text in texts(source)}
    assert len(found) > 50
    assert not [text for text in found if _UNFILLED.search(text)]


@pytest.mark.parametrize("present", [True, False])
def test_a_key_that_needs_nothing(present: bool) -> None:
    keyrings = {"/etc/apt/keyrings/a.gpg": {"format": "gpg", "keys": {}}} if present else {}
    stub = OneAnswerHost({GpgKeyrings: keyrings})
    with ctx_host.use(stub):
        made = list(apt.key._inner(keyid="ABCD1234", present=False))
    assert made == []
    assert stub.notes
    assert not [note for note in stub.notes if _UNFILLED.search(note)]
