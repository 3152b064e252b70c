"""Terminals, colours, and streams that go away; and the queue between the engine and them."""

from __future__ import annotations

import io
import logging
import threading
import time
from typing import Any

import pytest

from pyinfra._core.events import HostConnected, HostConnecting
from pyinfra._report.console import ConsoleOptions
from pyinfra._report.console.feed import Feed
from pyinfra._report.console.lines import Line
from pyinfra._report.console.terminal import Stream, Terminal
from pyinfra._report.view import Step

from .tape import Tape


class Tty(io.StringIO):
    """As if it were a terminal."""

    def isatty(self) -> bool:
        return True


def stream(environ: dict[str, str], color: Any = "auto", tty: bool = True, **more: Any) -> Stream:
    return Stream(Tty() if tty else io.StringIO(), ConsoleOptions(color=color, **more), environ)


@pytest.mark.parametrize(
    ("environ", "color", "tty", "expected"),
    [
        ({"TERM": "xterm"}, "auto", True, True),
        ({"TERM": "xterm"}, "auto", False, False),
        ({"TERM": "dumb"}, "auto", True, False),
        ({}, "auto", True, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, "auto", True, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, "auto", True, True),
        ({"FORCE_COLOR": "1"}, "auto", False, True),
        ({"FORCE_COLOR": "0", "TERM": "xterm"}, "auto", True, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, "auto", True, False),
        ({"NO_COLOR": "1"}, "always", False, True),
        ({"FORCE_COLOR": "1", "TERM": "xterm"}, "never", True, False),
    ],
)
def test_colours(environ: dict[str, str], color: Any, tty: bool, expected: bool) -> None:
    assert stream(environ, color, tty).color is expected


@pytest.mark.parametrize(
    ("environ", "options", "expected"),
    [
        ({"TERM": "xterm"}, {}, True),
        ({"TERM": "dumb"}, {}, False),
        ({"TERM": "xterm", "PYINFRA_PROGRESS": "off"}, {}, False),
        ({"TERM": "xterm"}, {"output": "ci"}, False),
        ({"TERM": "xterm"}, {"output": "quiet"}, False),
        ({"TERM": "xterm"}, {"output": "live"}, True),
        ({"TERM": "xterm"}, {"progress": False}, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, {}, True),
    ],
)
def test_whether_something_moves(environ: dict[str, str], options: dict[str, Any], expected: bool) -> None:
    made = ConsoleOptions(stdout=Tty(), stderr=Tty(), environ=environ, **options)
    assert Terminal(made, lambda *_: None).moves is expected
    plain = ConsoleOptions(stdout=Tty(), stderr=io.StringIO(), environ=environ, **options)
    assert not Terminal(plain, lambda *_: None).moves


def test_widths() -> None:
    assert stream({}, tty=False).width == 80
    assert stream({}, tty=False, width=100).width == 100


def test_who_stops_reading_ends_nothing() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    tape = Tape(stdout=Gone())
    with tape.told() as view:
        view.inventory([{"name": "web1"}])
        view.inventory([{"name": "web1"}])
    assert tape.err == ""


def test_closed_streams_end_nothing() -> None:
    closed = io.StringIO()
    closed.close()
    with Tape(stdout=closed, stderr=closed).told() as view:
        view.inventory([{"name": "web1"}])


def test_what_the_encoding_cannot_say_is_escaped() -> None:
    raw = io.BytesIO()
    tape = Tape(stdout=io.TextIOWrapper(raw, encoding="latin-1"))
    with tape.told() as view:
        view.inventory([{"name": "wäb漢"}])
    assert raw.getvalue() == "[wäb\\u6f22]\n".encode("latin-1")


# -- the queue -----------------------------------------------------------------------------


def test_order_is_kept_over_threads() -> None:
    seen: list[int] = []
    feed = Feed(time.monotonic, lambda when, item: seen.append(item), lambda now: None)
    feed.start()
    for number in range(5000):
        feed.put(number)
    with feed.alone():
        assert seen == list(range(5000))
    feed.stop()


def test_a_pause_keeps_everything() -> None:
    seen: list[int] = []
    feed = Feed(time.monotonic, lambda when, item: seen.append(item), lambda now: seen.append(-1))
    with feed.paused():
        feed.start()
        feed.put(1)
        time.sleep(0.25)
        assert seen == []
    feed.stop()
    assert [item for item in seen if item >= 0] == [1]


def test_what_cannot_be_shown_is_logged_once_and_harms_nothing(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[object] = []

    def take(when: float, item: object) -> None:
        if isinstance(item, int):
            raise ValueError("no")
        seen.append(item)

    feed = Feed(time.monotonic, take, lambda now: None)
    with caplog.at_level(logging.ERROR, "pyinfra"):
        for item in (1, "a", 2, "b"):
            feed.put(item)
        feed.stop()
    assert seen == ["a", "b"]
    assert len(caplog.records) == 1


def test_the_engine_never_waits_for_the_terminal() -> None:
    blocked, go = threading.Event(), threading.Event()

    class Slow(io.StringIO):
        def write(self, text: str) -> int:
            blocked.set()
            assert go.wait(10)
            return super().write(text)

    tape = Tape(stderr=Slow(), clock=time.monotonic)
    view = tape.begin()
    view._feed.start()
    view.log(logging.INFO, "first")
    assert blocked.wait(10)
    began = time.monotonic()
    for _ in range(1000):
        view.log(logging.INFO, "more")
    assert time.monotonic() - began < 5
    go.set()
    view.end(0)


def test_nothing_is_lost_at_the_end() -> None:
    tape = Tape()
    view = tape.begin()
    view._feed.start()
    for number in range(20_000):
        view.log(logging.INFO, str(number))
    view.end(0)
    assert tape.err == "".join(f"    {number}\n" for number in range(20_000))


def test_connecting_counts_hosts_that_were_connected_before() -> None:
    tape = Tape()
    view = tape.begin()
    view._steps.begin(Step.CONNECT, "", 0.0)
    assert view._steps.activity is not None
    view._steps.activity.total = 3
    handlers = view._steps.handlers()
    handlers[HostConnecting](0.0, HostConnecting("a"))
    handlers[HostConnected](0.0, HostConnected("a", 0.1))
    view._steps.finish(0.4)
    view.end(0)
    assert tape.err == "--> Connecting to 0 hosts\n    3 connected (0.4 s)\n"


def test_lines_are_written_without_spaces_at_their_end() -> None:
    assert Line("a").pad(10).render(False) == "a"
