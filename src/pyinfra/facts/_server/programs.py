"""``Which``: where a program is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource, named, path, tree
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts._frames import EXISTS, answered, header, not_understood
from pyinfra.facts._shell import script, word

# Only builtins, no process: the directories of PATH first, since "command -v" gives no path for what is a builtin too.
_WHICH = """set -f
which() {
echo "= $2"
case $1 in
*/*) [ ! -f "$1" ] || [ ! -x "$1" ] || printf '>%s\\n' "$1"; return 0 ;;
esac
IFS=:
for d in $PATH; do
if [ -f "${d:-.}/$1" ] && [ -x "${d:-.}/$1" ]; then printf '>%s\\n' "${d:-.}/$1"; return 0; fi
done
case $1 in -* | '') ;; *) command -v "$1" ;; esac 2>/dev/null || :
}
"""


class Which(FactBase[str | None]):
    """Path of a program, or the name of a shell builtin; ``None`` when it is not there.

    Example:
        >>> host.get_fact(Which, command="sh")
        '/usr/bin/sh'
    """

    def command(self, command: str) -> StringCommand:
        return self.batch_command([{"command": command}])

    def resources(self, command: str) -> Iterable[Resource] | None:
        if "/" in command:
            return (path(command),) if command.startswith("/") else None
        installed = (tree("/bin"), tree("/sbin"), tree("/usr"), tree("/opt"), tree("/snap"))
        return (named("packages"), named("programs"), *installed)

    def describe(self, command: str) -> str:
        return f"program {command}"

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> StringCommand:
        parts: list[Any] = []
        for number, call in enumerate(calls, start=1):
            parts += ["which ", word(call["command"]), f" {number}\n"]
        return script(_WHICH, parts)

    def process(self, output: list[str]) -> str | None:
        lines = [line for line in output if line]
        if len(lines) == 1 and header(lines[0]) is None:
            return lines[0]
        return self.batch_process([{}], lines)[0]

    def batch_process(self, calls: Sequence[Mapping[str, Any]], output: list[str]) -> list[str | None]:
        answers: dict[int, str | None] = {}
        current = 0
        for line in output:
            found = header(line)
            if found is not None and found[0] == EXISTS and len(found[1]) == 1 and found[1][0] not in answers:
                current = found[1][0]
                answers[current] = None
            elif current and answers[current] is None:
                answers[current] = line.removeprefix(">")
            else:
                not_understood("program", line)
        return answered("program", answers, len(calls))
