"""Everything that ``git.worktree`` decides from, in one process."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts._git.programs import in_repository
from pyinfra.facts._shell import tree_resources, word

# What the worktree follows, unless that is given: the branch that git pulls from.
_FOLLOWED = """b=$(git symbolic-ref -q --short HEAD) && remote=$(git config --get "branch.$b.remote") &&
ref=$(git config --get "branch.$b.merge") || remote=
"""
_ASK = """if [ -n "$remote" ] && there=$(git ls-remote -- "$remote" "$ref" 2>/dev/null); then
say answered 1; hash=${there%%[!0-9a-f]*}; say remote "$hash"
[ -n "$hash" ] && git merge-base --is-ancestor "$hash" HEAD 2>/dev/null && say contained 1
fi
say follows "$remote"
"""
_LOOK = """[ -e .git ] && command -v git >/dev/null 2>&1 || exit 0
echo worktree
say() { [ -z "$2" ] || printf '%s %s\\n' "$1" "$2"; }
say place "$(pwd -P)"
common=$(git rev-parse --git-common-dir 2>/dev/null) && say repository "$(cd "$common" && pwd -P)"
metadata=$(git rev-parse --git-dir 2>/dev/null) && say metadata "$(cd "$metadata" && pwd -P)"
say head "$(git rev-parse -q --verify HEAD 2>/dev/null)"
"""


@dataclass(frozen=True, slots=True)
class WorktreeState:
    """A worktree as it is.

    Attributes:
        place: where it really is.
        repository: directory of the repository that it belongs to.
        metadata: directory inside of that with what concerns this worktree alone.
        head: hash of the commit that is checked out.
        follows: whether there is a remote branch to pull from.
        answered: whether the remote repository was asked and answered.
        remote: hash that the remote branch is at.
        contained: whether the worktree has all that the remote branch has.
    """

    place: str
    repository: str | None = None
    metadata: str | None = None
    head: str | None = None
    follows: bool = False
    answered: bool = False
    remote: str | None = None
    contained: bool = False


class Worktree(FactBase[WorktreeState | None]):
    """The state of a worktree; None where there is none."""

    in_plans = False

    def command(
        self, worktree: str, ask_remote: bool = False, remote: str | None = None, branch: str | None = None
    ) -> StringCommand:
        body: list[Any] = [_LOOK]
        if ask_remote and remote is not None:
            body += ["remote=", word(remote), " ref=", word(f"refs/heads/{branch}"), "\n", _ASK]
        elif ask_remote:
            body += [_FOLLOWED, _ASK]
        return in_repository(worktree, *body, ":\n")

    def resources(self, worktree: str, *args: Any, **kwargs: Any) -> Iterable[Resource] | None:
        return tree_resources(worktree)

    def describe(self, worktree: str, *args: Any, **kwargs: Any) -> str:
        return f"git worktree {worktree}"

    def process(self, output: list[str]) -> WorktreeState | None:
        if not output or output[0] != "worktree":
            return None
        found = dict(line.partition(" ")[::2] for line in output[1:])
        return WorktreeState(
            place=found.get("place", ""),
            repository=found.get("repository"),
            metadata=found.get("metadata"),
            head=found.get("head"),
            follows="follows" in found,
            answered="answered" in found,
            remote=found.get("remote"),
            contained="contained" in found,
        )
