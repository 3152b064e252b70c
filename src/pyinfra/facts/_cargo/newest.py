"""The newest versions of crates."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pyinfra._core.commands import StringCommand
from pyinfra._lib.packages.cargo import CARGO
from pyinfra.facts._newest import NewerVersions
from pyinfra.facts._shell import script, word, words

_ADDING = re.compile(r"\s*Adding ([A-Za-z0-9_-]+) v([0-9][0-9A-Za-z.+-]*?)(?: \(.*\))? to dependencies\.?\Z")
_PROJECT = r'[package]\nname = "pyinfra-asks"\nversion = "0.0.0"\nedition = "2018"\n[lib]\npath = "lib.rs"\n'


class NewestCrates(NewerVersions):
    """The newest versions of crates, of those that are known.

    What cargo would add to a project that is thrown away. Its commands that tell of crates ask one registry only, and
    refuse to where a mirror stands in for that.
    """

    manager = CARGO

    def command(self, packages: Sequence[str]) -> StringCommand:
        return script(
            'd=$(mktemp -d) || exit 1; trap \'rm -rf "$d"\' EXIT HUP INT TERM; cd "$d" || exit 1\n',
            f"printf '{_PROJECT}' >Cargo.toml; : >lib.rs\n",
            "cargo add --dry-run --color never -- ", words(map(word, packages)), " 2>&1 || :",
        )  # fmt: skip

    def process(self, output: list[str]) -> dict[str, str]:
        return {row[1]: row[2] for row in map(_ADDING.match, output) if row is not None}
