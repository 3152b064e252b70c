"""Gems of which there are newer versions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pyinfra._core.commands import StringCommand
from pyinfra._lib.packages.gem import GEM
from pyinfra.facts._newest import NewerVersions, after_mark, if_it_works
from pyinfra.facts._shell import word, words

_PLATFORM = r"-(?:java|jruby|mswin|mingw|(?:universal|x86|x86_64|x64|i\d86|arm|aarch64|ppc|s390)[^-]*-)\S*"
_GEM = re.compile(rf"  (\S+?)-(\d+(?:\.[0-9A-Za-z]+)*)(?:{_PLATFORM})?\Z")  # "  rake-13.0.6"


class OutdatedGems(NewerVersions):
    """The versions that gem would update gems to, of those that it would update; None when nobody knows.

    ``gem outdated`` says nothing when it cannot ask.
    """

    manager = GEM

    def command(self, packages: Sequence[str]) -> StringCommand:
        return if_it_works("gem update --explain ", words(map(word, packages)))

    def process(self, output: list[str]) -> dict[str, str] | None:
        lines = after_mark(output)
        return None if lines is None else {row[1]: row[2] for row in map(_GEM.match, lines) if row is not None}
