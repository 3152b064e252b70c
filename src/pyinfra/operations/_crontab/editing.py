"""From the present lines of a crontab to those that shall be there. Pure; lines of others stay as they are."""

from __future__ import annotations

import re

from pyinfra._core.records import Record
from pyinfra.facts._crontab.file import CrontabFile, Entry

from .job import Job

_ANY_NAME = re.compile(r"\s*#\s*pyinfra-name=")


class Edit(Record):
    """The lines that shall be there.

    Attributes:
        lines: all of them.
        added: those that are new at the end, when nothing else is different.
    """

    lines: tuple[str, ...]
    added: tuple[str, ...] | None = None


def with_job(crontab: CrontabFile, job: Job) -> Edit:
    """Return a crontab that has a job. One that is known by the name, or else by the command, is changed into it."""
    found = matches(crontab, job)
    if any(_is_right(entry, job) for entry in found):
        return Edit(crontab.lines)
    if not found:
        added = (job.line,) if job.comment is None else (job.comment, job.line)
        return Edit((*crontab.lines, *added), added)
    entry = found[0]
    before, own, after = crontab.lines[: entry.line], crontab.lines[entry.line], crontab.lines[entry.line + 1 :]
    named = () if job.comment is None or entry.name == job.name else (job.comment,)
    line = own if _says(entry, job) else job.line
    return Edit((*before, *named, line, *after))


def without_job(crontab: CrontabFile, job: Job) -> Edit:
    """Return a crontab that does not have a job, however often it has now."""
    gone: set[int] = set()
    for entry in _commands(crontab):
        same = entry.values["command"] == job.command and (job.name is None or entry.name is None)
        if same or (job.name is not None and entry.name == job.name):
            gone.add(entry.line)
            gone.update(index for index in range(entry.start, entry.line) if _ANY_NAME.match(crontab.lines[index]))
    return Edit(tuple(line for index, line in enumerate(crontab.lines) if index not in gone))


def matches(crontab: CrontabFile, job: Job) -> list[Entry]:
    """Return the entries that are this job: by name; else by exactly its command.

    What has another name is another job, even with the same command; unless no name is asked for and no entry
    without one is there.
    """
    if job.name is not None:
        named = [entry for entry in _commands(crontab) if entry.name == job.name]
        if named:
            return named
    same = [entry for entry in _commands(crontab) if entry.values["command"] == job.command]
    unnamed = [entry for entry in same if entry.name is None]
    return unnamed if unnamed or job.name is not None else same


def _commands(crontab: CrontabFile) -> list[Entry]:
    return [entry for entry in crontab.entries if "command" in entry.values]


def _says(entry: Entry, job: Job) -> bool:
    return entry.values["command"] == job.command and job.is_at(entry.values)


def _is_right(entry: Entry, job: Job) -> bool:
    return _says(entry, job) and (job.name is None or entry.name == job.name)
