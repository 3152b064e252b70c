"""Replacing as sed does, as pure functions; held to sed itself where both mean the same."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyinfra._lib.substitution import Substitution

SAME_AS_SED = [
    ("a", "X", "", False), ("a", "X", "g", False), ("A", "X", "gi", False), ("a", "X", "2", False),
    ("a*", "-", "g", False), (r"\(a\)\(b\)", r"\2\1", "g", False), ("(a|b)+", r"<\1>", "", True),
    ("[[:space:]]*$", "", "", False), ("^b*", "", "", False), ("a.c", r"\0\0", "", False), ("b", "/", "g", False),
]  # fmt: skip
LINES = ["", "a", "aa", "abc", "cab", "b a b a  ", "ABA", "caac abc", "\\ & a"]


@pytest.mark.parametrize(("text", "replacement", "flags", "extended"), SAME_AS_SED)
def test_as_sed_does(text: str, replacement: str, flags: str, extended: bool) -> None:
    """Where the replacement does not hold what it replaces."""
    given = "\n".join(LINES) + "\n"
    script = f"s|{text}|{replacement.replace('&', '[&]')}|{flags}" if "|" not in text else f"s#{text}#{replacement}#"
    by_sed = subprocess.run(
        ["sed", *(["-E"] if extended else []), script], input=given, text=True, capture_output=True, check=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    ).stdout  # fmt: skip
    assert Substitution.make(text, replacement, list(flags), extended=extended).apply(given) == by_sed


@pytest.mark.parametrize(
    ("text", "replacement", "flags", "before", "after"),
    [
        ("foo", "foobar", [], "foo", "foobar"),
        ("foo", "barfoo", [], "x foo", "x barfoo"),
        ("^", "# ", [], "a\nb", "# a\n# b"),
        ("$", ";", [], "a", "a;"),
        (",", ", ", ["g"], "a,b, c", "a, b, c"),
        (r"\(a*\)b", r"[\1b]", ["g"], "aab ab", "[aab] [ab]"),
        ("a", "a", ["g"], "aa", "aa"),
        ("a&", r"\&", [], "a&", "&"),
        ("x", r"1\n2", [], "x", "1\n2"),
    ],
)
def test_a_second_time_there_is_nothing_to_do(
    text: str, replacement: str, flags: list[str], before: str, after: str
) -> None:
    rule = Substitution.make(text, replacement, flags)
    assert rule.apply(before) == after
    assert rule.apply(after) == after


@given(st.text("ab,", min_size=1, max_size=2), st.text("abx,", max_size=4), st.text("ab,\n", max_size=12))
def test_plain_replacements_that_hold_what_they_replace_converge(text: str, around: str, given: str) -> None:
    rule = Substitution.make(text, f"<{text}>", ["g"])
    once = rule.apply(given)
    assert rule.apply(once) == once


@pytest.mark.parametrize(("text", "flags"), [("a\\", []), ("[", []), ("a", ["e"]), ("a", ["w /tmp/x"])])
def test_what_is_no_expression(text: str, flags: list[str]) -> None:
    with pytest.raises(ValueError, match=r"no regular expression|flags"):
        Substitution.make(text, "x", flags)
