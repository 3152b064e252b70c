"""Small parts that several facts about a system are made of."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from pyinfra._core.errors import FactProcessError, FactValueError

ISO_DATE_FORMAT = "%Y-%m-%dT%H:%M:%S%z"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# "Mon Jan  1 10:00:00 +0000 2024", the form of ctime with or without a zone.
CTIME = (
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?P<month>[A-Z][a-z]{2}) +(?P<day>[0-9]{1,2}) "
    r"(?P<clock>[0-9]{2}:[0-9]{2}:[0-9]{2})(?: (?P<zone>[+-][0-9]{4}))? (?P<year>[0-9]{4})"
)
_CTIME = re.compile(CTIME)


def parse_ctime(text: str) -> datetime | None:
    """Return an aware time (UTC when no zone is given), or None when it is no such text."""
    match = _CTIME.fullmatch(text)
    if match is None or match["month"] not in MONTHS:
        return None
    zone = match["zone"] or "+0000"
    month = MONTHS.index(match["month"]) + 1
    iso = f"{match['year']}-{month:02}-{int(match['day']):02}T{match['clock']}{zone}"
    try:
        return datetime.strptime(iso, ISO_DATE_FORMAT)
    except ValueError:
        return None


def first_line(what: str, output: list[str]) -> str:
    """Return the only line that says something.

    Raises:
        FactProcessError: when there are none or several.
    """
    lines = [line for line in output if line.strip()]
    if len(lines) != 1:
        raise FactProcessError(f"{what}: not understood: {lines[:3]!r}")
    return lines[0].strip()


def whole_number(value: Any, argument: str) -> int:
    """Return an argument that is a number, or a text of one.

    Raises:
        FactValueError: it is neither.
    """
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise FactValueError(f"{argument} must be a number, not {value!r}", argument=argument)
    return value


def utc_from_epoch(seconds: int) -> datetime:
    """Return the aware time of a Unix time stamp."""
    return datetime.fromtimestamp(seconds, UTC)


def without_comment(line: str) -> str:
    """Return a line of a configuration file without white space around it and without a ``#`` comment."""
    return line.partition("#")[0].strip()


def unquoted(value: str) -> str:
    """Return a shell value of an ``os-release`` file as it is meant."""
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        body = value[1:-1]
        return body if value[0] == "'" else re.sub(r"\\([\"'$`\\])", r"\1", body)
    return value
