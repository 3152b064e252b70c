"""``git.bare_repo``: a repository without a checkout, to push to."""

from __future__ import annotations

from collections.abc import Generator
from posixpath import join

from pyinfra import host
from pyinfra.api import StringCommand, operation
from pyinfra.api.planning import affects, change, tree
from pyinfra.facts._git.programs import GIT
from pyinfra.facts._shell import path_word
from pyinfra.facts.files import File
from pyinfra.operations._files.attributes import Attributes
from pyinfra.operations._files.directory import directory
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
    if not present:
        yield from directory._inner(path=path, present=False)
        return
    head = host.get_fact(File, path=join(path, "HEAD"))
    if head is None:
        yield StringCommand(GIT, "init", "--quiet", "--bare", "--", path_word(path))
        change(f"git repository {path}", "present", None, True)
    elif not Attributes.checked(user, group).owner_differs(head):
        host.noop(f"git repository {path} exists")
        return
    yield from owner_commands(path, user, group)
    affects(tree(path))
