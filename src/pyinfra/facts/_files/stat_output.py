"""What ``stat`` and ``ls -ld`` print about a file, as a value."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple, NotRequired, TypedDict

from pyinfra.facts._frames import not_understood

from .modes import octal_mode

# One line per file, in the same words from every kind of stat. It ends with numbers, since GNU stat prints
# UNKNOWN for an owner without a name.
_FIELDS = "user=%{0} group=%{1} mode=%{2} atime=%{3} mtime=%{4} ctime=%{5} size=%{6} uid=%u gid=%g"
LINUX_STAT_COMMAND = f"stat -c '{_FIELDS.format('U', 'G', 'A', 'X', 'Y', 'Z', 's')}'"
BSD_STAT_COMMAND = f"stat -f '{_FIELDS.format('Su', 'Sg', 'Sp', 'a', 'm', 'c', 'z')}'"
LS_COMMAND = "ls -ld"

_MODE = r"(?P<mode>[-a-zA-Z?][-r][-w][-xsS][-r][-w][-xsS][-r][-w][-xtT])[.+@]?"
STAT_REGEX = (
    rf"user=(?P<user>.*) group=(?P<group>.*) mode={_MODE}"
    r" atime=(?P<atime>[-0-9.?]*) mtime=(?P<mtime>[-0-9.?]*) ctime=(?P<ctime>[-0-9.?]*)"
    r" size=(?P<size>[0-9]*)(?: uid=(?P<uid>[0-9]+) gid=(?P<gid>[0-9]+))?(?: (?P<name>.*))?"
)
LS_REGEX = (
    rf"{_MODE}\s+[0-9]+\s+(?P<user>\S+)\s+(?P<group>\S(?:.*?\S)?)\s+(?P<size>[0-9]+,\s*[0-9]+|[0-9]+)\s+"
    r"(?:(?P<iso>[0-9]{4}-[0-9]{2}-[0-9]{2})\s+(?P<iso_clock>[0-9]{2}:[0-9]{2})"
    r"|(?:(?P<month>[A-Z][a-z]{2})\s+(?P<day>[0-9]{1,2})|(?P<day_first>[0-9]{1,2})\s+(?P<month_last>[A-Z][a-z]{2}))"
    r"\s+(?:(?P<clock>[0-9]{1,2}:[0-9]{2})|(?P<year>[0-9]{4})))\s(?P<name>.*)"
)
_STAT = re.compile(STAT_REGEX, re.DOTALL)
_LS = re.compile(LS_REGEX, re.DOTALL)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class FileDict(TypedDict):
    """A file's attributes: ``mode`` is an integer of octal digits (755), times are naive and in UTC."""

    mode: int
    size: int | str
    atime: datetime | None
    mtime: datetime | None
    ctime: datetime | None
    user: str
    group: str
    link_target: NotRequired[str]


class Seen(NamedTuple):
    """A file as one line shows it: the letter of its type, and its attributes."""

    kind: str
    attributes: FileDict


def parse_line(line: str) -> Seen:
    """Understand a line of GNU, BusyBox or BSD ``stat`` (in our format) or of ``ls -ld``.

    Raises:
        FactProcessError: when it is neither.
    """
    match = _STAT.fullmatch(line) or _LS.fullmatch(line)
    if match is None:
        not_understood("file", line)
    try:
        attributes = _from_stat(match) if match.re is _STAT else _from_ls(match)
    except (ValueError, OverflowError, OSError):
        not_understood("file", line)
    kind = match["mode"][0]
    if kind == "l" and match["name"]:
        target = _link_target(match["name"])
        if target is not None:
            attributes["link_target"] = target
    return Seen(kind, attributes)


def _from_stat(match: re.Match[str]) -> FileDict:
    return {
        "user": _account(match["user"], match["uid"]),
        "group": _account(match["group"], match["gid"]),
        "mode": octal_mode(match["mode"][1:]),
        "size": int(match["size"] or 0),
        "atime": _epoch(match["atime"]),
        "mtime": _epoch(match["mtime"]),
        "ctime": _epoch(match["ctime"]),
    }


def _account(name: str, number: str | None) -> str:
    return number if number is not None and name in ("UNKNOWN", "") else name


def _epoch(text: str) -> datetime | None:
    if text in ("", "-", "?"):
        return None
    return datetime.fromtimestamp(int(float(text)), UTC).replace(tzinfo=None)


def _from_ls(match: re.Match[str]) -> FileDict:
    size = match["size"]
    return {
        "user": match["user"],
        "group": match["group"],
        "mode": octal_mode(match["mode"][1:]),
        "size": int(size) if size.isdigit() else size,
        "atime": None,
        "mtime": _listed_time(match),
        "ctime": None,
    }


def _listed_time(match: re.Match[str]) -> datetime:
    if match["iso"]:
        return datetime.fromisoformat(f"{match['iso']}T{match['iso_clock']}")
    month = _MONTHS.index(match["month"] or match["month_last"]) + 1
    day = int(match["day"] or match["day_first"])
    if match["year"]:
        return datetime(int(match["year"]), month, day)
    hour, _, minute = match["clock"].partition(":")
    # A clock time stands for a recent date, without its year.
    this_year = datetime.now(UTC).year
    return datetime(this_year, month, day, int(hour), int(minute))


# A name as GNU stat's %N quotes it: pieces of 'text', $'text\n', \' and "it's".
_PIECE = r"""(?:'[^']*'|\$'(?:[^'\\]|\\.)*'|\\.|"(?:[^"\\]|\\.)*")"""
_SHELL_QUOTED = re.compile(rf"{_PIECE}+ -> (?P<target>{_PIECE}+)", re.DOTALL)
_OPEN, _CLOSE = "[`\u2018\u201c]", "['\u2019\u201d]"
_OTHER_QUOTES = re.compile(f"{_OPEN}.*{_CLOSE} -> {_OPEN}(?P<target>.*){_CLOSE}", re.DOTALL)
_ESCAPE = re.compile(r"\\([0-7]{1,3}|.)", re.DOTALL)
_NAMED_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


def _link_target(name: str) -> str | None:
    """The part after the arrow, or None when there is no arrow."""
    match = _SHELL_QUOTED.fullmatch(name)
    if match is not None:
        pieces = [_unquoted(piece) for piece in re.findall(_PIECE, match["target"], re.DOTALL)]
        return b"".join(pieces).decode("utf-8", "surrogateescape")
    match = _OTHER_QUOTES.fullmatch(name)
    if match is not None:
        return match["target"]
    _, arrow, target = name.partition(" -> ")
    return target if arrow else None


def _unquoted(piece: str) -> bytes:
    if piece.startswith("'"):
        return _bytes(piece[1:-1])
    if piece.startswith("\\"):
        return _bytes(piece[1:])
    body = piece[2:-1] if piece.startswith("$") else piece[1:-1]
    decoded, position = b"", 0
    for match in _ESCAPE.finditer(body):
        decoded += _bytes(body[position : match.start()]) + _unescaped(match.group(1))
        position = match.end()
    return decoded + _bytes(body[position:])


def _unescaped(code: str) -> bytes:
    if code[0] in "01234567":
        return bytes([int(code, 8) & 255])
    return _bytes(_NAMED_ESCAPES.get(code, code))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
