"""``FindFiles``, ``FindLinks``, ``FindDirectories``: paths below a directory."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, ClassVar

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._core.errors import FactProcessError, FactValueError
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts._shell import Part, glob_word, path_word, script, tree_resources, word, words
from pyinfra.facts.util.units import parse_size

_COMPARED_SIZE = re.compile(r"[+-][0-9]+[bcwkMG]?\Z")
_GLOB_CHARACTER = re.compile(r"[*?\[$~]")


class FindFilesBase(FactBase[list[str]]):
    """Base of the facts that search a tree.

    Sizes are bytes, or text such as ``"10MB"`` or ``"1GiB"``; ``size`` also takes ``find``'s ``"+10k"``.
    ``quote_path=False`` lets the shell expand patterns and plain variables in the path.
    """

    abstract = True
    type_flag: ClassVar[str] = "f"
    noun: ClassVar[str] = "files"

    @staticmethod
    def default() -> list[str]:
        return []

    def command(
        self,
        path: str,
        size: str | int | None = None,
        min_size: str | int | None = None,
        max_size: str | int | None = None,
        maxdepth: int | None = None,
        fname: str | None = None,
        iname: str | None = None,
        regex: str | None = None,
        path_match: str | None = None,
        args: list[str] | None = None,
        quote_path: bool = True,
    ) -> StringCommand:
        terms: list[Part] = [_start(path) if quote_path else glob_word(path)]
        if maxdepth is not None:
            terms += ["-maxdepth", _depth(maxdepth)]
        terms += ["-type", self.type_flag, *_size_terms(size, min_size, max_size)]
        named = {"-name": fname, "-iname": iname, "-regex": regex, "-path": path_match}
        for option, value in named.items():
            if value is not None:
                terms += [option, word(value)]
        if args:
            terms += ["'('", *map(word, args), "')'"]
        search = words(["find", *terms])
        # What cannot be looked into is left out, but what find does not understand is told. That is tried where nothing
        # is below and nothing is done: /dev/null is no pipe. Names may hold newlines; not every find knows -print0.
        understood = words(["find", "/dev/null", "-type", "p", *terms[1:]])
        return script(
            search, " -print0 2>/dev/null ||\nif e=$(", understood, " 2>&1 >/dev/null); then\n",
            "find / -prune -print0 >/dev/null 2>&1 || ", search, " 2>/dev/null || :\n",
            "else printf '\\000%s' \"$e\"; fi",
        )  # fmt: skip

    def resources(self, path: str, *args: Any, quote_path: bool = True, **kwargs: Any) -> Iterable[Resource] | None:
        if quote_path is False:
            glob = _GLOB_CHARACTER.search(path)
            path = path[: glob.start()].rpartition("/")[0] or "/" if glob and glob.start() else path
        return tree_resources(path)

    def describe(self, path: str, *args: Any, **kwargs: Any) -> str:
        return f"{self.noun} below {path}"

    def process(self, output: list[str]) -> list[str]:
        text = "\n".join(output)
        if text.startswith("\0"):  # no name is empty
            raise FactProcessError(f"{self.noun}: {text[1:].strip() or 'find failed'}")
        if "\0" in text:
            return [name for name in text.split("\0") if name.strip("\n")]
        return [line for line in output if line]


class FindFiles(FindFilesBase):
    """Paths of the regular files below a directory."""

    abstract = False


class FindLinks(FindFilesBase):
    """Paths of the symbolic links below a directory."""

    abstract = False
    type_flag = "l"
    noun = "links"


class FindDirectories(FindFilesBase):
    """Paths of the directories below a directory, with itself."""

    abstract = False
    type_flag = "d"
    noun = "directories"


def _start(path: str) -> Part:
    """A path that find does not take for a part of its expression."""
    return word(f"./{path}") if path.startswith(("-", "(", ")", "!", ",")) else path_word(path)


def _size_terms(size: str | int | None, min_size: str | int | None, max_size: str | int | None) -> list[str]:
    terms: list[str] = []
    if isinstance(size, str) and size[:1] in ("+", "-"):
        if not _COMPARED_SIZE.match(size):
            raise FactValueError(f"{size!r} is not a size", argument="size")
        terms += ["-size", size]
    elif size is not None:
        terms += ["-size", f"{_bytes(size, 'size')}c"]
    if min_size is not None and _bytes(min_size, "min_size") > 0:
        terms += ["-size", f"+{_bytes(min_size, 'min_size') - 1}c"]
    if max_size is not None:
        terms += ["-size", f"-{_bytes(max_size, 'max_size') + 1}c"]
    return terms


def _depth(maxdepth: int) -> str:
    try:
        return str(int(maxdepth))
    except (TypeError, ValueError):
        raise FactValueError(f"maxdepth must be a number, not {maxdepth!r}", argument="maxdepth") from None


def _bytes(size: str | int, argument: str) -> int:
    try:
        return parse_size(size)
    except (TypeError, ValueError) as error:
        raise FactValueError(str(error), argument=argument) from None
