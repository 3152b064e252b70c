"""``File``, ``Directory``, ``Link`` and ``Socket``: what is at a path. All paths of a batch cost one process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Literal

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts._frames import header, line_answers, not_understood
from pyinfra.facts._shell import path_resources, path_word, script, words

from .stat_output import BSD_STAT_COMMAND, LINUX_STAT_COMMAND, LS_COMMAND, FileDict, Seen, parse_line
from .targets import TARGETS, Text, read_targets

# Links among what is there, and where they lead.
_LINKS = """links() {
c=$# l= r=$found
for p do r=${r# }; n=${r%% *}; r=${r#"$n"}; [ ! -L "$p" ] || { l="$l $n"; set -- "$@" "$p"; }; done
shift $c
[ $# -eq 0 ] || { printf '@%s\\n' "$l"; targets "$@"; }
}
"""
# Which paths are there is found out with builtins, so that one stat answers for all of them in their order. When it
# fails (no such stat, or something went away meanwhile), they are looked at one by one.
_LOOK = """if [ -L "$p" ] || [ -e "$p" ]; then set -- "$@" "$p"; found="$found $n"; else gone="$gone $n"; fi
done
"""
_TELL = f"""printf "%s\\n" "-$gone"
if [ $# -eq 0 ]; then :
elif o=$({LINUX_STAT_COMMAND} -- "$@" 2>/dev/null) || o=$({BSD_STAT_COMMAND} -- "$@" 2>/dev/null); then
printf '=%s\\n%s\\n' "$found" "$o"
else for p do found=${{found# }}; n=${{found%% *}}; found=${{found#"$n"}}
if o=$({LINUX_STAT_COMMAND} -- "$p" 2>/dev/null) || o=$({BSD_STAT_COMMAND} -- "$p" 2>/dev/null) \
|| o=$({LS_COMMAND} -- "$p" 2>/dev/null); then printf '= %s\\n%s\\n' "$n" "${{o%%"$nl"*}}"; else echo "- $n"; fi
done; fi"""
_NEWLINE = "nl='\n'\n"


class File(FactBase[FileDict | Literal[False] | None]):
    """What is known of a regular file: ``False`` when something else is there, ``None`` when nothing is."""

    kind: ClassVar[str] = "-"
    noun: ClassVar[str] = "file"
    batch_family = "entries"

    def command(self, path: str) -> StringCommand:
        return self.batch_command([{"path": path}])

    def resources(self, path: str) -> Iterable[Resource] | None:
        return path_resources(path)

    def describe(self, path: str) -> str:
        return f"{self.noun} {path}"

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> StringCommand:
        links = self.kind == "l"
        return script(
            TARGETS + _LINKS if links else _NEWLINE,
            "export LC_ALL=C TZ=UTC0; n=0 found= gone=; set --\nfor p in ",
            words(path_word(call["path"]) for call in calls),
            "; do n=$((n+1))\n",
            _LOOK,
            'links "$@"\n' if links else "",
            _TELL,
        )

    def process(self, output: list[str]) -> FileDict | Literal[False] | None:
        lines = [line for line in output if line]
        if lines and header(lines[0]) is None:
            # A line of stat or ls as such; a name with newlines in it goes on in the next ones.
            return self._judge(parse_line("\n".join(output).rstrip("\n")), None)
        return self.batch_process([{}], output)[0]

    def batch_process(
        self, calls: Sequence[Mapping[str, Any]], output: list[str]
    ) -> list[FileDict | Literal[False] | None]:
        targets, rest = _take_targets(output, len(calls))
        lines = line_answers(self.noun, rest, len(calls))
        return [
            None if line is None else self._judge(parse_line(line), targets.get(number))
            for number, line in enumerate(lines, start=1)
        ]

    def _judge(self, seen: Seen, target: str | None) -> FileDict | Literal[False]:
        if seen.kind != self.kind:
            return False
        if target is not None:
            seen.attributes["link_target"] = target
        return seen.attributes


class Link(File):
    """What is known of a symbolic link, with its ``link_target``."""

    kind = "l"
    noun = "link"
    batch_rank = 1  # its command also tells where links lead


class Directory(File):
    """What is known of a directory."""

    kind = "d"
    noun = "directory"


class Socket(File):
    """What is known of a socket."""

    kind = "s"
    noun = "socket"


def _take_targets(lines: list[str], count: int) -> tuple[dict[int, str | None], list[str]]:
    """Split off what the links point to; returns that by number, and the other lines."""
    found = header(lines[0]) if lines else None
    if found is None or found[0] != "@":
        return {}, lines
    numbers = found[1]
    text = Text("link", "\n".join(lines[1:]) + "\n")
    targets = read_targets(text.until)
    if len(targets) != len(numbers) or not set(numbers) <= set(range(1, count + 1)):
        not_understood("link", lines[0])
    return dict(zip(numbers, targets, strict=True)), text.rest.removesuffix("\n").split("\n")
