"""Expressions of grep and sed, against the grep of this machine."""

from __future__ import annotations

import random
import subprocess

import pytest

from pyinfra._lib.posix_regex import compiled, translate

_RANDOM = random.Random(20)
LINES = ["", "a", "ab", "a.b", "a+b?", "(a)", "{2}", "aab1", "$5", "^x", "a|b", "x-y", "[a]", "a]b", "foo_bar", " a b"]
LINES += ["".join(_RANDOM.choice("ab1().*+{}|^$ /-&2,_]") for _ in range(_RANDOM.randint(1, 6))) for _ in range(120)]

BASIC = [
    "a", "^a", "a$", "^$", "a*", "*a", "^*", r"\(a\)b", r"\(a\)\1", r"a\{2\}", r"a\{1,\}", r"a\{,2\}b", r"a\+", r"a\?b",
    r"x\|^a", "a+b?", "(a)", "{2}", "a|b", "$5", "a^b", "a$b", "[]a]", "[^]a]", "[a-]", "[[:digit:]]", "[^[:alpha:]]",
    r"\.", r"\*", r"[\.]", r"\<a", r"b\>", r"\w\W", r"\bb", r"\(^a\)", r"\(a$\)", r"a\{2\}\{2\}", "a**", r"\s",
    "[[.a.]]",
]  # fmt: skip
EXTENDED = [
    "a+", "a?b", "(a|b)+", "^(a|b)$", "a{2}", "a{1,2}b", "a{,2}", r"\(a\)", r"\+", r"\{2\}", "a||b", "a|", "^a|b$",
    "(a)\\1", "[+?]", "a{x", "{", "a+*", "(a+)+", ")", "[[:space:]]a", r"a\.b", "()", "a|*b",
]  # fmt: skip


def found_by_grep(pattern: str, extended: bool) -> list[str] | None:
    options = ["-aE" if extended else "-a", "-e", pattern]
    answer = subprocess.run(
        ["grep", *options],
        input="\n".join(LINES) + "\n",
        capture_output=True,
        text=True,
        env={"LC_ALL": "C"},
        check=False,
    )
    return None if answer.returncode > 1 else answer.stdout.splitlines()


@pytest.mark.parametrize(("pattern", "extended"), [*((p, False) for p in BASIC), *((p, True) for p in EXTENDED)])
def test_matches_what_grep_matches(pattern: str, extended: bool) -> None:
    expression = compiled(pattern, extended=extended)
    assert [line for line in LINES if expression.search(line)] == found_by_grep(pattern, extended)


@pytest.mark.parametrize("extended", [False, True])
def test_random_expressions_match_what_grep_matches(extended: bool) -> None:
    pieces = ["a", "b", ".", "[ab]", "[^a]", "1", "-", " ", "_", r"\.", "a*", "[[:digit:]]"]
    basic = [r"\(a\|b\)", r"a\+", r"b\?", r"a\{1,2\}", "+", "(", "{", "|"]
    pieces += ["(a|b)", "a+", "b?", "a{1,2}"] if extended else basic
    chooser = random.Random(7)
    for _ in range(25):
        pattern = "".join(chooser.choice(pieces) for _ in range(chooser.randint(1, 4)))
        expression = compiled(pattern, extended=extended)
        assert [line for line in LINES if expression.search(line)] == found_by_grep(pattern, extended), pattern


@pytest.mark.parametrize(
    ("pattern", "extended"),
    [("a[b", False), ("[[:nope:]]", False), (r"\(a", False), (r"a\)", False), ("a\\", False), ("[b-a]", False),
     (r"a\{2", False), (r"\(a\)\2", False), ("(a", True), ("a\\", True), ("[", True)],
)  # fmt: skip
def test_what_is_no_expression(pattern: str, extended: bool) -> None:
    with pytest.raises(ValueError, match="is no regular expression"):
        compiled(pattern, extended=extended)


def test_ignoring_case() -> None:
    assert compiled("^port", ignore_case=True).search("PORT 80")
    assert not compiled("^port").search("PORT 80")


def test_translation_is_readable() -> None:
    assert translate(r"^\(a\|b\)*+$") == r"^(a|b)*\+$"
