"""Edits that the host's own programs make: one after the other, also when several runs make them at the same time."""

from __future__ import annotations

import posixpath

from pyinfra._core.turns import TAKE_TURN
from pyinfra.api import QuoteString, StringCommand
from pyinfra.facts._shell import Part, path_word, script

_UNTIL_THE_END = "\n(\ntrap leave_turn EXIT; trap 'exit 143' HUP INT TERM\n"


def in_turn(path: str, edit: StringCommand) -> StringCommand:
    """Return a command that changes a file while nobody else does, as far as the host can see to that.

    Args:
        path: of the file.
        edit: what changes it; without a digest of what was there, it has to do with whatever there is.
    """
    directory = path_word(posixpath.dirname(path) or ".")
    return script(TAKE_TURN.strip("\n"), _UNTIL_THE_END, "take_turn ", directory, "\n", edit, "\n)")


def append_once(path: str, line: str) -> StringCommand:
    """Return a command that adds a line at the end of a file, unless somebody else just did.

    Args:
        path: of the file; made when it is missing.
        line: text without an end of line.
    """
    file, text = path_word(path), QuoteString(line)
    there = StringCommand("LC_ALL=C grep -qxF -e", text, "--", file, "2>/dev/null")
    return in_turn(path, StringCommand(there, "||", "{", append(path, text), "; }"))


def append(path: str, text: Part) -> StringCommand:
    """Return a command that adds a line at the end of a file.

    Args:
        path: of the file; made when it is missing.
        text: a shell word.
    """
    file = path_word(path)
    # A last line without an end gets one first, or the new one would become a part of it.
    apart = StringCommand("{ [ ! -s", file, '] || [ -z "$(tail -c 1', file, ')" ] || echo >>', file, "; }")
    return StringCommand(apart, "&&", "printf '%s\\n'", text, ">>", file)
