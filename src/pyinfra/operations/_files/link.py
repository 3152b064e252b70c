"""``files.link``: a symbolic or hard link."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from pyinfra import host
from pyinfra.api import OperationError, QuoteString, StringCommand, operation
from pyinfra.api.planning import affects, prefetch, promise, tree
from pyinfra.api.planning import path as path_resource
from pyinfra.facts._shell import path_word
from pyinfra.facts.files import File, Link
from pyinfra.operations._public import public_in
from pyinfra.operations.util.files import chown

from .attributes import Attributes
from .entries import Force, make_parents, promise_entry, promise_gone
from .facts import SameFile
from .paths import checked_path, host_path, missing_parents


@operation()
@public_in("files")
def link(
    path: str,
    target: str | None = None,
    present: bool = True,
    user: str | None = None,
    group: str | None = None,
    symbolic: bool = True,
    create_remote_dir: bool = True,
    force: bool = False,
    force_backup: bool = True,
    force_backup_dir: str | None = None,
) -> Generator[StringCommand, None, None]:
    """Ensure that a link exists and leads to its target, or that it does not exist.

    Args:
        path: of the link, on the host.
        target: where it shall lead; a symbolic link holds this text as it is, relative or not.
        present: whether it shall be there.
        user: who shall own the link itself.
        group: which group the link itself shall belong to.
        symbolic: False for a hard link: another name of the file ``target``.
        create_remote_dir: make the directory that it is in when that is missing. An existing one is left as it is.
        force: when something else is there, get it out of the way instead of failing.
        force_backup: move that away, under its name with the time; False to remove it.
        force_backup_dir: directory to move it to.

    Raises:
        OperationError: something else is there and ``force`` is not given, or there is no target.

    Example:
        files.link(path="/srv/app/current", target="releases/42")
    """
    path = host_path(path)
    if present and not target:
        raise OperationError(f"a link {path} needs a target", argument="target")
    aim = checked_path(target, "target") if target else ""
    wanted = Attributes.checked(user, group)
    way = Force.checked(force, force_backup, force_backup_dir)
    kind = _Symbolic(path, aim) if symbolic else _Hard(path, aim)
    found = kind.read()
    if found is False:
        way.refuse_unless_wanted(path, kind.noun)
    if not present:
        yield from _remove(path, found, way)
    elif found and kind.leads_to_target(found):
        yield from _adjust(path, found, wanted, kind)
    else:
        missing = missing_parents(path) if found is None and create_remote_dir else []
        if found is False:
            yield from way.commands(path)
        yield from make_parents(missing)
        if found:
            yield StringCommand("rm", "-f", path_word(path))
        yield kind.command()
        yield from kind.finish(wanted, None)


Found = Any  # a fact's value: attributes, None when nothing is there, False when something else is


class _Symbolic:
    """A link that holds the path of its target."""

    noun = "link"

    def __init__(self, path: str, target: str) -> None:
        self.path = path
        self.target = target

    def read(self) -> Found:
        return host.get_fact(Link, path=self.path)

    def leads_to_target(self, found: Mapping[str, Any]) -> bool:
        return found.get("link_target") == self.target

    def command(self) -> StringCommand:
        end_of_options = ["--"] if self.target.startswith("-") else []
        return StringCommand("ln", "-s", *end_of_options, QuoteString(self.target), path_word(self.path))

    def finish(self, wanted: Attributes, found: Mapping[str, Any] | None) -> Generator[StringCommand, None, None]:
        if wanted.owner_differs(found):
            yield chown(self.path, wanted.user, wanted.group, dereference=False)
        if found is None:
            affects(tree(self.path))  # other things are to be seen through it
        promise_entry(self.path, Link, {**wanted.after(found), "link_target": self.target})


class _Hard:
    """Another name of a file. Any other file at its path is something else, and not removed unasked."""

    def __init__(self, path: str, target: str) -> None:
        self.path = path
        self.target = target
        self.noun = f"name of {target}" if target else "file"
        self._target_found: Mapping[str, Any] | None = None

    def read(self) -> Found:
        if not self.target:
            return host.get_fact(File, path=self.path)
        prefetch(SameFile, path=self.path, other=self.target)
        prefetch(File, path=self.target)
        found = host.get_fact(File, path=self.path)
        self._target_found = host.get_fact(File, path=self.target) or None
        return found if not found or host.get_fact(SameFile, path=self.path, other=self.target) else False

    def leads_to_target(self, found: Mapping[str, Any]) -> bool:
        return True

    def command(self) -> StringCommand:
        return StringCommand("ln", path_word(self.target), path_word(self.path))

    def finish(self, wanted: Attributes, found: Mapping[str, Any] | None) -> Generator[StringCommand, None, None]:
        present = found or self._target_found
        yield from wanted.commands(self.path, present)
        promise(SameFile, True, path=self.path, other=self.target)
        promise_entry(self.path, File, wanted.after(present))
        affects(path_resource(self.target))


def _remove(path: str, found: Any, way: Force) -> Generator[StringCommand, None, None]:
    if found is None:
        host.noop(f"link {path} does not exist")
        return
    if found is False:
        yield from way.commands(path)
    else:
        yield StringCommand("rm", "-f", path_word(path))
        affects(tree(path))
    promise_gone(path)


def _adjust(
    path: str, found: Mapping[str, Any], wanted: Attributes, kind: _Symbolic | _Hard
) -> Generator[StringCommand, None, None]:
    if not wanted.owner_differs(found):
        host.noop(f"link {path} already exists")
        return
    yield from kind.finish(wanted, found)
