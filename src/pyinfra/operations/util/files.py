"""Parts of file operations that other packages build on.

Paths and texts are quoted; whatever a value holds, it stays one word of the command.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from pyinfra._lib.modes import checked_mode
from pyinfra._lib.text_edit import ends_with_anchor, without_anchors
from pyinfra.api import OperationError, QuoteString, StringCommand
from pyinfra.api.output import format_text
from pyinfra.facts._shell import interpolated_word, path_word

__all__ = [
    "MetadataTimeField",
    "OperationError",
    "QuoteString",
    "StringCommand",
    "adjust_regex",
    "chmod",
    "chown",
    "ensure_mode_int",
    "format_text",
    "generate_color_diff",
    "get_timestamp",
    "sed_delete",
    "sed_replace",
    "strip_regex_anchors",
    "touch",
    "unix_path_join",
]


class MetadataTimeField(Enum):
    """Which time of a file."""

    ATIME = "atime"
    MTIME = "mtime"


def unix_path_join(*parts: str) -> str:
    """Join parts of a path on the host, whatever system this runs on.

    Example:
        >>> unix_path_join("/srv/", "app")
        '/srv/app'
    """
    if not parts:
        return ""
    *leading, last = parts
    return "/".join([*(part.rstrip("/") for part in leading), last])


def ensure_mode_int(mode: str | int | None) -> int | str | None:
    """Return permissions as an integer of octal digits; symbolic ones (``"u+x"``) as they are.

    Raises:
        ValueError: when it means no permissions.
    """
    return checked_mode(mode)


def get_timestamp() -> str:
    """Return the present minute as backups are named after it."""
    return datetime.now().astimezone().strftime("%y%m%d%H%M")


# -- owner, permissions, times -------------------------------------------------------------


def chmod(target: str, mode: str | int, recursive: bool = False) -> StringCommand:
    """Return the command that sets permissions."""
    text = str(mode)
    return StringCommand(
        "chmod",
        *(["-R"] if recursive else []),
        *(["--"] if text.startswith("-") else []),
        QuoteString(text),
        path_word(target),
    )


def chown(
    target: str, user: str | None = None, group: str | None = None, recursive: bool = False, dereference: bool = True
) -> StringCommand:
    """Return the command that sets the owner, the group or both.

    Args:
        target: path on the host.
        user: name or number.
        group: name or number.
        recursive: with everything below.
        dereference: False to change a symbolic link itself.
    """
    owner = str(user or "")
    if group:
        owner = f"{owner}:{group}" if user else str(group)
    return StringCommand(
        "chown" if user else "chgrp",
        *(["-R"] if recursive else []),
        *([] if dereference else ["-h"]),
        *(["--"] if owner.startswith("-") else []),
        QuoteString(owner),
        path_word(target),
    )


def touch(target: str, timefield: MetadataTimeField, timesrc: datetime, dereference: bool = True) -> StringCommand:
    """Return the command that sets a time of a file, to the second.

    Args:
        target: path on the host.
        timefield: which time.
        timesrc: a naive one is taken to be in UTC.
        dereference: False to change a symbolic link itself.
    """
    moment = timesrc if timesrc.tzinfo is None else timesrc.astimezone(UTC)
    return StringCommand(
        # -t is the one way to write a time that every touch understands
        "TZ=UTC0 touch",
        "-a" if timefield is MetadataTimeField.ATIME else "-m",
        *([] if dereference else ["-h"]),
        "-t",
        moment.strftime("%Y%m%d%H%M.%S"),
        path_word(target),
    )


# -- lines ---------------------------------------------------------------------------------

_SPECIAL_IN_BASIC = re.compile(r"[.\\*\[\]^$]")


def adjust_regex(line: str, escape_regex_characters: bool) -> str:
    """Return a basic regular expression for the whole of a line that contains a pattern.

    Args:
        line: the pattern.
        escape_regex_characters: take it as plain text.

    Example:
        >>> adjust_regex("PORT=", False), adjust_regex("^a$", False)
        ('^.*PORT=.*$', '^a$')
    """
    if escape_regex_characters:
        line = _SPECIAL_IN_BASIC.sub(r"\\\g<0>", line)
        return f"^.*{line}.*$"
    start = "" if line.startswith("^") else "^.*"
    end = "" if ends_with_anchor(line) else ".*$"
    return f"{start}{line}{end}"


def strip_regex_anchors(line: str) -> str:
    """Return a pattern without the anchors at its ends.

    Example:
        >>> strip_regex_anchors("^a$"), strip_regex_anchors(r"cost in \\$")
        ('a', 'cost in \\\\$')
    """
    return without_anchors(line)


def _without_meaning(character: str, text: str) -> str:
    """Put a backslash before a character that sed would take for more than itself, where there is none yet."""
    pattern = rf"\\(?s:.)|{re.escape(character)}"
    return re.sub(pattern, lambda match: match[0] if len(match[0]) > 1 else f"\\{match[0]}", text)


def _limit(interpolate: bool) -> str:
    """What stands between the parts of a sed script: something that no variable holds where variables come in."""
    return "\1" if interpolate else "/"


def _sed(script: str, filename: str, backup: bool, interpolate: bool, extended: bool) -> StringCommand:
    suffix = f".{get_timestamp()}" if backup else f".{get_timestamp()}-old"  # never the name of a backup
    edit = StringCommand(
        "sed",
        *(["-E"] if extended else []),
        QuoteString(f"-i{suffix}"),
        interpolated_word(script) if interpolate else QuoteString(script),
        path_word(filename),
    )
    if backup:
        return edit
    return StringCommand(edit, "&&", "rm -f", path_word(f"{filename}{suffix}"))


def sed_delete(
    filename: str,
    line: str,
    replace: str,
    flags: list[str] | None = None,
    backup: bool = False,
    interpolate_variables: bool = False,
    extended_regex: bool = False,
) -> StringCommand:
    """Return the command that removes the lines which match a regular expression.

    Args:
        filename: path on the host.
        line: the regular expression.
        replace: not used; so that it can be called as ``sed_replace`` is.
        flags: of sed; only ``"i"`` (or ``"I"``) means something here.
        backup: keep the old file under its name with the time.
        interpolate_variables: have the shell fill in ``$NAME``.
        extended_regex: take the expression as an extended one.
    """
    ignore_case = "I" if any("i" in flag.lower() for flag in flags or []) else ""
    limit = _limit(interpolate_variables)
    start = limit if limit == "/" else f"\\{limit}"
    script = f"{start}{_without_meaning(limit, line)}{limit}{ignore_case}d"
    return _sed(script, filename, backup, interpolate_variables, extended_regex)


def sed_replace(
    filename: str,
    line: str,
    replace: str,
    flags: list[str] | None = None,
    backup: bool = False,
    interpolate_variables: bool = False,
    extended_regex: bool = False,
) -> StringCommand:
    """Return the command that replaces what matches a regular expression.

    Args:
        filename: path on the host.
        line: the regular expression.
        replace: text instead; ``\\1`` to ``\\9`` stand for the groups.
        flags: of sed.
        backup: keep the old file under its name with the time.
        interpolate_variables: have the shell fill in ``$NAME``.
        extended_regex: take the expression as an extended one.
    """
    limit = _limit(interpolate_variables)
    replacement = _without_meaning(limit, _without_meaning("&", replace)).replace("\n", "\\\n")
    script = f"s{limit}{_without_meaning(limit, line)}{limit}{replacement}{limit}{''.join(flags or [])}"
    return _sed(script, filename, backup, interpolate_variables, extended_regex)


def generate_color_diff(current_lines: list[str], desired_lines: list[str]) -> Generator[str, None, None]:
    """Yield the lines of a unified diff, those that go in red and those that come in green.

    Args:
        current_lines: the lines now.
        desired_lines: the lines then.
    """
    style: dict[str, Callable[[str], Any]] = {
        "+": lambda line: format_text(line, "green"),
        "-": lambda line: format_text(line, "red"),
    }
    for line in difflib.unified_diff(current_lines, desired_lines, n=2, lineterm=""):
        if line.startswith(("---", "+++", "@@")):
            continue
        yield style.get(line[:1], str)(line.rstrip("\n"))
