"""Times that an uploaded file shall have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from pyinfra import host
from pyinfra._core.records import Record
from pyinfra.api import OperationTypeError, OperationValueError, StringCommand
from pyinfra.api.planning import prefetch
from pyinfra.facts._shell import path_word
from pyinfra.facts.files import Directory, File
from pyinfra.facts.server import Date, Timezone
from pyinfra.operations.util.files import MetadataTimeField, touch

from .sources import Source

_ONE_SECOND = timedelta(seconds=1)


class WantedTime(Record):
    """One time of a file: a moment, or that of another file on the host.

    Attributes:
        field: which time.
        moment: in UTC, naive, to the second; None when it is not known.
        reference: path of the other file.
    """

    field: MetadataTimeField
    moment: datetime | None
    reference: str | None = None

    def differs(self, found: Mapping[str, Any] | None) -> bool:
        """Whether it has to be set. A file's own time is known to the second only."""
        present = found.get(self.field.value) if found else None
        return present is None or self.moment is None or abs(present - self.moment) >= _ONE_SECOND

    def command(self, path: str) -> StringCommand:
        """Return what sets it."""
        if self.reference is not None:
            option = "-a" if self.field is MetadataTimeField.ATIME else "-m"
            return StringCommand("touch", option, "-r", path_word(self.reference), path_word(path))
        return touch(path, self.field, self.moment or datetime.fromtimestamp(0, UTC))


def checked_times(atime: Any, mtime: Any, source: Source) -> list[WantedTime]:
    """Make them of the arguments of an operation. Reads facts of the host where these depend on it.

    Raises:
        OperationTypeError: an argument has the wrong type.
        OperationValueError: an argument has an impossible value.
    """
    given = [(field, value) for field, value in ((MetadataTimeField.MTIME, mtime), (MetadataTimeField.ATIME, atime))]
    return [_wanted(field, value, source) for field, value in given if value is not None and value is not False]


def time_commands(path: str, found: Mapping[str, Any] | None, times: list[WantedTime]) -> Iterator[StringCommand]:
    """Yield what sets the times that differ."""
    for time in times:
        if time.differs(found):
            yield time.command(path)


def _wanted(field: MetadataTimeField, value: Any, source: Source) -> WantedTime:
    if value is True:
        stat = source.stat(field.value)
        value = stat.st_mtime if field is MetadataTimeField.MTIME else stat.st_atime
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return _of_reference(field, value)
    if isinstance(value, (int, float)):
        value = _from_epoch(field, value)
    if not isinstance(value, datetime):
        kind = type(value).__name__
        raise OperationTypeError(f"{field.value} must be a time, not {kind}: {value!r}", argument=field.value)
    aware = value if value.tzinfo is not None else value.replace(tzinfo=_host_zone())
    return WantedTime(field, aware.astimezone(UTC).replace(tzinfo=None, microsecond=0))


def _from_epoch(field: MetadataTimeField, value: float) -> datetime:
    try:
        return datetime.fromtimestamp(int(value), UTC)
    except (OverflowError, OSError, ValueError):
        raise OperationValueError(f"{field.value} {value!r} is out of range", argument=field.value) from None


def _of_reference(field: MetadataTimeField, path: str) -> WantedTime:
    if "/" not in path:
        raise OperationValueError(
            f"{field.value} {path!r} is neither a time nor a path on the host",
            argument=field.value,
            hint='write a time as "2026-01-31T12:00:00Z", a path with a slash in it',
        )
    prefetch(Directory, path=path)
    found = host.get_fact(File, path=path) or host.get_fact(Directory, path=path)
    return WantedTime(field, found.get(field.value) if found else None, path)


def _host_zone() -> tzinfo:
    """Times without a zone are meant as the host's clock shows them."""
    prefetch(Date)
    name = host.get_fact(Timezone)
    try:
        return ZoneInfo(name) if name else host.get_fact(Date).tzinfo or UTC
    except (KeyError, ValueError, OSError):
        return host.get_fact(Date).tzinfo or UTC
