"""``files.replace``: texts in a file, by a regular expression."""

from __future__ import annotations

from typing import Any

from pyinfra import host
from pyinfra._lib.substitution import Substitution
from pyinfra.api import OperationTypeError, OperationValueError, operation
from pyinfra.api.planning import affects, change, prefetch
from pyinfra.api.planning import path as path_resource
from pyinfra.facts._files.contents import FileText
from pyinfra.facts._shell import path_word, script
from pyinfra.facts.files import File
from pyinfra.operations._public import public_in
from pyinfra.operations.util.files import sed_replace

from .editing import PresentText
from .paths import host_path
from .turns import in_turn
from .uploading import Commands
from .variables import Interpolated


@operation()
@public_in("files")
def replace(
    path: str,
    text: str | None = None,
    replace: str | None = None,
    flags: list[str] | None = None,
    backup: bool = False,
    interpolate_variables: bool = False,
    extended_regex: bool = False,
    match: str | None = None,
) -> Commands:
    """Replace what a regular expression matches, in every line of a file.

    What is a part of the replacement already is left alone, so that a second run has nothing to do. The new text is
    worked out on this machine from the present one; when the file is changed by somebody else in the meantime the
    operation fails instead of undoing that.

    Args:
        path: of the file, on the host.
        text: regular expression for what is replaced, as ``sed`` takes it: the first match in a line.
        replace: what takes its place; ``\\1`` to ``\\9`` stand for its groups.
        flags: of ``sed``: ``["g"]`` for every match in a line, ``["i"]`` to match small and capital letters alike.
        backup: keep the old file beside it, under its name with the time.
        interpolate_variables: have the shell of the host fill in ``$NAME`` in ``text`` and ``replace``.
        extended_regex: take ``text`` as an extended regular expression, as ``sed -E`` does.
        match: the old name of ``text``.

    Raises:
        OperationTypeError: ``text`` or ``replace`` is missing.
        OperationValueError: ``text`` is no regular expression.
        OperationError: ``path`` is not a file.

    Example:
        files.replace(path="/etc/hosts", text="^10[.]0[.]0[.]1 ", replace="10.0.0.2 ")
    """
    path = host_path(path)
    text = _text("text", match if text is None else text)
    replace = _text("replace", replace)
    rule = _rule(text, replace, flags, extended_regex)
    prefetch(FileText, path=path)
    prefetch(File, path=path)
    if interpolate_variables:
        text, replace = host.get_fact(Interpolated, texts=[text, replace])
        rule = _rule(text, replace, flags, extended_regex)
    there = PresentText.read(path)
    after = rule.apply(there.text)
    if there.data is None:
        yield from _by_sed(path, text, replace, flags, backup, extended_regex)
    elif after == there.text:
        host.noop(f"nothing to replace in {path}")
    else:
        yield from there.become(after, backup=backup)


def _by_sed(path: str, text: str, replace: str, flags: list[str] | None, backup: bool, extended: bool) -> Commands:
    """For a file that is not there: something may make it before this runs."""
    missing = script("printf '%s does not exist\\n' ", path_word(path), " >&2; exit 1")
    yield script("[ -f ", path_word(path), " ] || { ", missing, "; }")
    yield in_turn(path, sed_replace(path, text, replace, flags, backup, False, extended))
    change(f"file {path}", "content", None, f"{text!r} replaced by {replace!r}")
    affects(path_resource(path))


def _text(argument: str, value: Any) -> str:
    if not isinstance(value, str):
        what = "is needed" if value is None else f"must be a text, not {type(value).__name__}: {value!r}"
        raise OperationTypeError(f"{argument} {what}", argument=argument)
    return value


def _rule(text: str, replace: str, flags: list[str] | None, extended: bool) -> Substitution:
    if not text or "\n" in text:
        raise OperationValueError(f"text must be a part of one line, not {text!r}", argument="text", hint="files.block")
    try:
        return Substitution.make(text, replace, flags, extended=extended)
    except ValueError as error:
        argument = "flags" if str(error).startswith("flags") else "text"
        raise OperationValueError(str(error), argument=argument) from None
