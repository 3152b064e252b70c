"""Lines, widths, and hosts in few words."""

from __future__ import annotations

import pytest

from pyinfra._report.console.folding import all_hosts, first_names, fold_hosts, grouped
from pyinfra._report.console.lines import Line, columns, count, seconds_text, shorten, text_lines, wrapped
from pyinfra._report.console.outputs import LineBuffer


def test_text_is_made_safe_by_construction() -> None:
    assert Line("a\x1b[31m\n", "red").add("\u2028").plain == "a\\x1b[31m\\x0a\\u2028"
    assert Line("a", "red").render(True) == "\x1b[31ma\x1b[0m"
    assert Line("a", "red").render(False) == "a"


@pytest.mark.parametrize(("text", "width"), [("abc", 3), ("漢字", 4), ("cafe\u0301", 4), ("a\u200bb", 2), ("", 0)])
def test_columns(text: str, width: int) -> None:
    assert columns(text) == width


@pytest.mark.parametrize("width", range(1, 12))
@pytest.mark.parametrize("text", ["hello world", "漢字漢字漢字", "cafe\u0301s au lait"])
def test_shortened_texts_fit(text: str, width: int) -> None:
    assert columns(shorten(text, width)) <= width


def test_wrapping_keeps_every_word() -> None:
    assert list(wrapped("one two three", 7)) == ["one two", "three"]
    assert list(wrapped("averylongword x", 5)) == ["averylongword", "x"]
    assert list(wrapped("", 5)) == [""]
    assert list(wrapped("a  b", 5)) == ["a  b"]


def test_times() -> None:
    assert [seconds_text(s) for s in (0, 9.94, 9.96, 59.4, 59.6, 3599.6)] == [
        "0.0 s", "9.9 s", "10 s", "59 s", "1 min 0 s", "1 h 0 min",
    ]  # fmt: skip


def test_counts() -> None:
    assert [count(n, "retry") for n in (0, 1, 2)] == ["0 retries", "1 retry", "2 retries"]


def test_ends_of_lines() -> None:
    assert text_lines("a\r\nb\n\n") == ["a", "b"]
    assert text_lines("") == [""]


def test_hosts() -> None:
    names = [f"web{n}" for n in range(1, 13)]
    assert fold_hosts(names[:3], 12) == "web1, web2, web3"
    assert fold_hosts(names, 12) == "all 12 hosts"
    assert fold_hosts(names[:3], 3) == "web1, web2, web3"
    assert fold_hosts(names[:5], 12, 30) == "5 hosts (web1, web2, ...)"
    assert fold_hosts(["a" * 40, "b" * 40], None, 30) == "2 hosts"
    assert fold_hosts(["a" * 40], None, 30) == "a" * 27 + "..."
    assert fold_hosts([], 3) == ""
    assert all_hosts(names, None, 20) == ["web1, web2, web3,", "web4, web5, web6,", "web7, web8, web9,",
                                          "web10, web11, web12"]  # fmt: skip


@pytest.mark.parametrize("width", range(10, 80, 7))
def test_folded_hosts_fit(width: int) -> None:
    names = [f"host-{n}" for n in range(1000)]
    assert len(fold_hosts(names, None, width)) <= max(width, 10)
    assert len(first_names(names, width)) <= width


def test_grouping_keeps_the_order() -> None:
    assert grouped([("a", 1), ("b", 2), ("c", 1)]) == [(["a", "c"], 1), (["b"], 2)]


def test_lines_that_arrive_in_pieces() -> None:
    buffer = LineBuffer()
    fed = [*buffer.feed("a", 1, b"on"), *buffer.feed("b", 1, b"other\n"), *buffer.feed("a", 2, b"err\n")]
    fed += [*buffer.feed("a", 1, b"e\ntw"), *buffer.feed("a", 1, b"o \xc3"), *buffer.feed("a", 1, b"\xa4\xff\r\n\n")]
    assert [line.plain for line in fed] == ["[b] other", "[a stderr] err", "[a] one", "[a] two ä\\xff", "[a] "]
    assert buffer.finish() == []


def test_progress_bars_leave_their_last_state() -> None:
    buffer = LineBuffer()
    assert [line.plain for line in buffer.feed("a", 1, b" 1%\r 50%\r100%\nx")] == ["[a] 100%"]
    assert [line.plain for line in buffer.finish("b")] == []
    assert [line.plain for line in buffer.finish("a")] == ["[a] x"]


def test_output_without_end_is_shown_before_memory_is_full() -> None:
    buffer = LineBuffer()
    shown = [line for _ in range(40) for line in buffer.feed("a", 1, b"x" * 4096)]
    assert len(shown) == 2
    assert sum(len(line.plain) - len("[a] ") for line in [*shown, *buffer.finish()]) == 40 * 4096
