"""A crontab: its lines, byte for byte, and what they mean."""

from __future__ import annotations

import re
from collections.abc import ItemsView, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict, cast

FIELDS = ("minute", "hour", "day_of_month", "month", "day_of_week")

_NAME = re.compile(r"\s*#\s*pyinfra-name=(.*?)\s*\Z", re.DOTALL)
_VARIABLE = re.compile(r"""\s*("[^"]*"|'[^']*'|[^\s="']+)\s*=""")
_SPECIAL = re.compile(r"\s*(@\S+)\s+(\S.*)\Z", re.DOTALL)
_TIMED = re.compile(r"\s*(\S+)" + r"\s+(\S+)" * 4 + r"\s+(\S.*)\Z", re.DOTALL)
_NUMBER = re.compile(r"[0-9]{1,9}\Z", re.ASCII)


class CrontabDict(TypedDict):
    """An entry: a command with its times, or a variable (``env``)."""

    command: NotRequired[str]
    env: NotRequired[str]
    minute: NotRequired[int | str]
    hour: NotRequired[int | str]
    month: NotRequired[int | str]
    day_of_month: NotRequired[int | str]
    day_of_week: NotRequired[int | str]
    comments: NotRequired[list[str]]
    special_time: NotRequired[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """Where an entry is, and what it says.

    Attributes:
        start: index of the first of the comments and blank lines above it.
        line: index of its own line.
        values: what it says.
    """

    start: int
    line: int
    values: CrontabDict

    @property
    def name(self) -> str | None:
        """The name that an operation gave it. Above the nearest one may be that of an entry which is gone."""
        names = [match[1] for match in map(_NAME.match, self.values.get("comments", [])) if match]
        return names[-1] if names else None


class CrontabFile:
    """A crontab.

    Args:
        input_dict: entries by command, as older versions had them; or lines; nothing for an empty crontab.

    Example:
        >>> crontab = CrontabFile(["PATH=/bin", "# pyinfra-name=nightly", "5 2 * * * /srv/nightly"])
        >>> crontab.get_command(name="nightly")["hour"]
        2
        >>> str(crontab)
        'PATH=/bin\\n# pyinfra-name=nightly\\n5 2 * * * /srv/nightly\\n'
    """

    def __init__(self, input_dict: Mapping[str, CrontabDict] | Iterable[str] | None = None) -> None:
        given = input_dict or ()
        lines = _lines_of(given) if isinstance(given, Mapping) else given
        self.lines: tuple[str, ...] = tuple(lines)
        self.entries: tuple[Entry, ...] = tuple(_entries(self.lines))

    @property
    def commands(self) -> list[CrontabDict]:
        """The entries, in order. Comments and blank lines belong to the entry below them."""
        return [entry.values for entry in self.entries]

    def get_command(self, command: str | None = None, name: str | None = None) -> CrontabDict | None:
        """Return the entry of a command, or the one that was given a name; None when there is none."""
        found = (entry for entry in self.entries if "command" in entry.values)
        return next(
            (
                entry.values
                for entry in found
                if (name is not None and entry.name == name)
                or (command is not None and entry.values["command"] == command)
            ),
            None,
        )

    def get_env(self, env: str) -> CrontabDict | None:
        """Return the entry that sets a variable, given its whole line; None when there is none."""
        return next((values for values in self.commands if values.get("env") == env), None)

    def get(self, item: str) -> CrontabDict | None:
        """Return the entry of a command or of a variable; None when there is none."""
        return self.get_command(item, name=item) or self.get_env(item)

    def items(self) -> ItemsView[str, CrontabDict]:
        """Return the entries by command or by line of a variable."""
        return {values.get("command", values.get("env", "")): values for values in self.commands}.items()

    def to_json(self) -> list[CrontabDict]:
        """Return what is shown of it."""
        return self.commands

    def __getitem__(self, item: str) -> CrontabDict:
        found = self.get(item)
        if found is None:
            raise KeyError(item)
        return found

    def __contains__(self, item: object) -> bool:
        return isinstance(item, str) and self.get(item) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self.items()))

    def __len__(self) -> int:
        return len(self.entries)

    def __bool__(self) -> bool:
        return bool(self.entries)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CrontabFile) and self.lines == other.lines

    def __hash__(self) -> int:
        return hash(self.lines)

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)

    def __repr__(self) -> str:
        return f"CrontabResult({self.commands!r})"


def _entries(lines: Sequence[str]) -> Iterator[Entry]:
    start = 0
    for index, line in enumerate(lines):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        values = _values(line)
        if values is not None:
            comments = [above.strip() for above in lines[start:index]]
            yield Entry(start, index, cast("CrontabDict", {**values, "comments": comments}))
        start = index + 1  # what is no entry of any kind is left alone


def _values(line: str) -> dict[str, Any] | None:
    if _VARIABLE.match(line):
        return {"env": line.strip()}
    special = _SPECIAL.match(line)
    if special:
        return {"command": special[2].rstrip(), "special_time": special[1]}
    timed = _TIMED.match(line)
    if timed is None or line.lstrip().startswith("@"):
        return None
    return {"command": timed[6].rstrip(), **dict(zip(FIELDS, map(_number, timed.groups()[:5]), strict=True))}


def _number(text: str) -> int | str:
    return int(text) if _NUMBER.match(text) else text


def _lines_of(entries: Mapping[str, CrontabDict]) -> Iterator[str]:
    for command, values in entries.items():
        yield from values.get("comments", ())
        if "env" in values:
            yield values["env"]
        elif "special_time" in values:
            yield f"{values['special_time']} {command}"
        else:
            yield " ".join([*(str(values.get(field, "*")) for field in FIELDS), command])
