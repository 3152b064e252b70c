from __future__ import annotations

import os
import subprocess
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyinfra._core.output import STDERR, STDOUT
from pyinfra._transport.framing import (
    Begun,
    Data,
    Decoder,
    Ended,
    Event,
    Hello,
    Located,
    Printing,
    Script,
    Skipped,
    Stray,
    escape,
    frame,
    new_nonce,
    prologue,
    quote,
)

NONCE = "00112233445566778899aabbccddeeff"
MARK = f"={NONCE}".encode()


def joined(events: list[Event]) -> list[Event]:
    """Join neighbouring pieces of output."""
    merged: list[Event] = []
    for event in events:
        last = merged[-1] if merged else None
        if isinstance(event, Data) and isinstance(last, Data) and event[:2] == last[:2]:
            merged[-1] = Data(event.number, event.stream, last.data + event.data)
        elif isinstance(event, Stray) and isinstance(last, Stray) and event.stream == last.stream:
            merged[-1] = Stray(event.stream, last.data + event.data)
        else:
            merged.append(event)
    return merged


STREAM = (
    b"noise" + MARK + b":17 p 0 ro ot\n" + MARK + b"<1\nout=put\n" + MARK + b"@1 99\n\n=0011" + MARK + b">1 255\nlate\n"
)
EVENTS: list[Event] = [
    Stray(STDOUT, b"noise"),
    Hello(17, Printing.PRINTF, 0, "ro ot"),
    Begun(1),
    Data(1, STDOUT, b"out=put\n"),
    Located(1, 99),
    Data(1, STDOUT, b"\n=0011"),
    Ended(1, STDOUT, 255),
    Stray(STDOUT, b"late\n"),
]


def test_events() -> None:
    assert joined(Decoder(NONCE).feed(STDOUT, STREAM)) == EVENTS


@given(st.sets(st.integers(0, len(STREAM))))
def test_pieces_make_no_difference(cuts: set[int]) -> None:
    decoder = Decoder(NONCE)
    edges = [0, *sorted(cuts), len(STREAM)]
    events = [event for a, b in pairwise(edges) for event in decoder.feed(STDOUT, STREAM[a:b])]
    assert joined(events + decoder.flush()) == EVENTS


def test_streams_do_not_disturb_one_another() -> None:
    decoder = Decoder(NONCE)
    assert decoder.feed(STDOUT, MARK[:10]) == []
    assert decoder.feed(STDERR, MARK + b"<3\nerr") == [Data(3, STDERR, b"err")]
    assert decoder.feed(STDOUT, MARK[10:] + b"<3\n") == [Begun(3)]


def test_output_is_handed_on_at_once() -> None:
    decoder = Decoder(NONCE)
    decoder.feed(STDOUT, MARK + b"<1\n")
    assert decoder.feed(STDOUT, b"line\n") == [Data(1, STDOUT, b"line\n")]
    assert decoder.feed(STDOUT, b"a=") == [Data(1, STDOUT, b"a")]
    assert decoder.feed(STDOUT, b"b") == [Data(1, STDOUT, b"=b")]


@pytest.mark.parametrize("tail", [b"'\n", b"<x\n", b"\n", b"<1 2 3 " + b"x" * 300, b"!\n", b"<\n"])
def test_a_dump_of_variables_is_no_marker(tail: bytes) -> None:
    decoder = Decoder(NONCE)
    decoder.feed(STDOUT, MARK + b"<1\n")
    text = b"_pi_n='" + MARK + tail
    events = decoder.feed(STDOUT, text) + decoder.feed(STDOUT, MARK + b">1 0\n")
    assert joined(events) == [Data(1, STDOUT, text), Ended(1, STDOUT, 0)]


def test_a_skipped_request() -> None:
    assert Decoder(NONCE).feed(STDOUT, MARK + b"?7\n") == [Skipped(7)]


@pytest.mark.parametrize("unit", [b"\0", b"=", MARK[:20], b"\n"])
def test_a_hundred_megabytes_take_linear_time(unit: bytes) -> None:
    decoder = Decoder(NONCE)
    decoder.feed(STDOUT, MARK + b"<1\n")
    piece = (unit * 65536)[:65536]
    began, length = time.process_time(), 0
    for _ in range(1600):
        length += sum(len(event.data) for event in decoder.feed(STDOUT, piece) if isinstance(event, Data))
    assert time.process_time() - began < 2
    assert 1600 * 65536 - len(MARK) <= length <= 1600 * 65536


def test_nonces_differ() -> None:
    assert len({new_nonce() for _ in range(100)}) == 100
    assert len(new_nonce()) == 32


def test_the_prologue_holds_no_whole_marker() -> None:
    for terminal in (False, True):
        text = prologue(NONCE, terminal=terminal)
        assert all(isinstance(event, Stray) for event in Decoder(NONCE).feed(STDOUT, text))
        assert (b">&2" in text.split(b"_pi_b()")[1]) is not terminal


def test_nothing_of_a_request_is_in_the_text_of_its_subshell() -> None:
    """A shell prints that text when the subshell is killed."""
    line = frame(3, Script("echo canary", setup="export 'X=canary'", stdin=b"canary", codes=(0, 2)), first=True)
    assignments, _, run = line.partition(b"; if _pi_b 3;")
    assert assignments.count(b"canary") == 3
    assert b"canary" not in run
    assert run.endswith(b"_pi_e 3 $? '0 2'; fi\n")
    assert assignments.startswith(b"_pi_f=;")


@pytest.mark.parametrize("script", [Script("a\0b"), Script("a", setup="\0")])
def test_nul_bytes_are_refused(script: Script) -> None:
    with pytest.raises(ValueError, match="NUL"):
        frame(1, script, first=True)


@given(st.binary())
def test_escapes(data: bytes) -> None:
    escaped = escape(data)
    assert b"'" not in escaped
    assert all(byte in b"\n\t" or 0x20 <= byte < 0x7F for byte in escaped)
    plain, position = bytearray(), 0
    while position < len(escaped):
        if escaped[position : position + 2] == b"\\0":
            plain.append(int(escaped[position + 2 : position + 5], 8))
            position += 5
        else:
            plain.append(escaped[position])
            position += 1
    assert plain == data


def test_quoting_keeps_bytes_that_are_not_utf_8() -> None:
    assert quote(b"it's \xff".decode("utf-8", "surrogateescape")) == b"'it'\\''s \xff'"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells a shell who it is")
def test_a_hello_costs_one_process(tmp_path: Path) -> None:
    """Each login pays for it."""
    program = tmp_path / "id"
    program.write_text(f'#!/bin/sh\necho "$*" >>{tmp_path}/calls\necho somebody\n')
    program.chmod(0o755)
    text = prologue("00ff", identity=True)
    done = subprocess.run(["/bin/sh"], input=text, capture_output=True, env={"PATH": str(tmp_path)}, check=True)
    assert done.stdout.endswith(f" p {os.geteuid()} somebody\n".encode())
    assert (tmp_path / "calls").read_text() == "-un\n"
