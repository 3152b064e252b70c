"""``files.block``: a block of lines between two markers."""

from __future__ import annotations

import re
from typing import Any

from pyinfra import host
from pyinfra._lib.block_edit import BlockEdit, Place
from pyinfra._lib.posix_regex import compiled
from pyinfra.api import FactValueError, OperationTypeError, OperationValueError, operation
from pyinfra.api.planning import promise
from pyinfra.facts._files.block import block_markers
from pyinfra.facts.files import Block
from pyinfra.operations._public import public_in

from .editing import PresentText
from .paths import host_path
from .uploading import Commands


@operation()
@public_in("files")
def block(
    path: str,
    content: str | list[str] | None = None,
    present: bool = True,
    line: str | None = None,
    backup: bool = False,
    escape_regex_characters: bool = False,
    try_prevent_shell_expansion: bool = False,
    before: bool = False,
    after: bool = False,
    marker: str | None = None,
    begin: str | None = None,
    end: str | None = None,
) -> Commands:
    """Ensure that a block of lines is in a file, between two markers, or that it is not.

    A block that is there is replaced where it is. The new text is worked out on this machine from the present one;
    when the file is changed by somebody else in the meantime the operation fails instead of undoing that.

    Args:
        path: of the file, on the host. A missing one is made.
        content: lines of the block, as one text or a list; plain text. Not needed to remove it.
        present: False to remove every block between these markers, with them.
        line: extended regular expression for the line beside which a new block goes; the first that matches counts.
            Without such a line it goes to the end.
        backup: keep the old file beside it, under its name with the time.
        escape_regex_characters: take ``line`` as plain text.
        try_prevent_shell_expansion: not needed any more: no shell sees the content.
        before: put a new block before ``line``. Without ``line``, both of ``before`` and ``after`` put it at the start.
        after: put a new block after ``line``. Without ``line``, neither of both puts it at the end.
        marker: the line in front of and behind the block, with ``{mark}`` in it: ``"// {mark} of ours"``.
        begin: what stands for ``{mark}`` in front; ``BEGIN`` when it is not given.
        end: what stands for ``{mark}`` behind; ``END`` when it is not given.

    Raises:
        OperationValueError: arguments contradict each other, or ``line`` is no regular expression.
        OperationError: ``path`` is not a file.

    Example:
        files.block(path="/etc/hosts", content=["10.0.0.1 web", "10.0.0.2 db"], marker="# {mark} cluster")
    """
    path = host_path(path)
    edit = _edit(marker, begin, end)
    lines = _content(content, edit) if present else []
    place, pattern = _place(line, before, after, escape_regex_characters) if present else (Place.END, None)
    there = PresentText.read(path)
    text = edit.ensure(there.text, lines, place, pattern) if present else edit.remove(there.text)
    if text == there.text and (there.data is not None or not present):
        host.noop(f"the block in {path} is {'as it should be' if present else 'not there'}")
        return
    yield from there.become(text, backup=backup)
    promise(Block, lines if present else [], path=path, marker=marker, begin=begin, end=end)


def _edit(marker: Any, begin: Any, end: Any) -> BlockEdit:
    for argument, value in (("marker", marker), ("begin", begin), ("end", end)):
        if value is not None and not isinstance(value, str):
            kind = type(value).__name__
            raise OperationTypeError(f"{argument} must be a text, not {kind}: {value!r}", argument=argument)
    try:
        return BlockEdit(*block_markers(marker, begin, end))
    except FactValueError as error:
        raise OperationValueError(str(error), argument="marker") from None


def _content(content: Any, edit: BlockEdit) -> list[str]:
    pieces = [content] if isinstance(content, str) else content
    if pieces is not None and not (
        isinstance(pieces, (list, tuple)) and all(isinstance(piece, str) for piece in pieces)
    ):
        kind = type(content).__name__
        raise OperationTypeError(f"content must be a text or a list of lines, not {kind}", argument="content")
    if not content or not pieces:
        raise OperationValueError("a block needs a content", argument="content", hint="present=False removes it")
    lines = [line for piece in pieces for line in piece.removesuffix("\n").split("\n")]
    if edit.begin in lines or edit.end in lines:
        raise OperationValueError("the content of a block cannot hold its markers", argument="content")
    return lines


def _place(line: Any, before: bool, after: bool, plain: bool) -> tuple[Place, re.Pattern[str] | None]:
    if line is None:
        if before != after:
            raise OperationValueError(
                f"{'before' if before else 'after'} needs a line to put the block beside", argument="line"
            )
        return (Place.START if before else Place.END), None
    if not isinstance(line, str):
        raise OperationTypeError(f"line must be a text, not {type(line).__name__}: {line!r}", argument="line")
    if before == after:
        raise OperationValueError("one of before and after says on which side of the line", argument="line")
    try:
        pattern = re.compile(re.escape(line)) if plain else compiled(line, extended=True)
    except ValueError as error:
        hint = "escape_regex_characters=True takes it as plain text"
        raise OperationValueError(str(error), argument="line", hint=hint) from None
    return (Place.BEFORE if before else Place.AFTER), pattern
