"""Adding, replacing and removing lines."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra._lib.text_edit import Edit, LineRule, without_anchors

ODD = ["-n", "--help", "$x `y` (z){}", "héllo ☃", "a+b? $(touch x)", "'q' \"r\"", "\\back\\slash", "*star", "a.b*c"]
ODD += ["^x^", "$", "&"]


@pytest.mark.parametrize("how", [{}, {"plain": True}, {"extended": True}], ids=["basic", "plain", "extended"])
@pytest.mark.parametrize("line", ODD)
def test_any_text_is_added_once_and_removed(line: str, how: dict[str, Any]) -> None:
    try:
        rule = LineRule.make(line, **how)
    except ValueError:
        pytest.skip("no regular expression")
    if rule.ensure("first\n").appended is None:
        pytest.skip("the pattern matches everything")
    added = rule.ensure("first\n")
    assert added.text.startswith("first\n")
    assert rule.ensure(added.text) == Edit(added.text)
    assert rule.remove(added.text).text == "first\n"


def test_a_line_never_becomes_part_of_the_last_one() -> None:
    assert LineRule.make("b").ensure("a") == Edit("a\nb\n", "b")
    assert LineRule.make("b").ensure("") == Edit("b\n", "b")


def test_a_line_that_contains_it_counts() -> None:
    assert LineRule.make("PORT").ensure("# PORT=1\n") == Edit("# PORT=1\n")
    assert LineRule.make("^PORT").ensure("# PORT=1\n").appended == "PORT"
    assert LineRule.make("PORT$").ensure("# PORT=1\n").appended == "PORT"


def test_replacing() -> None:
    rule = LineRule.make("^PORT=", "PORT=80")
    assert rule.ensure("A\nPORT=1\nB\nPORT=2").text == "A\nPORT=80\nB\nPORT=80"
    assert rule.ensure("PORT=80\n") == Edit("PORT=80\n")
    assert rule.ensure("A\n") == Edit("A\nPORT=80\n", "PORT=80")
    assert LineRule.make("^x$", "PORT=80").ensure("PORT=80\n") == Edit("PORT=80\n")


def test_groups_and_escapes_in_the_replacement() -> None:
    assert LineRule.make(r"\(a[0-9]\)", r"<\1>&\\").ensure("a1 a2\n").text == "<a2>&\\\n"
    assert LineRule.make("(a)|(b)", r"[\1\2]", extended=True).ensure("xb\n").text == "[b]\n"
    assert LineRule.make("a", r"\1", plain=True).ensure("a\n").text == "\\1\n"


def test_a_replacement_of_several_lines_is_made_once() -> None:
    rule = LineRule.make("^a", r"a1\nb2")
    once = rule.ensure("a\nz\n")
    assert once.text == "a1\nb2\nz\n"
    assert rule.ensure(once.text).text == once.text


def test_removing_keeps_how_the_file_ends() -> None:
    assert LineRule.make("b").remove("a\nb").text == "a\n"
    assert LineRule.make("a").remove("a\nb").text == "b"
    assert LineRule.make("a").remove("a\n").text == ""
    assert LineRule.make("zz").remove("a") == Edit("a")


def test_ignoring_case() -> None:
    assert LineRule.make("port", "PORT 1", ignore_case=True).ensure("Port 9\n").text == "PORT 1\n"


def test_bytes_that_are_no_text_stay() -> None:
    text = b"\xff\xfe\n".decode("utf-8", "surrogateescape")
    assert LineRule.make("b").ensure(text).text == text + "b\n"


def test_anchors() -> None:
    assert without_anchors("^a$") == "a"
    assert without_anchors(r"\^a\$") == r"\^a\$"
    assert without_anchors(r"a\\$") == r"a\\"
