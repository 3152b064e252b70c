"""``files.line`` where the text cannot be worked out on this machine: the host's shell has to fill in variables, or the
file is very large. Then ``grep`` looks and ``sed`` edits.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import TypedDict

from pyinfra import host
from pyinfra.api import QuoteString, StringCommand
from pyinfra.api.planning import affects, change, prefetch
from pyinfra.api.planning import path as path_resource
from pyinfra.facts._shell import interpolated_word
from pyinfra.facts.files import FindInFile
from pyinfra.operations.util.files import adjust_regex, sed_delete, sed_replace, strip_regex_anchors

from .turns import append, in_turn


class _How(TypedDict):
    interpolate_variables: bool
    extended_regex: bool


def edit_by_shell(
    path: str,
    line: str,
    present: bool,
    replace: str | None,
    flags: list[str] | None,
    backup: bool,
    interpolate_variables: bool,
    escape_regex_characters: bool,
    extended_regex: bool,
) -> Generator[StringCommand, None, None]:
    """Read what matches, and yield what is needed."""
    pattern = adjust_regex(line, escape_regex_characters)
    how: _How = {"interpolate_variables": interpolate_variables, "extended_regex": extended_regex}
    added = replace if replace is not None else (line if escape_regex_characters else strip_regex_anchors(line))
    exact = _exactly(added, **how)
    prefetch(FindInFile, path=path, pattern=exact, **how)
    found = host.get_fact(FindInFile, path=path, pattern=pattern, **how) or []
    as_wanted = host.get_fact(FindInFile, path=path, pattern=exact, **how) or []
    edit: StringCommand | None = None
    if not present:
        edit = sed_delete(path, pattern, "", flags, backup, **how) if found else None
    elif not found:
        text = interpolated_word(added) if interpolate_variables else QuoteString(added)
        edit = None if as_wanted else append(path, text)
    elif replace is not None and not set(found) <= set(as_wanted):
        edit = sed_replace(path, pattern, replace, flags, backup, **how)
    if edit is None:
        host.noop(f"line {line!r} in {path} is as it should be")
        return
    yield in_turn(path, edit)
    change(f"file {path}", "line", found or None, (replace or line) if present else None)
    affects(path_resource(path))


_VARIABLE_OR_SPECIAL = re.compile(r"\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*\})|[.*\[\]^$\\]|[+?(){}|]", re.ASCII)


def _exactly(text: str, interpolate_variables: bool, extended_regex: bool) -> str:
    """A pattern for the lines that are this text."""

    def escaped(match: re.Match[str]) -> str:
        found = match[0]
        if interpolate_variables and (len(found) > 1 or found in "$\\"):
            return found if len(found) > 1 else rf"\\{found}"  # the shell takes one of the backslashes
        return found if found in "+?(){}|" and not extended_regex else f"\\{found}"

    return f"^{_VARIABLE_OR_SPECIAL.sub(escaped, text)}$"
