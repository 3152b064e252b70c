"""``git.bare_repo``: a repository without a checkout, to push to."""

from __future__ import annotations

from collections.abc import Generator
from posixpath import join

from pyinfra import host
from pyinfra.api import StringCommand, operation
from pyinfra.api.planning import affects, change, prefetch, tree
from pyinfra.facts._git.programs import GIT
from pyinfra.facts._shell import path_word
from pyinfra.facts.files import Directory, File
from pyinfra.operations._files.attributes import Attributes
from pyinfra.operations._files.directory import directory
from pyinfra.operations._files.entries import NEW_DIRECTORY, promise_entry
from pyinfra.operations._files.paths import host_path
from pyinfra.operations._git.owner import owner_commands
from pyinfra.operations._public import public_in


@operation()
@public_in("git")
def bare_repo(
    path: str, user: str | None = None, group: str | None = None, present: bool = True
) -> Generator[StringCommand, None, None]:
    """Ensure that there is a bare repository, or that there is none.

    Args:
        path: where.
        user: who shall own it.
        group: which group it shall belong to.
        present: whether it shall be there.

    Example:
        git.bare_repo(path="/srv/git/app.git", user="git", group="git")
    """
    path = host_path(path)
    if not present:
        yield from directory._inner(path=path, present=False)
        return
    owner = Attributes.checked(user, group)
    prefetch(Directory, path=path)
    head = host.get_fact(File, path=join(path, "HEAD"))
    top = host.get_fact(Directory, path=path)
    if head is None:
        yield StringCommand(GIT, "init", "--quiet", "--bare", "--", path_word(path))
        change(f"git repository {path}", "present", None, True)
    elif not owner.owner_differs(head):
        host.noop(f"git repository {path} exists")
        return
    affects(tree(path))
    promise_entry(path, Directory, {**dict(top or NEW_DIRECTORY), **_TOUCHED})
    promise_entry(join(path, "HEAD"), File, owner.after(head or NEW_DIRECTORY))
    yield from owner_commands(path, owner, top or None)


_TOUCHED = dict.fromkeys(("size", "atime", "mtime", "ctime"))
