"""Blocks between markers, as pure functions."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyinfra._lib.block_edit import BlockEdit, Place

EDIT = BlockEdit("# BEGIN", "# END")
TEXTS = st.lists(st.sampled_from(["a", "b", "", "# BEGIN", "# END", "# BEGIN "]), max_size=9).map("\n".join)


@pytest.mark.parametrize(
    ("text", "place", "pattern", "expected"),
    [
        ("", Place.END, None, "# BEGIN\nx\n# END\n"),
        ("a", Place.END, None, "a\n# BEGIN\nx\n# END\n"),
        ("a\nb\n", Place.START, None, "# BEGIN\nx\n# END\na\nb\n"),
        ("a\nb\na\n", Place.BEFORE, "^a", "# BEGIN\nx\n# END\na\nb\na\n"),
        ("b\na\nc\n", Place.AFTER, "a", "b\na\n# BEGIN\nx\n# END\nc\n"),
        ("b\na", Place.AFTER, "a", "b\na\n# BEGIN\nx\n# END\n"),
        ("b\n", Place.BEFORE, "a", "b\n# BEGIN\nx\n# END\n"),
        ("# BEGIN\n# BEGIN\ny\n# END\nb", Place.START, None, "# BEGIN\n# BEGIN\nx\n# END\nb"),
        ("# END\n# BEGIN\n# END", Place.START, None, "# END\n# BEGIN\nx\n# END"),
    ],
)
def test_places(text: str, place: Place, pattern: str | None, expected: str) -> None:
    compiled = re.compile(pattern) if pattern else None
    assert EDIT.ensure(text, ["x"], place, compiled) == expected


@given(TEXTS, st.lists(st.sampled_from(["a", "", "x"]), min_size=1, max_size=3), st.sampled_from(Place), st.booleans())
def test_every_text_converges(text: str, content: list[str], place: Place, ends: bool) -> None:
    text += "\n" if ends and text else ""
    made = EDIT.ensure(text, content, place, re.compile("a"))
    assert EDIT.content(made) == content
    assert EDIT.ensure(made, content, place, re.compile("a")) == made
    gone = EDIT.remove(made)
    assert EDIT.content(gone) is None
    assert EDIT.remove(gone) == gone
    if EDIT.content(text) is None and text.endswith("\n"):
        assert gone == text
