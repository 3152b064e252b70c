"""``files.line``: one line of a file."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Sequence
from io import BytesIO
from typing import Any

from pyinfra import host
from pyinfra._core.output import encode
from pyinfra._core.records import Record
from pyinfra._lib.text_edit import Edit, LineRule
from pyinfra.api import (
    OperationError,
    OperationTypeError,
    OperationValueError,
    StringCommand,
    WriteFileCommand,
    operation,
)
from pyinfra.api.planning import prefetch
from pyinfra.facts._files.contents import FileText
from pyinfra.facts._shell import path_word
from pyinfra.facts.files import File
from pyinfra.operations._public import public_in
from pyinfra.operations.util.files import get_timestamp

from .attributes import Attributes
from .entries import promise_entry
from .line_by_shell import edit_by_shell
from .paths import host_path
from .turns import append_once
from .uploading import promise_content, tell_content

Commands = Generator[StringCommand | WriteFileCommand, None, None]
_KNOWN_FLAGS = frozenset("gGiI0123456789")


@operation()
@public_in("files")
def line(
    path: str,
    line: str,
    present: bool = True,
    replace: str | None = None,
    flags: list[str] | None = None,
    backup: bool = False,
    interpolate_variables: bool = False,
    escape_regex_characters: bool = False,
    ensure_newline: bool = False,
    extended_regex: bool = False,
) -> Commands:
    """Ensure that a line is in a file, or is what it should be, or is not there.

    A line that contains what ``line`` describes counts; so does one that is written like it. Without one, a line is
    added at the end. The new text is worked out on this machine from the present one; when the file is changed by
    somebody else in the meantime the operation fails instead of undoing that.

    Args:
        path: of the file, on the host. A missing one is made.
        line: regular expression for the line, as ``grep`` takes it; anchor it with ``^`` and ``$`` for all of it. What
            is added is the same without those.
        present: False to remove every such line.
        replace: the line to have instead; ``\\1`` to ``\\9`` stand for the groups of ``line``.
        flags: of ``sed``; ``["i"]`` to match small and capital letters alike.
        backup: keep the old file beside it, under its name with the time.
        interpolate_variables: have the shell of the host fill in ``$NAME`` in ``line`` and ``replace``.
        escape_regex_characters: take ``line`` and ``replace`` as plain text.
        ensure_newline: not needed any more: a line is never added to the end of another one.
        extended_regex: take ``line`` as an extended regular expression, as ``grep -E`` does.

    Raises:
        OperationValueError: ``line`` is no regular expression, or an argument makes no sense.
        OperationError: ``path`` is not a file.

    Example:
        files.line(path="/etc/ssh/sshd_config", line="^#*PermitRootLogin ", replace="PermitRootLogin no")
    """
    path = host_path(path)
    ignore_case = _ignores_case(flags)
    rule = _rule(line, replace, escape_regex_characters, extended_regex, ignore_case)
    if not interpolate_variables:
        prefetch(FileText, path=path)
    found = host.get_fact(File, path=path)
    content = None if interpolate_variables else host.get_fact(FileText, path=path)
    if content is False:
        raise OperationError(f"{path} exists and is not a file")
    if interpolate_variables or (content is not None and content.data is None):
        yield from edit_by_shell(
            path, line, present, replace, flags, backup, interpolate_variables, escape_regex_characters, extended_regex
        )
        return
    text = (content.text if content else None) or ""
    edit = rule.ensure(text) if present else rule.remove(text)
    if edit.text == text:
        host.noop(f"line {line!r} in {path} is as it should be")
        return
    yield from _Change(path, found or None, content.data if content else None, edit, backup).commands()


def _rule(line: Any, replace: Any, plain: bool, extended: bool, ignore_case: bool) -> LineRule:
    for argument, value in (("line", line), ("replace", replace)):
        if not isinstance(value, str) and not (argument == "replace" and value is None):
            kind = type(value).__name__
            raise OperationTypeError(f"{argument} must be a text, not {kind}: {value!r}", argument=argument)
    if "\n" in line or not line:
        raise OperationValueError(f"line must be one line, not {line!r}", argument="line", hint="see files.block")
    try:
        return LineRule.make(line, replace, plain=plain, extended=extended, ignore_case=ignore_case)
    except ValueError as error:
        hint = "escape_regex_characters=True takes it as plain text"
        raise OperationValueError(str(error), argument="line", hint=hint) from None


def _ignores_case(flags: Sequence[str] | None) -> bool:
    given = "".join(flags or [])
    if not set(given) <= _KNOWN_FLAGS:
        raise OperationValueError(f"flags {flags!r} are not those of sed: g, i or a number", argument="flags")
    return "i" in given.lower()


class _Change(Record):
    """From one text of a file to another."""

    path: str
    found: dict[str, Any] | None
    before: bytes | None
    edit: Edit
    backup: bool

    def commands(self) -> Commands:
        after = encode(self.edit.text)
        unowned = Attributes()
        tell_content(self.path, self.found, after, unowned)
        # Adding at the end needs nobody's consent: whoever else adds a line at the same time keeps it. Through a link
        # it does: those who write the file itself take turns elsewhere.
        if self.edit.appended is not None and (self.found or self.before is None):
            yield from self._append(self.edit.appended)
        else:
            yield from self._rewrite(after)
        promise_content(self.path, after)
        attributes = {**unowned.after(self.found), "size": len(after), "atime": None, "mtime": None}
        if self.found or self.before is None:  # otherwise a link leads to the file
            promise_entry(self.path, File, attributes)

    def _append(self, line: str) -> Commands:
        if self.backup and self.before is not None:
            yield StringCommand("cp", "-p", path_word(self.path), path_word(f"{self.path}.{get_timestamp()}"))
        yield append_once(self.path, line)

    def _rewrite(self, after: bytes) -> Commands:
        suffix = f".{get_timestamp()}" if self.backup else None
        yield WriteFileCommand(BytesIO(after), self.path, backup_suffix=suffix, replaces=digest(self.before or b""))


def digest(content: bytes) -> str:
    """Return what tells a content from others; see ``WriteFileCommand``."""
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()
