"""Texts with the variables of the host's shell filled in."""

from __future__ import annotations

from collections.abc import Iterable

from pyinfra.api import FactBase, StringCommand
from pyinfra.api.planning import Resource
from pyinfra.facts._shell import interpolated_word, script, words


class Interpolated(FactBase["list[str]"]):
    """Texts as the shell reads them between double quotes, running nothing."""

    in_plans = False

    def command(self, texts: Iterable[str]) -> StringCommand:
        return script("printf '%s\\000' ", words(map(interpolated_word, texts)))

    def resources(self, texts: Iterable[str]) -> Iterable[Resource] | None:
        return ()  # a shell has its variables from when it was opened

    def process(self, output: list[str]) -> list[str]:
        return "\n".join(output).split("\0")[:-1]
