"""Everything below a directory, with digests: one ``find``, whatever there is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._core.errors import FactProcessError
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts._frames import not_understood
from pyinfra.facts._shell import path_word, script, tree_resources, word

from .stat_output import BSD_STAT_COMMAND, LINUX_STAT_COMMAND, LS_COMMAND, FileDict, parse_line
from .targets import TARGETS, Text, read_targets

# Both of these get a batch of names from find. They answer "= N" (or "# N ALGORITHM"), the names, each with a NUL
# behind it, and then one line for each name. When a program does not answer for all of them (no such program, something
# went away meanwhile, names with newlines), they are asked for one by one. Targets of links follow with NULs, too.
_STAT = f"""{TARGETS}printf '= %s\\n' $#; printf '%s\\0' "$@"; echo
o=$({LINUX_STAT_COMMAND} -- "$@" 2>/dev/null) || o=$({BSD_STAT_COMMAND} -- "$@" 2>/dev/null) || o=
if [ -n "$o" ]; then printf '%s\\n' "$o"
else for p do
o=$({LINUX_STAT_COMMAND} -- "$p" 2>/dev/null || {BSD_STAT_COMMAND} -- "$p" 2>/dev/null || \
{LS_COMMAND} -- "$p" 2>/dev/null) || o=-
printf '%s\\n' "${{o%%"$nl"*}}"
done; fi
c=$#
for p do [ ! -L "$p" ] || set -- "$@" "$p"; done
shift $c
[ $# -eq 0 ] || targets "$@"
echo"""
_HASH = """n=$#
for a in sha1 md5 sha256; do
if command -v "${a}sum" >/dev/null 2>&1; then d() { "${a}sum" "$@"; }
elif command -v "$a" >/dev/null 2>&1; then d() { "$a" -q "$@"; }
elif [ $a != md5 ] && command -v shasum >/dev/null 2>&1; then d() { shasum -a "${a#sha}" "$@"; }
elif command -v openssl >/dev/null 2>&1; then d() { openssl dgst "-$a" "$@"; }
else continue; fi
printf '# %s %s\\n' $n $a; printf '%s\\0' "$@"; echo
case "$*" in *"
"*) o= ;; *) o=$(d "$@" 2>/dev/null) || o= ;; esac
if [ -n "$o" ]; then printf '%s\\n' "$o"; else for p do d <"$p" 2>/dev/null || echo -; done; fi
exit; done"""
_BEGIN = """CDPATH= cd -- "$p" 2>/dev/null || { if [ -e "$p" ] || [ -L "$p" ]; then echo "@"; fi; exit 0; }
export LC_ALL=C TZ=UTC0
find . -exec sh -c """
_ANNOUNCED = re.compile(r"(?:(=) ([0-9]+)|(#) ([0-9]+) (sha1|md5|sha256))\Z")
_DIGEST = re.compile(r"\\?([0-9a-f]{32,64})(?:\s|\Z)|[=)]\s?([0-9a-f]{32,64})\Z")
_MOST_SIZES = 2000


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """Something in a tree.

    Attributes:
        kind: ``"-"``, ``"d"``, ``"l"`` and so on, as ``ls`` shows it.
        attributes: what the facts about files say of it.
        digest: of a file that was asked for; None where that is not known.
        algorithm: what the digest is, as ``hashlib`` calls it.
    """

    kind: str
    attributes: FileDict
    digest: str | None = None
    algorithm: str | None = None


class Tree(FactBase["dict[str, TreeEntry] | Literal[False] | None"]):
    """What is in a directory, by path relative to it, itself as ``"."``: ``False`` when something else is there.

    Links below it are not followed. Digests are made of files whose size is among those that are given.
    """

    in_plans = False

    def command(self, path: str, sizes: Iterable[int] = ()) -> StringCommand:
        wanted = sorted(set(sizes) - {0})
        parts: list[Any] = ["p=", path_word(path), "\n", _BEGIN, word(_STAT), " sh {} +"]
        if wanted:
            tests = " -o ".join(f"-size {size}c" for size in wanted) if len(wanted) <= _MOST_SIZES else "-size +0c"
            parts += [" -type f '(' ", tests, " ')' -exec sh -c ", word(_HASH), " sh {} +"]
        return script(parts, " 2>/dev/null || :")

    def resources(self, path: str, sizes: Iterable[int] = ()) -> Iterable[Resource] | None:
        return tree_resources(path)

    def describe(self, path: str, sizes: Iterable[int] = ()) -> str:
        return f"tree {path}"

    def process(self, output: list[str]) -> dict[str, TreeEntry] | Literal[False] | None:
        if output == ["@"]:
            return False
        if not output:
            return None
        return _Reader("\n".join(output) + "\n").entries()


class _Reader:
    """Reads the answers from left to right."""

    def __init__(self, text: str) -> None:
        self._text = Text("tree", text)

    def entries(self) -> dict[str, TreeEntry]:
        found: dict[str, TreeEntry] = {}
        digests: dict[str, tuple[str | None, str]] = {}  # in which order the two come is for find to choose
        while self._text:
            line = self._text.until("\n")
            announced = _ANNOUNCED.match(line)
            if announced is None:
                not_understood("tree", line)
            if announced[1]:
                found.update(self._attributes(int(announced[2])))
            else:
                digests.update((name, (digest, announced[5])) for name, digest in self._digests(int(announced[4])))
        if "." not in found:
            raise FactProcessError("tree: the output ends too early")
        for name, (digest, algorithm) in digests.items():
            if name in found:  # otherwise it came while find was looking
                found[name] = replace(found[name], digest=digest, algorithm=algorithm)
        return found

    def _attributes(self, count: int) -> Iterator[tuple[str, TreeEntry]]:
        names = [self._name() for _ in range(count)]
        self._end_of_names()
        lines = [self._line() for _ in range(count)]
        seen = [(name, parse_line(line)) for name, line in zip(names, lines, strict=True) if line != "-"]
        links = [one.attributes for _, one in seen if one.kind == "l"]
        targets = read_targets(self._text.until) if links else []
        if len(targets) != len(links):
            raise FactProcessError("tree: its links changed while it was read")
        for attributes, target in zip(links, targets, strict=True):
            if target is not None:
                attributes["link_target"] = target
        self._end_of_names()
        for name, one in seen:
            yield name, TreeEntry(one.kind, one.attributes)

    def _digests(self, count: int) -> Iterator[tuple[str, str | None]]:
        names = [self._name() for _ in range(count)]
        self._end_of_names()
        for name in names:
            line = self._line()
            match = _DIGEST.search(line)
            if match is None and line != "-":
                not_understood("tree", line)
            yield name, (match[1] or match[2]) if match is not None else None

    # -- pieces ----------------------------------------------------------------------------

    def _name(self) -> str:
        return self._text.until("\0").removeprefix("./")

    def _line(self) -> str:
        return self._text.until("\n")

    def _end_of_names(self) -> None:
        line = self._line()
        if line:
            not_understood("tree", line)
