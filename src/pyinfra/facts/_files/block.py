"""``Block``: the lines between two markers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._core.errors import FactProcessError, FactValueError
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts._frames import EXISTS, MISSING, answered, header, not_understood, only
from pyinfra.facts._shell import operand_word, path_resources, script, word

MARKER_DEFAULT = "# {mark} PYINFRA BLOCK"
MARKER_BEGIN_DEFAULT = "BEGIN"
MARKER_END_DEFAULT = "END"

# Markers travel in the environment, where awk takes them as they are; n=1 among its arguments numbers the file behind.
# A begin without an end, before another begin, is no block: only whole ones count, and of these the first.
_BETWEEN = """'{ b = ENVIRON["BLOCK_BEGIN_" n] ""; e = ENVIRON["BLOCK_END_" n] "" }
over[n] { next }
($0 "") == b { inside[n] = 1; size[n] = 0; next }
($0 "") == e && inside[n] { for (i = 1; i <= size[n]; i++) print n ">" text[n, i]; over[n] = 1; next }
inside[n] { text[n, ++size[n]] = $0 }'"""
_LOOK = """; do n=$((n+1))
if [ ! -e "$p" ]; then echo "- $n"; elif [ ! -f "$p" ]; then echo "= $n"
elif [ ! -r "$p" ]; then echo "! $n"; else echo "= $n"; set -- "$@" "n=$n" "$p"; fi
done
[ $# -eq 0 ] || LC_ALL=C """
_LINE = re.compile(r"([0-9]+)>(.*)\Z", re.DOTALL)


def block_markers(marker: str | None = None, begin: str | None = None, end: str | None = None) -> tuple[str, str]:
    """Return the lines in front of and behind a block.

    Args:
        marker: text with ``{mark}`` in it.
        begin: what stands for ``{mark}`` in front.
        end: what stands for it behind.

    Raises:
        FactValueError: when both lines are the same, or one could not be a line.
    """
    text = marker or MARKER_DEFAULT
    first = text.replace("{mark}", begin or MARKER_BEGIN_DEFAULT)
    last = text.replace("{mark}", end or MARKER_END_DEFAULT)
    if first == last:
        raise FactValueError("the markers of a block must differ: does the marker hold {mark}?", argument="marker")
    if "\n" in first + last:
        raise FactValueError("a marker must be a single line", argument="marker")
    return first, last


class Block(FactBase[list[str] | None]):
    """The lines between two marker lines: ``[]`` without the markers, ``None`` without the file."""

    @staticmethod
    def default() -> list[str] | None:
        return []

    def command(
        self, path: str, marker: str | None = None, begin: str | None = None, end: str | None = None
    ) -> StringCommand:
        return self.batch_command([{"path": path, "marker": marker, "begin": begin, "end": end}])

    def resources(self, path: str, *args: Any, **kwargs: Any) -> Iterable[Resource] | None:
        return path_resources(path)

    def describe(self, path: str, *args: Any, **kwargs: Any) -> str:
        return f"block in file {path}"

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> StringCommand:
        paths: list[Any] = []
        environment: list[Any] = []
        for number, call in enumerate(calls, start=1):
            first, last = block_markers(call.get("marker"), call.get("begin"), call.get("end"))
            paths += [" ", operand_word(call["path"])]
            environment += [f"BLOCK_BEGIN_{number}=", word(first), f" BLOCK_END_{number}=", word(last), " "]
        return script("n=0; set --\nfor p in", paths, _LOOK, environment, "awk ", _BETWEEN, ' "$@"')

    def process(self, output: list[str]) -> list[str] | None:
        return only(self.batch_process([{}], output))

    def batch_process(
        self, calls: Sequence[Mapping[str, Any]], output: list[str]
    ) -> list[list[str] | FactProcessError | None]:
        answers: dict[int, list[str] | FactProcessError | None] = {}
        for line in output:
            found, text = header(line), _LINE.match(line)
            if found is not None and len(found[1]) == 1 and found[1][0] not in answers:
                answers[found[1][0]] = _start(found[0], calls, found[1][0])
                continue
            lines = answers.get(int(text[1])) if text is not None else None
            if text is None or not isinstance(lines, list):
                not_understood("block", line)
            lines.append(text[2])
        return answered("block", answers, len(calls))


def _start(mark: str, calls: Sequence[Mapping[str, Any]], number: int) -> list[str] | FactProcessError | None:
    if mark == EXISTS:
        return []
    if mark == MISSING:
        return None
    path = calls[number - 1].get("path", "the file") if number <= len(calls) else "the file"
    return FactProcessError(f"{path} cannot be read")
