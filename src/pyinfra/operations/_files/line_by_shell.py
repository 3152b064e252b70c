"""``files.line`` where the text cannot be worked out on this machine: the host's shell has to fill in variables, or the
file is very large. Then ``grep`` looks and ``sed`` edits.
"""

from __future__ import annotations

from collections.abc import Generator

from pyinfra import host
from pyinfra.api import QuoteString, StringCommand
from pyinfra.api.planning import affects, change
from pyinfra.api.planning import path as path_resource
from pyinfra.facts._shell import interpolated_word, path_word
from pyinfra.facts.files import FindInFile
from pyinfra.operations.util.files import adjust_regex, sed_delete, sed_replace, strip_regex_anchors


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
    how = {"interpolate_variables": interpolate_variables, "extended_regex": extended_regex}
    found = host.get_fact(FindInFile, path=path, pattern=pattern, **how)
    edit: StringCommand | None = None
    if not found and present:
        added = replace if replace is not None else (line if escape_regex_characters else strip_regex_anchors(line))
        exact = f"^{adjust_regex(added, True)[3:-3]}$"  # without the ".*" around it
        there = replace is not None and host.get_fact(FindInFile, path=path, pattern=exact, **how)
        edit = None if there else _append(path, added, interpolate_variables)
    elif found and not present:
        edit = sed_delete(path, pattern, "", flags, backup, **how)
    elif found and replace is not None and any(one != replace for one in found):
        edit = sed_replace(path, pattern, replace, flags, backup, **how)
    if edit is None:
        host.noop(f"line {line!r} in {path} is as it should be")
        return
    yield edit
    change(f"file {path}", "line", list(found or []) or None, (replace or line) if present else None)
    affects(path_resource(path))


def _append(path: str, added: str, interpolate: bool) -> StringCommand:
    text = interpolated_word(added) if interpolate else QuoteString(added)
    file = path_word(path)
    # A last line without an end gets one first, or the new one would become a part of it.
    apart = StringCommand("{ [ ! -s", file, "] || [ -z \"$(tail -c 1", file, ')" ] || echo >>', file, "; }")
    return StringCommand(apart, "&&", "printf '%s\\n'", text, ">>", file)
