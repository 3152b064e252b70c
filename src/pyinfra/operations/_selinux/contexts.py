"""``selinux.file_context`` and ``selinux.file_context_mapping``: the types of files."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from pyinfra import host
from pyinfra.api import OperationTypeError, OperationValueError, QuoteString, StringCommand, operation
from pyinfra.api.planning import affects, change, prefetch, promise
from pyinfra.facts._selinux.listing import FILE_CONTEXTS, FileTypes
from pyinfra.facts._shell import path_word
from pyinfra.facts.selinux import FileContext
from pyinfra.operations._files.paths import host_path
from pyinfra.operations._public import public_in

from .names import checked_name

NO_TYPE = "<<none>>"


@operation()
@public_in("selinux")
def file_context(path: str, se_type: str) -> Generator[StringCommand, None, None]:
    """Ensure that a file has a type, until its context is restored.

    Args:
        path: of the file.
        se_type: the type.

    Raises:
        OperationTypeError: an argument is no text.
        OperationValueError: an argument has an impossible value.

    Example:
        selinux.file_context(path="/srv/www/index.html", se_type="httpd_sys_content_t")
    """
    path, se_type = host_path(path), checked_name(se_type, "se_type", "a type")
    found = host.get_fact(FileContext, path=path)
    if found and found["type"] == se_type:
        host.noop(f"file {path} already has the type {se_type}")
        return
    yield StringCommand("chcon -t", QuoteString(se_type), path_word(path))
    before = found or dict.fromkeys(("user", "role", "type", "level"))
    promise(FileContext, {**before, "type": se_type}, exact=bool(found), path=path)


@operation()
@public_in("selinux")
def file_context_mapping(
    target: str, se_type: str | None = None, present: bool = True
) -> Generator[StringCommand, None, None]:
    """Ensure that files get a type when their context is restored, or that nothing is set for them.

    What the policy says by itself cannot be removed, and is left alone.

    Args:
        target: regular expression that the whole path of a file matches.
        se_type: the type; ``<<none>>`` to leave files as they are.
        present: whether it shall be set.

    Raises:
        OperationTypeError: an argument is no text.
        OperationValueError: an argument has an impossible value.

    Example:
        selinux.file_context_mapping(target="/srv/www(/.*)?", se_type="httpd_sys_content_t", present=True)
    """
    target = _target(target)
    if not present:
        yield from _remove(target)
        return
    if se_type is None:
        raise OperationValueError("a mapping of files needs a type", argument="se_type")
    wanted = se_type if se_type == NO_TYPE else checked_name(se_type, "se_type", "a type")
    types = dict(host.get_fact(FileTypes))
    if types.get(target) == wanted:
        host.noop(f"files of {target} already have the type {wanted}")
        return
    how = "-m" if target in types else "-a"
    yield StringCommand("semanage fcontext", how, "-t", QuoteString(wanted), QuoteString(target))
    promise(FileTypes, {**types, target: wanted})
    change(f"selinux file context of {target}", "type", types.get(target), wanted)


def _remove(target: str) -> Generator[StringCommand, None, None]:
    prefetch(FileTypes, local=True)
    local = dict(host.get_fact(FileTypes, local=True))
    if target not in local:
        host.noop(f"nothing is set for files of {target}")
        return
    yield StringCommand("semanage fcontext -d", QuoteString(target))
    change(f"selinux file context of {target}", "type", local.pop(target), None)
    promise(FileTypes, local, local=True)
    affects(FILE_CONTEXTS)


def _target(value: Any) -> str:
    if not isinstance(value, str):
        kind = type(value).__name__
        raise OperationTypeError(f"target must be a text, not {kind}: {value!r}", argument="target")
    if not value or value.startswith("-") or any(character.isspace() or character == "\0" for character in value):
        raise OperationValueError(
            f"target {value!r} cannot be a pattern of paths", argument="target", hint="\\s stands for a blank"
        )
    return value
