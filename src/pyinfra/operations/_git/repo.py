"""``git.repo``: a checkout of a repository."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pyinfra import host
from pyinfra.api import QuoteString, StringCommand, operation
from pyinfra.api.planning import affects, change, prefetch, promise, tree
from pyinfra.facts._git.checkout import Checkout, CheckoutState
from pyinfra.facts._git.programs import GIT
from pyinfra.facts._shell import path_word
from pyinfra.facts.files import Directory
from pyinfra.operations._files.attributes import Attributes
from pyinfra.operations._files.directory import directory
from pyinfra.operations._files.paths import host_path
from pyinfra.operations._git.keyscan import server_of
from pyinfra.operations._git.owner import owner_commands
from pyinfra.operations._git.refs import checked_depth, checked_ref, checked_source
from pyinfra.operations._public import public_in

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SHORT_COMMIT = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True)
class _Wanted:
    src: str
    dest: str
    ref: str | None
    pull: bool
    rebase: bool
    depth: int | None
    fetch_tags: bool
    submodules: str | None

    @property
    def is_commit(self) -> bool:
        return self.ref is not None and _COMMIT.fullmatch(self.ref) is not None

    @property
    def may_be_commit(self) -> bool:
        return self.ref is not None and _SHORT_COMMIT.fullmatch(self.ref) is not None

    @property
    def question(self) -> dict[str, Any]:
        ask = self.pull and not self.is_commit
        return {"repo": self.dest, "src": self.src, "ref": self.ref, "ask_remote": ask, "submodules": self.submodules}

    def git(self, *words: str | QuoteString) -> StringCommand:
        return StringCommand(GIT, "-C", path_word(self.dest), *words)

    def fetch(self) -> Iterator[StringCommand]:
        """Fetch what the branch needs; a shallow clone follows the one branch that it was made for."""
        if self.depth is not None:
            yield self.git("remote", "set-branches", "--add", "origin", QuoteString(str(self.ref)))
        yield self.git("fetch", "--quiet", *(["--tags"] if self.fetch_tags else []), "origin")

    def checkout(self) -> StringCommand:
        return self.git("-c", "advice.detachedHead=false", "checkout", "--quiet", QuoteString(str(self.ref)), "--")


@operation()
@public_in("git")
def repo(
    src: str,
    dest: str,
    branch: str | None = None,
    pull: bool = True,
    rebase: bool = False,
    user: str | None = None,
    group: str | None = None,
    ssh_keyscan: bool = False,
    update_submodules: bool = False,
    recursive_submodules: bool = False,
    depth: int | None = None,
    *,
    fetch_tags: bool = False,
) -> Generator[StringCommand, None, None]:
    """Ensure that a repository is checked out, and up to date.

    The remote repository is asked what it has before anything is fetched, so nothing is done, and nothing said to have
    changed, when the checkout is up to date. git runs as the user of the operation, with the settings of the checkout:
    use ``_sudo_user`` where its owner is not to be trusted.

    Args:
        src: address of the repository.
        dest: directory of the checkout.
        branch: branch, tag or commit hash. When it is not given, the repository's own default for a new checkout, and
            whatever is checked out in an existing one.
        pull: bring a branch up to date, and a tag to where the remote repository has it.
        rebase: put commits that were made in the checkout on top of what is pulled.
        user: who shall own it.
        group: which group it shall belong to.
        ssh_keyscan: trust the key that the server of ``user@server:path`` shows the first time.
        update_submodules: bring submodules up to date.
        recursive_submodules: theirs too.
        depth: fetch only so many commits.
        fetch_tags: fetch tags that no branch leads to.

    Raises:
        OperationError: ``ssh_keyscan`` without a user and server in ``src``.
        OperationTypeError: an argument has the wrong type.
        OperationValueError: ``src``, ``branch`` or ``depth`` cannot be one.

    Example:
        git.repo(src="https://git.example.org/app.git", dest="/srv/app", branch="main", user="app")
    """
    submodules = ("--recursive" if recursive_submodules else "") if update_submodules else None
    dest = host_path(dest, "dest")
    wanted = _Wanted(
        checked_source(src), dest, checked_ref(branch), pull, rebase, checked_depth(depth), fetch_tags, submodules
    )
    owner = Attributes.checked(user, group)
    server = server_of(src) if ssh_keyscan else None
    prefetch(Directory, path=dest)
    if server is not None:
        server.prefetch()
    found = host.get_fact(Checkout, **wanted.question)
    top = host.get_fact(Directory, path=dest)
    commands, after = _plan(wanted, found)
    if server is not None and not server.is_known():
        yield from server.trust()
    if commands:
        if found is None:
            yield from directory._inner(path=dest)
        yield from commands
        _tell(wanted, found, after)
    elif not owner.owner_differs(top):
        host.noop(f"git checkout {dest} is up to date")
        return
    yield from owner_commands(dest, owner, top or None)


def _plan(wanted: _Wanted, found: CheckoutState | None) -> tuple[list[StringCommand], CheckoutState | None]:
    """Return what is to be done, and how the checkout will be then, where that is known."""
    if found is None:
        return [*_clone(wanted), *_submodules(wanted, always=True)], None
    commands = []
    after = found
    if found.origin != wanted.src:
        verb = "set-url" if found.origin is not None else "add"
        commands.append(wanted.git("remote", verb, "--", "origin", QuoteString(wanted.src)))
        after = replace(after, origin=wanted.src)
    if wanted.is_commit or (wanted.ref is not None and found.kind in ("tag", "commit")):
        moved, after = _move_to_commit(wanted, found, after)
    else:
        moved, after = _move_to_branch(wanted, found, after)
    commands += moved
    commands += _submodules(wanted, always=bool(moved) or found.stale_submodules)
    return commands, replace(after, stale_submodules=False)


def _clone(wanted: _Wanted) -> Iterator[StringCommand]:
    options: list[str | QuoteString] = []
    if wanted.depth is not None and not wanted.may_be_commit:  # which may be any number of commits ago
        options += ["--depth", QuoteString(str(wanted.depth))]
    if wanted.ref is not None and not wanted.may_be_commit:
        options += ["--branch", QuoteString(wanted.ref)]
    yield StringCommand(GIT, "clone", "--quiet", *options, "--", QuoteString(wanted.src), path_word(wanted.dest))
    if wanted.may_be_commit:
        yield wanted.checkout()


def _move_to_branch(
    wanted: _Wanted, found: CheckoutState, after: CheckoutState
) -> tuple[list[StringCommand], CheckoutState]:
    """Get to the branch, and to where the remote repository has it."""
    commands: list[StringCommand] = []
    branch = wanted.ref or found.branch
    if branch is None:  # a commit by itself, which nobody wants to be anything else
        return commands, after
    if branch != found.branch:
        commands += [*wanted.fetch(), wanted.checkout()]
        at = found.wanted or found.remote
        after = replace(after, branch=branch, head=at, wanted=at, contained=found.contained or found.wanted is None)
    # A branch that the remote repository does not have is nobody's but the checkout's. One that is new here is made
    # from what was just fetched. What does not answer is git's to complain about.
    news = found.remote is not None and not found.contained and (found.wanted is not None or branch == found.branch)
    if wanted.pull and (news or not found.answered):
        commands.append(wanted.git("pull", "--quiet", "--rebase" if wanted.rebase else "--no-rebase"))
        after = replace(after, head=found.remote, wanted=None)  # None: a merge may be needed
    return commands, after


def _move_to_commit(
    wanted: _Wanted, found: CheckoutState, after: CheckoutState
) -> tuple[list[StringCommand], CheckoutState]:
    moved_tag = found.remote is not None and found.remote != found.wanted
    if found.wanted is not None and not moved_tag:
        if found.head == found.wanted and (found.branch is None or not wanted.is_commit):
            return [], after
        return [wanted.checkout()], replace(after, head=found.wanted, branch=None)
    at = found.remote or (wanted.ref if wanted.is_commit else None)
    fetch = wanted.git("fetch", "--quiet", "--tags", "--force", "origin")
    return [fetch, wanted.checkout()], replace(
        after, head=at, wanted=at, branch=None, kind=found.kind or "commit", contained=found.remote is not None
    )


def _submodules(wanted: _Wanted, always: bool) -> list[StringCommand]:
    if wanted.submodules is None or not always:
        return []
    recursive = [wanted.submodules] if wanted.submodules else []
    return [wanted.git("submodule", "--quiet", "update", "--init", *recursive)]


def _tell(wanted: _Wanted, found: CheckoutState | None, after: CheckoutState | None) -> None:
    """Put into the plan what changes."""
    resource = f"git checkout {wanted.dest}"
    affects(tree(wanted.dest))
    if found is None or after is None:
        change(resource, "present", None, True)
        change(resource, "branch", None, wanted.ref or "the default one")
        return
    for attribute in ("origin", "branch", "head"):
        before, then = getattr(found, attribute), getattr(after, attribute)
        if before != then:
            change(resource, attribute, before, then or ("the newest" if attribute == "head" else None))
    if found.stale_submodules:
        change(resource, "submodules", "outdated", "up to date")
    if after.wanted is not None and after.answered == wanted.question["ask_remote"]:
        promise(Checkout, after, **wanted.question)
