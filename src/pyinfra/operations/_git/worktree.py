"""``git.worktree``: another directory in which something of a repository is checked out."""

from __future__ import annotations

import posixpath
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

from pyinfra import host
from pyinfra.api import OperationError, OperationValueError, QuoteString, StringCommand, operation
from pyinfra.api.planning import affects, change, prefetch, tree
from pyinfra.facts._git.programs import GIT
from pyinfra.facts._git.worktree import Worktree, WorktreeState
from pyinfra.facts._shell import path_word, script
from pyinfra.facts.files import Directory
from pyinfra.operations._files.attributes import Attributes
from pyinfra.operations._files.entries import NEW_DIRECTORY, make_parents, promise_entry, promise_gone
from pyinfra.operations._files.paths import host_path, missing_parents
from pyinfra.operations._git.owner import owner_commands
from pyinfra.operations._git.refs import checked_ref
from pyinfra.operations._public import public_in
from pyinfra.operations.util.files import chown

Commands = Generator[StringCommand, None, None]


@operation()
@public_in("git")
def worktree(
    worktree: str,
    repo: str | None = None,
    detached: bool = False,
    new_branch: str | None = None,
    commitish: str | None = None,
    pull: bool = True,
    rebase: bool = False,
    from_remote_branch: tuple[str, str] | None = None,
    present: bool = True,
    assume_repo_exists: bool = False,
    force: bool = False,
    user: str | None = None,
    group: str | None = None,
) -> Commands:
    """Ensure that there is a worktree of a repository, up to date with what it follows, or that there is none.

    What an existing worktree has checked out stays as it is, but for what is pulled.

    Args:
        worktree: directory of the worktree.
        repo: the repository that it belongs to; needed to make one.
        detached: check out a commit by itself, without a branch.
        new_branch: branch to make along with it.
        commitish: commit, tag or branch to check out; what the repository has checked out when it is not given.
        pull: bring it up to date with the branch that it follows, or with ``from_remote_branch``.
        rebase: put commits that were made in the worktree on top of what is pulled.
        from_remote_branch: remote repository and branch to make it from and to pull from: ``("origin", "main")``.
        present: whether it shall be there. One with changes that are not committed is only removed by ``force``.
        assume_repo_exists: do not complain that ``repo`` does not exist yet.
        force: check out a branch that is checked out elsewhere too; remove a worktree with changes.
        user: who shall own it.
        group: which group it shall belong to.

    Raises:
        OperationError: there is no repository to make it from.
        OperationValueError: ``from_remote_branch`` is no pair, or another argument makes no sense.

    Example:
        git.worktree(worktree="/srv/app-hotfix", repo="/srv/app", commitish="v1.2", assume_repo_exists=True)
    """
    path = host_path(worktree, "worktree")
    source = host_path(repo, "repo") if repo is not None else None
    remote, branch = _remote_branch(from_remote_branch)
    new = _New(path, source, detached, checked_ref(new_branch, "new_branch"),
               checked_ref(commitish, "commitish"), remote, branch, force)  # fmt: skip
    owner = Attributes.checked(user, group)
    for directory in filter(None, (path, source)):
        prefetch(Directory, path=directory)
    found = host.get_fact(Worktree, worktree=path, ask_remote=pull and present, remote=remote, branch=branch)
    top = host.get_fact(Directory, path=path)
    if not present:
        yield from _remove(path, found, force)
    elif found is None:
        if not assume_repo_exists:
            new.check_repository()
        yield from new.commands()
        yield from _own(path, owner, None)
    else:
        yield from _update(path, found, (remote, branch), rebase, owner, top or None)


def _remote_branch(pair: Any) -> tuple[str | None, str | None]:
    if pair is None:
        return None, None
    if not isinstance(pair, (tuple, list)) or len(pair) != 2 or not all(isinstance(part, str) for part in pair):
        raise OperationValueError(
            f"from_remote_branch is a remote repository and a branch of it, not {pair!r}",
            argument="from_remote_branch",
            hint='("origin", "main")',
        )
    remote, branch = (checked_ref(part, "from_remote_branch") for part in pair)
    return remote, branch


@dataclass(frozen=True, slots=True)
class _New:
    """A worktree to be made."""

    path: str
    repo: str | None
    detached: bool
    new_branch: str | None
    commitish: str | None
    remote: str | None
    branch: str | None
    force: bool

    def check_repository(self) -> None:
        """Raise ``OperationError`` unless the repository is there."""
        if self.repo is None:
            raise OperationError(f"the worktree {self.path} cannot be made without a repository", argument="repo")
        if host.get_fact(Directory, path=self.repo) is None:
            raise OperationError(
                f"the repository {self.repo} does not exist",
                argument="repo",
                hint="assume_repo_exists=True when it is made before this runs",
            )

    def commands(self) -> Commands:
        """Yield what makes it, and say what will be there."""
        if self.repo is None:
            raise OperationError(f"the worktree {self.path} cannot be made without a repository", argument="repo")
        missing = missing_parents(self.path)
        git = StringCommand(GIT, "-C", path_word(self.repo))
        yield from make_parents(missing)
        if self.remote is not None:
            yield StringCommand(git, "fetch", "--quiet", QuoteString(self.remote), QuoteString(self._refspec()))
        # One that was deleted, rather than removed by git, is still in its books.
        gone = StringCommand(git, "worktree remove --force --", self._absolute(), "2>/dev/null")
        yield StringCommand("[ -e", path_word(self.path), "] ||", gone, "|| :")
        yield StringCommand(git, "worktree add", *self._options(), "--", self._absolute(), *self._start())
        change(f"git worktree {self.path}", "present", None, True)
        change(f"git worktree {self.path}", "commit", None, self._name() or "what the repository has checked out")
        affects(tree(self.path), tree(self.repo))
        promise_entry(self.path, Directory, NEW_DIRECTORY)

    def _refspec(self) -> str:
        return f"+refs/heads/{self.branch}:refs/remotes/{self.remote}/{self.branch}"

    def _name(self) -> str | None:
        return self.commitish or (f"{self.remote}/{self.branch}" if self.remote is not None else None)

    def _start(self) -> Iterator[QuoteString]:
        name = self._name()
        if name is not None:
            yield QuoteString(name)

    def _options(self) -> Iterator[str | QuoteString]:
        if self.detached:
            yield "--detach"
        if self.new_branch is not None:
            yield from ("-b", QuoteString(self.new_branch))
        if self.force:
            yield "--force"

    def _absolute(self) -> Any:
        """git takes the path to be relative to the repository."""
        word = path_word(self.path)
        return word if posixpath.isabs(self.path) else script('"$PWD"/', word)


def _remove(path: str, found: WorktreeState | None, force: bool) -> Commands:
    if found is None:
        host.noop(f"git worktree {path} does not exist")
        return
    repository = found.repository or found.place
    options = ["--force"] if force else []
    yield StringCommand(
        GIT, "-C", path_word(repository), "worktree remove", *options, "--", path_word(found.place)
    )  # fmt: skip
    change(f"git worktree {path}", "present", True, None)
    affects(tree(path), tree(repository))
    promise_gone(path)


def _update(
    path: str, found: WorktreeState, source: tuple[str | None, str | None], rebase: bool, owner: Attributes, top: Any
) -> Commands:
    pulls = found.follows and not found.contained and (found.remote is not None or not found.answered)
    if not pulls and not owner.owner_differs(top):
        host.noop(f"git worktree {path} is up to date")
        return
    if pulls:
        words = [QuoteString(part) for part in source if part is not None]
        how = "--rebase" if rebase else "--no-rebase"
        yield StringCommand(GIT, "-C", path_word(path), "pull --quiet", how, *words)
        change(f"git worktree {path}", "head", found.head, found.remote or "the newest")
        affects(tree(path), *([tree(found.repository)] if found.repository else []))
    yield from _own(path, owner, top)


def _own(path: str, owner: Attributes, top: Any) -> Commands:
    """Give it to its owner, with what the repository keeps about it."""
    if owner.user is None and owner.group is None:
        return
    yield from owner_commands(path, owner, top)
    git = StringCommand(GIT, "-C", path_word(path), "rev-parse")
    # What git wrote into the repository itself stays with the owner of that one.
    yield script(
        "metadata=$(", git, ' --absolute-git-dir) && common=$(cd "$metadata/../.." && pwd -P) && ',
        "set -- $(ls -dn \"$common\") && { [ \"$(id -u)\" -ne 0 ] || [ \"$3\" -eq 0 ] || ",
        'find "$common" -user 0 -exec chown -h "$3:$4" {} +; } && ', _chown_variable(owner),
    )  # fmt: skip


def _chown_variable(owner: Attributes) -> StringCommand:
    command = chown("METADATA", owner.user, owner.group, recursive=True)
    return StringCommand(*command.bits[:-1], '"$metadata"')
