"""What earlier runs of the same job needed to know of each host, so that this one asks for all of it at once.

A lesson is the list of facts that a host was asked for before anything ran on it. With the first fact that the next run
asks for, all of them leave together. That changes when a value is read, never what it is: values are found by fact,
arguments and user as ever, and are outdated by whatever runs on the host. What is no longer asked for is forgotten.
Hosts that nobody has been to yet have no lesson; what the text of the job says that it will ask for serves instead.

Example:
    >>> state.job = ("/srv/deploys/web.py",)
    >>> lessons_of(state).asked(host, key, ask)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pyinfra._engine.facts.keys import FactKey
from pyinfra._engine.facts.lesson_entries import Entry, entry_at, entry_of, key_from
from pyinfra._engine.facts.lessons_file import LessonsFile
from pyinfra._engine.prepare.arguments import resolve_arguments
from pyinfra._engine.prepare.options import fact_options
from pyinfra._transport.base import ExecOptions

if TYPE_CHECKING:
    from pyinfra._engine.model.host import Host
    from pyinfra._engine.model.state import State


def lessons_of(state: State) -> Lessons | None:
    """Return the lessons of a run's job; None when there is nothing to be learned, or shall not be."""
    if state.lessons is ...:
        file = LessonsFile.of_program() if state.job is None else LessonsFile.of_job(*state.job)
        state.lessons = Lessons(file) if file is not None else None
    return state.lessons


def save_lessons(state: State) -> None:
    """Keep what hosts were asked for in this run, for the next one."""
    if isinstance(state.lessons, Lessons):
        state.lessons.save()


class Lessons:
    """The facts that hosts are asked for, of this run and of the last one.

    Args:
        file: where they are kept.
    """

    def __init__(self, file: LessonsFile) -> None:
        self._file = file
        self._learned: dict[str, list[Entry]] | None = None
        self._assumed: list[Entry] = []
        self._asked: dict[Host, dict[FactKey, None]] = {}
        self._entries: dict[tuple[FactKey, ExecOptions], Entry | None] = {}
        self._keys: dict[tuple[str, ExecOptions], FactKey | None] = {}

    def assume(self, facts: Iterable[tuple[str, Sequence[Any], Mapping[str, Any]]]) -> None:
        """Take these facts for the lesson of hosts that have none.

        Args:
            facts: of each the place of its class (module, colon, name), and the arguments of its command.
        """
        entries = (entry_at(place, args, kwargs) for place, args, kwargs in facts)
        self._assumed = [entry for entry in entries if entry is not None]

    def asked(self, host: Host, key: FactKey, ask: Callable[[Host, FactKey], object]) -> None:
        """Take note that a fact is asked for; the first time, ask for all that will be.

        Args:
            host: the host.
            key: the fact.
            ask: starts reading a fact.
        """
        asked = self._asked.get(host)
        if asked is None:
            asked = self._asked[host] = {}
            for expected in self._expected(host):
                ask(host, expected)
        if host.facts.epoch == 1:  # nothing has run yet
            asked[key] = None

    def _expected(self, host: Host) -> Iterator[FactKey]:
        if self._learned is None:
            self._learned = self._file.read()
        entries = self._learned.get(host.name, self._assumed)
        if entries:
            usual = fact_options(resolve_arguments(host, {}).options)
            for entry in entries:
                known = (repr(entry), usual)
                if known not in self._keys:
                    self._keys[known] = key_from(entry, usual)
                key = self._keys[known]
                if key is not None:
                    yield key

    def save(self) -> None:
        """Keep what was asked for, for the next run. Never raises: a run does not fail for want of it."""
        if not self._asked:
            return
        now = {host.name: self._lesson(host, keys) for host, keys in self._asked.items()}
        before = self._learned or {}
        if any(before.get(name) != entries for name, entries in now.items()):
            self._learned = {**before, **now}
            self._file.write(self._learned)

    def _lesson(self, host: Host, keys: dict[FactKey, None]) -> list[Entry]:
        usual = fact_options(resolve_arguments(host, {}).options)
        found = (self._entry(key, usual) for key in keys)
        return [entry for entry in found if entry is not None]

    def _entry(self, key: FactKey, usual: ExecOptions) -> Entry | None:
        if (key, usual) not in self._entries:
            self._entries[key, usual] = entry_of(key, usual)
        return self._entries[key, usual]
