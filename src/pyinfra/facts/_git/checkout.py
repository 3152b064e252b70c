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
        kind: ``"branch"``, ``"tag"`` or ``"commit"``: what that is, here or there; None when nobody has it.
        remote: hash that the remote repository has for it; None when that was not asked, or it has none.
        answered: whether the remote repository was asked and answered.
        contained: whether the checkout has all that the remote repository has, and maybe more.
        stale_submodules: whether some submodule is not at the commit that it should be at.
    """

    origin: str | None = None
    branch: str | None = None
    head: str | None = None
    wanted: str | None = None
    kind: str | None = None
    remote: str | None = None
    answered: bool = False
    contained: bool = False
    stale_submodules: bool = False


# What the remote repository has. What it has and the checkout has too is no news, also where the checkout has more.
_ASK = """if [ -n "$ref" ] && there=$(
git ls-remote -- "$src" "refs/heads/$ref" "refs/tags/$ref" "refs/tags/$ref^{}" 2>/dev/null); then say answered 1
printf '%s\\n' "$there" | while read -r hash name; do
say remote "$hash${name:+ $name}"
case $name in refs/heads/*)
git merge-base --is-ancestor "$hash" "refs/heads/$ref" 2>/dev/null && say contained "$hash" ;; esac
done; fi
"""


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
            'if git show-ref --verify -q -- "refs/tags/$ref"; then say tag 1; fi\n',
            'if git show-ref --verify -q -- "refs/heads/$ref"; then say local 1; fi\n',
            'say wanted "$(git rev-parse -q --verify --end-of-options "$ref^{commit}" 2>/dev/null)"\n',
        ]  # fmt: skip
        if ask_remote:
            body += ["src=", word(src), "\n", _ASK]
        if submodules is not None:
            body += [f"git submodule status {submodules} 2>/dev/null | grep -q '^[-+U]' && say stale 1\n"]
        return in_repository(repo, *body, ":\n")

    def resources(self, repo: str, src: str = "", **_: Any) -> Iterable[Resource] | None:
        return [tree(place) for place in (repo, src) if place.startswith("/")] if repo.startswith("/") else None

    def describe(self, repo: str, **_: Any) -> str:
        return f"git checkout {repo}"

    def process(self, output: list[str]) -> CheckoutState | None:
        if not output or output[0] != "repository":
            return None
        found = [line.partition(" ")[::2] for line in output[1:]]
        last = dict(found)
        remote, remote_kind = _remote_commit([value for key, value in found if key == "remote"])
        kind = "branch" if "local" in last or remote_kind == "branch" else "tag" if "tag" in last else remote_kind
        return CheckoutState(
            origin=last.get("origin"),
            branch=last.get("branch"),
            head=last.get("head"),
            wanted=last.get("wanted"),
            kind=kind or ("commit" if "wanted" in last else None),
            remote=remote,
            answered="answered" in last,
            contained=remote is not None and remote in (last.get("wanted"), last.get("contained")),
            stale_submodules="stale" in last,
        )


def _remote_commit(lines: Iterable[str]) -> tuple[str | None, str | None]:
    """The commit of a branch; else the one that a tag points to, which git lists after the tag itself."""
    commit: str | None = None
    for line in lines:
        found, _, name = line.partition(" ")
        if name.startswith("refs/heads/"):
            return found, "branch"
        commit = found
    return commit, "tag" if commit else None
