"""``git.repo``: a checkout of a repository."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pyinfra import host
from pyinfra.api import QuoteString, StringCommand, operation
from pyinfra.api.planning import affects, change, promise, tree
from pyinfra.facts._git.checkout import Checkout, CheckoutState
from pyinfra.facts._git.programs import GIT
from pyinfra.facts._shell import path_word
from pyinfra.operations._files.directory import directory
from pyinfra.operations._git.keyscan import keyscan_commands
from pyinfra.operations._git.owner import owner_commands
from pyinfra.operations._public import public_in

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


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
    def question(self) -> dict[str, Any]:
        ask = self.pull and not self.is_commit
        return {"repo": self.dest, "src": self.src, "ref": self.ref, "ask_remote": ask, "submodules": self.submodules}

    def git(self, *words: str | QuoteString) -> StringCommand:
        return StringCommand(GIT, "-C", path_word(self.dest), *words)

    def fetch(self) -> StringCommand:
        return self.git("fetch", "--quiet", *(["--tags"] if self.fetch_tags else []), "origin")


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
    changed, when the checkout is up to date.

    Args:
        src: address of the repository.
        dest: directory of the checkout.
        branch: branch, tag or full commit hash; the repository's own default when it is not given.
        pull: bring a branch up to date.
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

    Example:
        git.repo(src="https://git.example.org/app.git", dest="/srv/app", branch="main", user="app")
    """
    submodules = ("--recursive" if recursive_submodules else "") if update_submodules else None
    wanted = _Wanted(src, dest, branch, pull, rebase, depth, fetch_tags, submodules)
    if ssh_keyscan:
        yield from keyscan_commands(src)
    found = host.get_fact(Checkout, **wanted.question)
    commands, after = _plan(wanted, found)
    if not commands:
        host.noop(f"git checkout {dest} is up to date")
        return
    if found is None:
        yield from directory._inner(path=dest)
    yield from commands
    yield from owner_commands(dest, user, group)
    _tell(wanted, found, after)


def _plan(wanted: _Wanted, found: CheckoutState | None) -> tuple[list[StringCommand], CheckoutState | None]:
    """Return what is to be done, and how the checkout will be then, where that is known."""
    if found is None:
        return [*_clone(wanted), *_submodules(wanted, always=True)], None
    commands = []
    after = found
    if found.origin != wanted.src:
        commands.append(wanted.git("remote", "set-url", "origin", QuoteString(wanted.src)))
        after = replace(after, origin=wanted.src)
    moved, after = _move(wanted, found, after)
    commands += moved
    commands += _submodules(wanted, always=bool(moved) or found.stale_submodules)
    return commands, replace(after, stale_submodules=False)


def _clone(wanted: _Wanted) -> Iterator[StringCommand]:
    options: list[str | QuoteString] = []
    if wanted.depth is not None:
        options += ["--depth", QuoteString(str(wanted.depth))]
    if wanted.ref is not None and not wanted.is_commit:
        options += ["--branch", QuoteString(wanted.ref)]
    yield StringCommand(GIT, "clone", "--quiet", *options, "--", QuoteString(wanted.src), path_word(wanted.dest))
    if wanted.is_commit:
        yield _checkout(wanted)


def _checkout(wanted: _Wanted) -> StringCommand:
    return wanted.git("-c", "advice.detachedHead=false", "checkout", "--quiet", QuoteString(str(wanted.ref)), "--")


def _move(wanted: _Wanted, found: CheckoutState, after: CheckoutState) -> tuple[list[StringCommand], CheckoutState]:
    """Get to the branch, tag or commit, and to where the remote repository has it."""
    if wanted.is_commit or (found.is_tag and found.branch != wanted.ref and wanted.ref is not None):
        return _move_to_commit(wanted, found, after)
    commands: list[StringCommand] = []
    switches = wanted.ref is not None and found.branch != wanted.ref
    outdated = wanted.pull and (found.remote is None or found.remote != found.wanted)
    if switches:
        commands += [wanted.fetch(), _checkout(wanted)]
        after = replace(after, branch=wanted.ref)
    if outdated:
        commands.append(wanted.git("pull", "--quiet", "--rebase" if wanted.rebase else "--no-rebase"))
    at = found.remote if wanted.pull else found.wanted
    if commands:
        after = replace(after, head=at, wanted=at)
    return commands, after


def _move_to_commit(
    wanted: _Wanted, found: CheckoutState, after: CheckoutState
) -> tuple[list[StringCommand], CheckoutState]:
    moved_tag = found.remote is not None and found.remote != found.wanted
    if found.wanted is not None and not moved_tag:
        if found.head == found.wanted and (found.branch is None or not wanted.is_commit):
            return [], after
        return [_checkout(wanted)], replace(after, head=found.wanted, branch=None)
    at = found.remote or (wanted.ref if wanted.is_commit else None)
    fetch = wanted.git("fetch", "--quiet", "--tags", "--force", "origin")
    return [fetch, _checkout(wanted)], replace(after, head=at, wanted=at, branch=None)


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
            change(resource, attribute, before, then or "the newest")
    if found.stale_submodules:
        change(resource, "submodules", "outdated", "up to date")
    if after.head is not None and not wanted.rebase:
        promise(Checkout, after, exact=False, **wanted.question)
