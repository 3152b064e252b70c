"""What is checked out, and what a remote repository has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource, tree
from pyinfra._engine.facts.base import FactBase, T
from pyinfra.facts._git.programs import in_repository
from pyinfra.facts._shell import word


class GitFactBase(FactBase[T]):
    """Base of the facts about repositories."""

    abstract = True

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "git"

    def resources(self, *args: Any, **kwargs: Any) -> Iterable[Resource] | None:
        repo = kwargs.get("repo") or (args[0] if args else None)
        return [tree(repo)] if isinstance(repo, str) and repo.startswith("/") else None


class GitBranch(GitFactBase["str | None"]):
    """The branch that is checked out; of a commit that is checked out by itself the tag or hash that git names it by.

    Example:
        >>> host.get_fact(GitBranch, repo="/srv/app")
        'main'
    """

    def command(self, repo: str) -> StringCommand:
        return in_repository(
            repo,
            'if b=$(git symbolic-ref -q --short HEAD); then echo "heads/$b"\n'
            "else git describe --all --exact-match 2>/dev/null || git rev-parse HEAD; fi 2>/dev/null || :\n",
        )

    def process(self, output: list[str]) -> str | None:
        name = output[0].strip() if output else ""
        return name.removeprefix("heads/").removeprefix("tags/") or None


class GitTag(GitFactBase["list[str] | None"]):
    """The tags of a repository.

    Example:
        >>> host.get_fact(GitTag, repo="/srv/app")
        ['v1.0', 'v1.1']
    """

    def command(self, repo: str) -> StringCommand:
        return in_repository(repo, "git tag 2>/dev/null || :\n")

    def process(self, output: list[str]) -> list[str] | None:
        return [line for line in output if line]


class GitTrackingBranch(GitFactBase["str | None"]):
    """The remote branch that the branch which is checked out follows.

    Example:
        >>> host.get_fact(GitTrackingBranch, repo="/srv/app")
        'origin/main'
    """

    def command(self, repo: str) -> StringCommand:
        return in_repository(
            repo, "git rev-parse -q --abbrev-ref --symbolic-full-name '@{upstream}' 2>/dev/null || :\n"
        )

    def process(self, output: list[str]) -> str | None:
        return output[0].strip() or None if output else None


class GitLocalCommit(GitFactBase["str | None"]):
    """The full hash of a commit that the repository has.

    Example:
        >>> host.get_fact(GitLocalCommit, repo="/srv/app", ref="v1.0")
        '3b18e512dba79e4c8300dd08aeb37f8e728b8dad'
    """

    def command(self, repo: str, ref: str = "HEAD") -> StringCommand:
        return in_repository(
            repo, "git rev-parse -q --verify --end-of-options ", word(f"{ref}^{{commit}}"), " 2>/dev/null || :\n"
        )

    def process(self, output: list[str]) -> str | None:
        return output[-1].strip() or None if output else None


class GitRemoteBranchCommit(GitFactBase["str | None"]):
    """The full hash that a branch of a remote repository is at; ``None`` when that does not answer.

    Example:
        >>> host.get_fact(GitRemoteBranchCommit, repo="/srv/app", branch="main")
        '3b18e512dba79e4c8300dd08aeb37f8e728b8dad'
    """

    cacheable = False  # others push

    def command(self, repo: str, remote: str = "origin", branch: str | None = None) -> StringCommand:
        ref = word(f"refs/heads/{branch}") if branch is not None else '"$(git symbolic-ref -q HEAD)"'
        return in_repository(repo, "git ls-remote -- ", word(remote), " ", ref, " 2>/dev/null || :\n")

    def process(self, output: list[str]) -> str | None:
        return output[0].split()[0] if output and output[0].split() else None
