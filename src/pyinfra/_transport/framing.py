r"""The framing of requests in a persistent POSIX ``sh``: what is written, and how what comes back is read. No I/O.

A shell gets a random nonce N and a few functions. Request K then prints ``N<K\n`` on both streams, runs in a
subshell, and prints ``N>K STATUS\n`` on both streams. What lies between the two on a stream is the request's
output, byte for byte; anything outside of a pair is late output of background children, or noise.

The texts of a request travel in variables (``_pi_x`` the command, ``_pi_v`` what prepares it, ``_pi_i`` its input), so
that no shell shows them when it reports that the subshell was killed, and nothing of them is in a list of arguments.

Example:
    >>> decoder = Decoder("00ff")
    >>> decoder.feed(STDOUT, b"=00ff<1\nhello\n=00ff>1 0\n")
    [Begun(number=1), Data(number=1, stream=1, data=b'hello\n'), Ended(number=1, stream=1, status=0)]
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from pyinfra._core.output import STDOUT

# A tag longer than this is not one of ours.
_LONGEST_TAG = 256
_TAG = re.compile(rb"([<>?:@])(\d+)(?: (.*))?")

# ``set`` undoes what a profile may have switched on. ``printf`` is a builtin of most shells; where it is a program
# (mksh and its relatives) ``print`` is one, and everything that is printed stays off the lists of arguments.
# Printing is tried again: a program may have left the shared output non-blocking, and full.
_PROLOGUE = r"""set +e +u +x +v
_pi_n='=@NONCE@' _pi_f= _pi_x= _pi_v= _pi_i= _pi_k=x
case $(command -v printf) in printf) _pi_k=p;; *) case $(command -v print) in print) _pi_k=k;; esac;; esac
case $_pi_k in
p) _pi_1() { printf '%s%s\n' "$_pi_n" "$1"; }
   _pi_r() { printf %s "$1"; }
   _pi_o() { printf %b "$1"; };;
k) _pi_1() { print -r -- "$_pi_n$1"; }
   _pi_r() { print -rn -- "$1"; }
   _pi_o() { print -n -- "$1"; };;
x) _pi_1() { printf '%s%s\n' "$_pi_n" "$1"; }
   _pi_r() { return 1; }
   _pi_o() { echo 'this shell can print nothing by itself' >&2; return 1; };;
esac
_pi_w() { _pi_1 "$1" || { sleep 1; _pi_1 "$1"; } || { sleep 3; _pi_1 "$1"; }; }
_pi_b() {
  case $_pi_f in ?*) _pi_w "?$1"; return 1;; esac
  _pi_w "<$1"@BOTH<@
}
_pi_p() { if [ -r /proc/self/stat ]; then read -r _pi_d _pi_u </proc/self/stat; _pi_w "@$1 $_pi_d"; fi; }
_pi_e() {
  _pi_w ">$1 $2"@BOTH>@
  _pi_x= _pi_v= _pi_i=
  case " $3 " in *" $2 "*) ;; *) _pi_f=1;; esac
}
"""
# What goes to stdout goes to stderr too, but for a terminal, where both are one.
_BOTH = {"@BOTH<@": '; _pi_w "<$1" >&2', "@BOTH>@": '; _pi_w ">$1 $2" >&2'}
_HELLO = '_pi_w ":$$ $_pi_k"\n'
# Linux tells a shell its effective user number without a process.
_HELLO_WITH_IDENTITY = r"""_pi_i=
if [ -r /proc/self/status ]; then
  while read -r _pi_d _pi_x _pi_v _pi_u; do case $_pi_d in Uid:) _pi_i=$_pi_v; break;; esac; done </proc/self/status
fi
_pi_w ":$$ $_pi_k ${_pi_i:-$(id -u 2>/dev/null)} $(id -un 2>/dev/null)"
_pi_i= _pi_x= _pi_v=
"""


class Printing(Enum):
    """How a shell prints by itself."""

    PRINTF = "p"
    PRINT = "k"
    NOT = "x"  # only through a program, whose arguments can be seen


# -- what comes back -----------------------------------------------------------------------


class Hello(NamedTuple):
    """The shell is there."""

    pid: int
    printing: Printing
    uid: int | None
    user: str


class Begun(NamedTuple):
    """A request has begun."""

    number: int


class Located(NamedTuple):
    """The process that a request runs in."""

    number: int
    pid: int


class Data(NamedTuple):
    """Output of a request."""

    number: int
    stream: int
    data: bytes


class Ended(NamedTuple):
    """A request's output on one stream is complete."""

    number: int
    stream: int
    status: int


class Skipped(NamedTuple):
    """A request was not begun because an earlier one of its batch failed."""

    number: int


class Stray(NamedTuple):
    """Bytes that belong to no request."""

    stream: int
    data: bytes


JobEvent = Begun | Located | Data | Ended | Skipped
Event = Hello | JobEvent | Stray


class Decoder:
    """Reads both streams of a shell; holds back nothing but what may be the beginning of a marker.

    Args:
        nonce: the hexadecimal nonce of the shell.
    """

    __slots__ = ("_held", "_inside", "_mark")

    def __init__(self, nonce: str) -> None:
        self._mark = b"=" + nonce.encode()
        self._held: dict[int, bytes] = {}
        self._inside: dict[int, int] = {}

    def feed(self, stream: int, data: bytes) -> list[Event]:
        """Take what arrived on a stream and return what it tells."""
        held = self._held.pop(stream, b"")
        buffer = held + data if held else data
        events: list[Event] = []
        mark = self._mark
        begin = search = 0
        while True:
            at = buffer.find(mark, search)
            if at < 0:
                return self._rest(events, stream, buffer, begin)
            end = buffer.find(b"\n", at + len(mark))
            if end < 0 and len(buffer) - at - len(mark) <= _LONGEST_TAG:
                self._emit(events, stream, buffer[begin:at])
                self._held[stream] = buffer[at:]
                return events
            tag = _TAG.fullmatch(buffer, at + len(mark), end) if end >= 0 else None
            if tag is None:
                search = at + 1
                continue
            self._emit(events, stream, buffer[begin:at])
            self._take(events, stream, tag)
            begin = search = end + 1

    def _rest(self, events: list[Event], stream: int, buffer: bytes, begin: int) -> list[Event]:
        """Hand on what is left, but for a tail that may be the beginning of a marker."""
        cut = len(buffer)
        tail = buffer.rfind(b"=", max(begin, cut - len(self._mark) + 1))
        if tail >= 0 and self._mark.startswith(buffer[tail:]):
            cut = tail
            self._held[stream] = buffer[tail:]
        self._emit(events, stream, buffer if begin == 0 and cut == len(buffer) else buffer[begin:cut])
        return events

    def _emit(self, events: list[Event], stream: int, data: bytes) -> None:
        if data:
            number = self._inside.get(stream)
            events.append(Stray(stream, data) if number is None else Data(number, stream, data))

    def _take(self, events: list[Event], stream: int, tag: re.Match[bytes]) -> None:
        kind, number, rest = tag[1], int(tag[2]), tag[3] or b""
        if kind == b"<":
            self._inside[stream] = number
            if stream == STDOUT:
                events.append(Begun(number))
        elif kind == b">":
            self._inside.pop(stream, None)
            events.append(Ended(number, stream, int(rest)))
        elif kind == b"?":
            events.append(Skipped(number))
        elif kind == b"@":
            events.append(Located(number, int(rest)))
        else:
            events.append(_hello(number, rest.decode("utf-8", "surrogateescape").split(" ", 2)))

    def flush(self) -> list[Event]:
        """Hand on what was held back: nothing will come any more."""
        events: list[Event] = []
        for stream, data in self._held.items():
            self._emit(events, stream, data)
        self._held.clear()
        return events


def _hello(pid: int, words: list[str]) -> Hello:
    uid = int(words[1]) if len(words) > 1 and words[1].isdigit() else None
    return Hello(pid, Printing(words[0]), uid, words[2] if len(words) > 2 else "")


# -- what is written -----------------------------------------------------------------------


def new_nonce() -> str:
    """Return 128 random bits in hexadecimal."""
    return secrets.token_hex(16)


def prologue(nonce: str, *, identity: bool = False, terminal: bool = False) -> bytes:
    """Return what a shell is given first; it answers with a ``Hello``.

    Args:
        nonce: the hexadecimal nonce of the shell.
        identity: have it tell user and uid (two more processes on the host).
        terminal: both streams arrive as one.
    """
    text = _PROLOGUE.replace("@NONCE@", nonce)
    for mark, second in _BOTH.items():
        text = text.replace(mark, "" if terminal else second)
    return (text + (_HELLO_WITH_IDENTITY if identity else _HELLO)).encode()


@dataclass(slots=True)
class Script:
    """The texts that make up one request in a shell."""

    text: str  # the command
    setup: str = ""  # shell text run before it, in the same subshell; when it fails the command is not run
    runner: str = 'eval " $_pi_x"'  # shell text that runs $_pi_x
    stdin: bytes | None = None  # the command's input
    variable: bytes | None = None  # content for "$_pi_i", printed by _pi_o
    codes: tuple[int, ...] = (0,)  # success; anything else ends the batch
    locate: bool = False  # tell which process it runs in (where there is /proc)
    before: str = ""  # shell text that is run before the beginning is told, in the shell itself
    temporary: tuple[str, ...] = ()  # files that are left behind when it is killed
    raw_input: bool = False  # input is the shell's own: whatever follows on the pipe


def frame(number: int, script: Script, *, first: bool) -> bytes:
    """Return the line of shell that runs a request.

    Args:
        number: of the request, unique in its shell.
        script: what to run.
        first: it is the first of its batch; the others are skipped when one before them failed.

    Raises:
        ValueError: the texts hold a NUL byte, which no shell can take.
    """
    runner = script.runner
    parts = [b"_pi_f=;" if first else b"", b"_pi_x=", quote(script.text)]
    if script.setup:
        parts += [b" _pi_v=", quote(script.setup)]
        runner = f'eval "$_pi_v" || exit; {runner}'
    content = script.stdin if script.stdin is not None else script.variable
    if content is not None:
        parts += [b" _pi_i='", escape(content), b"'"]
    if script.locate:
        runner = f"_pi_p {number}; {runner}"
    before, after = "", " </dev/null"
    if script.raw_input:
        after = ""
    elif script.stdin is not None:
        before, after = '_pi_o "$_pi_i" 2>/dev/null | ', ""
    codes = " ".join(map(str, script.codes))
    run = f"{before}( {runner} ){after}; _pi_e {number} $? '{codes}'"
    # What is left of raw input when the command ends early must not be read as commands.
    last = "; exit" if script.raw_input else ""
    parts.append(f"; {script.before}if _pi_b {number}; then {run}; fi{last}\n".encode())
    return b"".join(parts)


def quote(text: str) -> bytes:
    """Quote text as one word of a POSIX shell.

    Raises:
        ValueError: it holds a NUL byte.
    """
    data = text.encode("utf-8", "surrogateescape")
    if b"\0" in data:
        raise ValueError("a command must not hold a NUL byte")
    return b"'" + data.replace(b"'", b"'\\''") + b"'"


# What can stand for itself between single quotes in an argument of ``printf %b``; the rest as \0ooo.
_PLAIN = frozenset(range(0x20, 0x7F)) - frozenset(b"'\\") | frozenset(b"\n\t")
_ESCAPES = [bytes([byte]) if byte in _PLAIN else b"\\0%03o" % byte for byte in range(256)]
_UNPLAIN = re.compile(rb"[^ -&(-\[\]-~\n\t]")


def escape(data: bytes) -> bytes:
    """Write any bytes so that ``printf %b`` (and mksh's ``print``) prints them, from between single quotes."""
    return _UNPLAIN.sub(lambda found: _ESCAPES[found[0][0]], data)
