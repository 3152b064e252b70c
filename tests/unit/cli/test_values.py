"""What words of the command line stand for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyinfra_cli.words.values import parse_cli_arg, split_keyword


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("true", True),
        ("FALSE", False),
        ("80", 80),
        ("-1", -1),
        ("0", 0),
        ("0644", 644),
        ("01777", 1777),
        ("1.5", 1.5),
        ("1.10", 1.1),
        ("null", None),
        ('["a", 1]', ["a", 1]),
        (' {"a": {"b": null}}\n', {"a": {"b": None}}),
        ('"80"', "80"),
        ('"a=b"', "a=b"),
        ('""', ""),
    ],
)
def test_values(word: str, value: Any):
    found = parse_cli_arg(word)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "", "web", "007", "0800", "00", "-0", "+5", "1_000", "١٢", " 7", "7 ", "1.", ".5", "1.2.3", "NaN", "Infinity",
        "-Infinity", "1e999", "None", "Null", "nullx", "[1", "{", '"', "[1] 2", "[NaN]", "9" * 5000, "[" * 100_000,
        "a\nb", "\udcff", "null\n",
    ],
)  # fmt: skip
def test_everything_else_stays_as_it_is(text: str):
    assert parse_cli_arg(text) == text


@settings(deadline=None)
@given(st.text())
def test_any_text_has_a_value(text: str):
    parse_cli_arg(text)


@settings(deadline=None)
@given(st.text())
def test_text_in_json_is_exact(text: str):
    assert parse_cli_arg(json.dumps(text)) == text


@settings(deadline=None)
@given(st.integers())
def test_whole_numbers_are_exact(number: int):
    assert parse_cli_arg(str(number)) == number


@settings(deadline=None)
@given(st.from_regex(r"[0-9]{1,12}", fullmatch=True))
def test_digits_are_kept_but_for_modes(text: str):
    value = parse_cli_arg(text)
    assert str(value) == text or (len(text) in (4, 5) and str(value) == text.lstrip("0").rjust(1, "0"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.lists(json_values) | st.dictionaries(st.text(), json_values))
def test_json_is_exact(value: Any):
    assert parse_cli_arg(json.dumps(value)) == value


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("a=b", ("a", "b")),
        ("_sudo=true", ("_sudo", "true")),
        ("a=b=c", ("a", "b=c")),
        ("a=", ("a", "")),
        ("=b", None),
        ("a", None),
        ("echo a=b", None),
        ('"a=b"', None),
        ("a-b=c", None),
        ("/etc/x=y", None),
        ('{"a": "x=y"}', None),
    ],
)
def test_keywords(word: str, parts: tuple[str, str] | None):
    assert split_keyword(word) == parts


@settings(deadline=None)
@given(st.text(), st.text())
def test_text_with_an_equals_sign_can_be_given_by_position(before: str, after: str):
    text = f"{before}={after}"
    word = json.dumps(text)
    assert split_keyword(word) is None
    assert parse_cli_arg(word) == text
