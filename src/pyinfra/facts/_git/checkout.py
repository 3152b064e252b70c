"""Everything that ``git.repo`` decides from, in one process."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource, tree
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts._git.programs import in_repository
from pyinfra.facts._shell import word


@dataclass(frozen=True, slots=True)
class CheckoutState:
    """A checkout as it is.

    Attributes:
        origin: address that it was cloned from.
        branch: branch that is checked out; None for a commit by itself.
        head: hash of the commit that is checked out; None in an empty repository.
        wanted: hash of the commit, tag or branch that is asked about, as far as the repository has it.
        is_tag: whether that is a tag here.
        remote: hash that the remote repository has for it; None when that was not asked or does not answer.
        stale_submodules: whether some submodule is not at the commit that it should be at.
    """

    origin: str | None = None
    branch: str | None = None
    head: str | None = None
    wanted: str | None = None
    is_tag: bool = False
    remote: str | None = None
    stale_submodules: bool = False


class Checkout(FactBase[CheckoutState | None]):
    """The state of a checkout; None where there is none."""

    in_plans = False

    def command(
        self, repo: str, src: str, ref: str | None = None, ask_remote: bool = False, submodules: str | None = None
    ) -> StringCommand:
        body: list[Any] = [
            "[ -e .git ] && command -v git >/dev/null 2>&1 || exit 0\necho repository\n",
            "say() { [ -z \"$2\" ] || printf '%s %s\\n' \"$1\" \"$2\"; }\n",
            'say origin "$(git config --get remote.origin.url)"\n',
            'branch=$(git symbolic-ref -q --short HEAD); say branch "$branch"\n',
            'say head "$(git rev-parse -q --verify HEAD 2>/dev/null)"\n',
            "ref=", word(ref) if ref is not None else '$branch', "\n",
            'if git show-ref --verify -q "refs/tags/$ref"; then say tag 1; fi\n',
            'say wanted "$(git rev-parse -q --verify --end-of-options "$ref^{commit}" 2>/dev/null)"\n',
        ]  # fmt: skip
        if ask_remote:
            asked = '"refs/heads/$ref" "refs/tags/$ref" "refs/tags/$ref^{}"'
            body += ["git ls-remote ", word(src), " ", asked, " 2>/dev/null | while read -r hash name; do ",
                     "say remote \"$hash $name\"; done\n"]  # fmt: skip
        if submodules is not None:
            body += [f"git submodule status {submodules} 2>/dev/null | grep -q '^[-+U]' && say stale 1\n"]
        return in_repository(repo, *body, ":\n")

    def resources(self, repo: str, **_: Any) -> Iterable[Resource] | None:
        return [tree(repo)]

    def describe(self, repo: str, **_: Any) -> str:
        return f"git checkout {repo}"

    def process(self, output: list[str]) -> CheckoutState | None:
        if not output or output[0] != "repository":
            return None
        found = [line.partition(" ")[::2] for line in output[1:]]
        last = dict(found)
        return CheckoutState(
            origin=last.get("origin"),
            branch=last.get("branch"),
            head=last.get("head"),
            wanted=last.get("wanted"),
            is_tag="tag" in last,
            remote=_remote_commit([value for key, value in found if key == "remote"]),
            stale_submodules="stale" in last,
        )


def _remote_commit(lines: Iterable[str]) -> str | None:
    """The commit of a branch; else the one that a tag points to, which git lists after the tag itself."""
    commit: str | None = None
    for line in lines:
        found, _, name = line.partition(" ")
        if name.startswith("refs/heads/"):
            return found
        commit = found
    return commit
