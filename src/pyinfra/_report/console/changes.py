"""Changes of a host as people read them: ``mode 644 -> 640``, ``will be created``, a diff."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pyinfra._core.display import visible
from pyinfra._core.events import Change
from pyinfra._engine.prepare.argument_text import MASK, is_secret, value_text

from .lines import Line, columns, shorten, text_lines, wrapped

# What comes into being; everything else is added to something.
_CREATED = (
    "file", "directory", "link", "socket", "user", "users", "group", "groups", "database", "container", "volume",
    "network", "home",
)  # fmt: skip
_VALUE = 40  # columns of one value
_LONGEST_RESOURCE = 34
_SIZE = re.compile(r"(\d+ bytes)(?:, sha1 \w+)?\Z")
_FOLLOWS = ("size", "mtime", "atime", "ctime")  # from a changed content
_DIFF_STYLES = {"@": "cyan", "+": "green", "-": "red"}


def change_lines(changes: Sequence[Change], indent: int, width: int, diff: bool) -> list[Line]:
    """One line for each change, those of one resource below each other.

    Args:
        changes: what changes on a group of hosts.
        indent: columns that stay empty at the left.
        width: columns of the terminal.
        diff: show the text of changed contents.
    """
    resources: dict[str, list[Change]] = {}
    for change in changes:
        resources.setdefault(change.resource, []).append(change)
    widest = max((columns(visible(name)) for name in resources), default=0)
    column = indent + min(widest, _LONGEST_RESOURCE) + 2
    lines: list[Line] = []
    for name, found in resources.items():
        line = Line(" " * indent).add(name)
        start = column
        if line.width + 2 > column:
            lines.append(line)
            line, start = Line(), indent + 2
        for text, style in _texts(found):
            for part in wrapped(text, max(width - start, 20)):
                lines.append(line.pad(start).add(part, style))
                line = Line()
        if diff:
            lines += _diffs(found, indent + 2)
    return lines


def _texts(changes: Sequence[Change]) -> list[tuple[str, str]]:
    """What becomes of one resource, with the style of each."""
    content = any(change.attribute == "content" for change in changes)
    told = [change for change in changes if not (content and change.attribute in _FOLLOWS)]
    presence = next((change for change in told if change.attribute == "present"), None)
    if presence is None:
        return [_text(change) for change in told]
    if presence.after in (None, False):
        return [("will be removed", "red")]
    kind = presence.resource.split(" ", 1)[0]
    verb = "created" if kind in _CREATED else "added"
    rest = ", ".join(_attribute(change) for change in told if change is not presence)
    return [(f"will be {verb}: {rest}" if rest else f"will be {verb}", "green")]


def _text(change: Change) -> tuple[str, str]:
    name, before, after = change.attribute, change.before, change.after
    if before is None and str(after) == name:
        return f"{shorten(name, _VALUE)} will be added", "green"
    if after is None and str(before) == name:
        return f"{shorten(name, _VALUE)} will be removed", "red"
    if is_diff(change):
        return f"content {diff_size(after)}", ""
    if name == "content":
        return f"content {_content(before, after)}", ""
    shown = "" if name == "version" else f"{shorten(name, _VALUE)} "
    return f"{shown}{_value(name, before, after)} -> {_value(name, after, before)}", ""


def _attribute(change: Change) -> str:
    """An attribute of something new."""
    if is_diff(change):
        return f"content {diff_size(change.after)}"
    if change.attribute == "content":
        return f"content {_size(change.after)}"
    return f"{shorten(change.attribute, _VALUE)} {_value(change.attribute, change.after, change.before)}"


def _value(name: str, value: Any, other: Any) -> str:
    if isinstance(value, bool) or (value is None and isinstance(other, bool)):
        return "yes" if value else "no"
    if value is None:
        return "absent"
    if is_secret(name):
        return MASK
    if isinstance(value, (set, frozenset)):
        value = sorted(value, key=str)
    if isinstance(value, (list, tuple)) and value:
        return shorten(", ".join(map(value_text, value)), _VALUE)
    if isinstance(value, Mapping):
        return shorten(value_text(value), _VALUE)
    return shorten(value_text(value), _VALUE) if value_text(value) else "''"


def _size(value: Any) -> str:
    found = _SIZE.match(str(value))
    return found[1] if found else shorten(str(value), _VALUE)


def _content(before: Any, after: Any) -> str:
    old, new = _size(before) if before is not None else "absent", _size(after)
    return f"other {new}" if old == new else f"{old} -> {new}"


# -- diffs ---------------------------------------------------------------------------------


def is_diff(change: Change) -> bool:
    """Whether the change tells the differing lines of a text."""
    return change.attribute == "content" and isinstance(change.after, str) and change.after.startswith("@@")


def diff_size(diff: str) -> str:
    """Count the lines of a diff.

    Example:
        >>> diff_size("@@ -1,2 +1,2 @@\\n a\\n-b\\n+c")
        '+1 -1 lines'
    """
    lines = diff.split("\n")
    added = sum(line.startswith("+") for line in lines)
    removed = sum(line.startswith("-") for line in lines)
    more = " and more" if lines[-1].startswith("... ") else ""
    counts = " ".join(filter(None, [f"+{added}" if added else "", f"-{removed}" if removed else ""]))
    return f"{counts or '+0'} {'line' if added + removed == 1 else 'lines'}{more}"


def _diffs(changes: Sequence[Change], indent: int) -> list[Line]:
    lines: list[Line] = []
    for change in changes:
        if is_diff(change):
            lines += [Line(" " * indent).add(text, _DIFF_STYLES.get(text[:1], "")) for text in text_lines(change.after)]
    return lines
