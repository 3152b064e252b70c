"""``Flags``: the file flags of BSD systems."""

from __future__ import annotations

from collections.abc import Iterable

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts._shell import path_resources, path_word, script

_FLAGS_COLUMN = 4  # of "ls -lod", which has the name in the tenth


class Flags(FactBase[list[str] | None]):
    """Names of the flags that a file has (``chflags``); ``None`` when it is missing."""

    def requires_command(self, path: str) -> str:
        return "chflags"

    def command(self, path: str) -> StringCommand:
        return script(
            "p=", path_word(path), '; if [ -e "$p" ] || [ -L "$p" ]; then stat -f %Sf -- "$p" || ls -lod -- "$p"; fi'
        )

    def resources(self, path: str) -> Iterable[Resource] | None:
        return path_resources(path)

    def describe(self, path: str) -> str:
        return f"flags of file {path}"

    def process(self, output: list[str]) -> list[str]:
        fields = "\n".join(output).split()
        if len(fields) > _FLAGS_COLUMN + 4:
            text = fields[_FLAGS_COLUMN]
        elif len(fields) == 1:
            text = fields[0]
        else:
            return []
        return [] if text == "-" else [flag for flag in text.split(",") if flag]
