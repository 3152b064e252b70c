"""``FindInFile``: the lines of a file that match a pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._core.errors import FactProcessError
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts._frames import EXISTS, FAILED, MISSING, answered, header, not_understood, only
from pyinfra.facts._shell import interpolated_word, path_resources, path_word, script, word

# "= N" and then the lines with their numbers, "- N" no such file, "! N" when grep failed, and then what it said behind
# "~ ". Without -a, grep says no more of a file with a NUL in it than that it matches; a grep that does not know -a is
# asked again without.
_SEARCH = """search() {
if [ ! -e "$1" ]; then echo "- $2"; return; fi
echo "= $2"
if [ -f "$1" ] || [ -d "$1" ]; then
grep -a "$3" -e "$4" -- "$1" 2>/dev/null || [ $? -eq 1 ] || grep "$3" -e "$4" -- "$1" 2>/dev/null || [ $? -eq 1 ] || {
echo "! $2"; grep "$3" -e "$4" -- "$1" 2>&1 >/dev/null | while IFS= read -r e; do printf '~ %s\n' "$e"; done
}
fi
}
"""
_NUMBERED = re.compile(r"([0-9]+):(.*)\Z", re.DOTALL)


class FindInFile(FactBase[list[str] | None]):
    """Lines that match a regular expression of ``grep``: ``[]`` without a match, ``None`` without the file.

    With ``interpolate_variables``, the shell fills in ``$NAME`` and ``${NAME}`` in the pattern.
    """

    def command(
        self, path: str, pattern: str, interpolate_variables: bool = False, extended_regex: bool = False
    ) -> StringCommand:
        call = {"path": path, "pattern": pattern, "interpolate_variables": interpolate_variables}
        return self.batch_command([{**call, "extended_regex": extended_regex}])

    def resources(self, path: str, *args: Any, **kwargs: Any) -> Iterable[Resource] | None:
        return path_resources(path)

    def describe(self, path: str, *args: Any, **kwargs: Any) -> str:
        return f"lines of file {path}"

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> StringCommand:
        searches: list[Any] = []
        for number, call in enumerate(calls, start=1):
            pattern = call["pattern"]
            quoted = interpolated_word(pattern) if call.get("interpolate_variables") else word(pattern)
            option = "-nE" if call.get("extended_regex") else "-n"
            searches += ["search ", path_word(call["path"]), f" {number} {option} ", quoted, "\n"]
        return script(_SEARCH, searches)

    def process(self, output: list[str]) -> list[str] | None:
        return only(self.batch_process([{}], output))

    def batch_process(
        self, calls: Sequence[Mapping[str, Any]], output: list[str]
    ) -> list[list[str] | FactProcessError | None]:
        answers: dict[int, _Found] = {}
        current: _Found | None = None
        for line in output:
            found = header(line)
            if found is None:
                if current is None or not (current.hear(line) or current.add(line)):
                    not_understood("lines", line)
                continue
            mark, numbers = found
            if mark == FAILED and numbers and numbers[0] in answers:
                current = answers[numbers[0]]
                current.failed = True
            elif mark not in (EXISTS, MISSING) or len(numbers) != 1 or numbers[0] in answers:
                not_understood("lines", line)
            else:
                current = answers[numbers[0]] = _Found(mark == EXISTS)
        found_lines = answered("lines", answers, len(calls))
        return [one.value(call) for one, call in zip(found_lines, calls, strict=True)]


class _Found:
    """What one search gave."""

    def __init__(self, exists: bool) -> None:
        self.exists = exists
        self.failed = False
        self._last = 0
        self._lines: list[str] = []
        self._said: list[str] = []

    def hear(self, line: str) -> bool:
        """Take what grep said when it failed."""
        if not self.failed or not line.startswith("~ "):
            return False
        self._said.append(line[2:])
        return True

    def add(self, line: str) -> bool:
        """Take a line behind its number; numbers only grow."""
        match = _NUMBERED.match(line)
        if match is None or not self.exists or int(match[1]) <= self._last:
            return False
        self._last = int(match[1])
        self._lines.append(match[2])
        return True

    def value(self, call: Mapping[str, Any]) -> list[str] | FactProcessError | None:
        if self.failed:
            said = f": {' '.join(self._said)}" if self._said else ""
            return FactProcessError(f"{call.get('path', 'the file')} cannot be searched{said}")
        return self._lines if self.exists else None
