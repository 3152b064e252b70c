"""What people see of a changed file."""

from __future__ import annotations

from pyinfra._lib.text_diff import summary, unified


def test_a_diff() -> None:
    assert unified(b"a\nb\n", b"a\nc\n") == "@@ -1,2 +1,2 @@\n a\n-b\n+c"
    assert unified(None, b"a") == "@@ -0,0 +1 @@\n+a\n\\ No newline at end of file"


def test_what_is_no_text_has_none() -> None:
    assert unified(b"a\0", b"b") is None
    assert unified(None, b"x" * 300_000) is None


def test_it_is_never_long() -> None:
    shown = unified(None, b"line\n" * 5000)
    assert shown is not None
    assert len(shown.splitlines()) == 201
    assert shown.endswith("... 4801 more lines")
    assert len(unified(None, b"x" * 10_000) or "") < 700


def test_secrets_are_masked_and_so_are_the_lines_that_they_replace() -> None:
    shown = unified(b"user=a\npassword=old\nend\n", b"user=a\npassword=hunter2\nend\n", ["hunter2"])
    assert shown == "@@ -1,3 +1,3 @@\n user=a\n-***\n+password=***\n end"


def test_summary() -> None:
    assert summary(None) is None
    assert summary(b"hello") == "5 bytes, sha1 aaf4c61ddcc5"
