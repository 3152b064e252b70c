"""Facts about git, in every shell that is here; what they understand, and that no argument is run."""

from __future__ import annotations

import contextlib
import inspect
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyinfra._core.effects import tree
from pyinfra._core.errors import FactProcessError
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts import git
from pyinfra.facts._git.checkout import Checkout, CheckoutState
from pyinfra.facts._git.worktree import Worktree, WorktreeState
from pyinfra.facts.git import GitBranch, GitConfig, GitLocalCommit, GitRemoteBranchCommit, GitTag, GitTrackingBranch

from .remote import PLAIN_PATH, Remote, remotes

FACTS: list[Any] = [*(getattr(git, name) for name in git.__all__ if name != "GitFactBase"), Checkout, Worktree]
SHELLS = [remote for remote in remotes() if remote.path == PLAIN_PATH]
ONE, TWO = "1" * 40, "2" * 40
needs_git = pytest.mark.skipif(shutil.which("git", path=PLAIN_PATH) is None, reason="git is not installed")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    path = tmp_path / "-it's $(a) repository"

    def run(*words: str) -> None:
        subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@y", *words], cwd=path, check=True)

    path.mkdir()
    run("init", "--quiet", "-b", "main")
    run("commit", "--quiet", "--allow-empty", "-m", "x")
    run("tag", "v1")
    run("clone", "--quiet", ".", "../clone")
    run("worktree", "add", "--quiet", "../worktree")
    run("config", "some.text", "two\nlines")
    run("config", "--add", "some.text", "")
    return path


@needs_git
@pytest.mark.parametrize("remote", SHELLS, ids=lambda remote: remote.name)
def test_every_shell(remote: Remote, repository: Path) -> None:
    repo, clone = str(repository), str(repository.parent / "clone")
    head = remote.read(GitLocalCommit, repo=repo)
    assert len(head) == 40
    assert remote.read(GitBranch, repo=clone) == "main"
    assert remote.read(GitTag, repo=repo) == ["v1"]
    assert remote.read(GitTrackingBranch, repo=clone) == "origin/main"
    assert remote.read(GitTrackingBranch, repo=repo) is None
    assert remote.read(GitRemoteBranchCommit, repo=clone) == head
    assert remote.read(GitRemoteBranchCommit, repo=clone, branch="main") == head
    assert remote.read(GitConfig, repo=repo)["some.text"] == ["two\nlines", ""]
    found = remote.read(Checkout, repo=clone, src=repo, ask_remote=True)
    assert found == CheckoutState(f"{repo}/.", "main", head, head, "branch", head, True, True)
    found = remote.read(Checkout, repo=clone, src=repo, ref="v1", ask_remote=True, submodules="")
    assert (found.kind, found.wanted, found.remote, found.contained) == ("tag", head, head, True)
    found = remote.read(Checkout, repo=clone, src="/nothing", ask_remote=True)
    assert (found.remote, found.answered) == (None, False)
    found = remote.read(Checkout, repo=clone, src=repo, ref="nothing", ask_remote=True)
    assert (found.kind, found.wanted, found.remote, found.answered) == (None, None, None, True)
    there = str(repository.parent / "worktree")
    found = remote.read(Worktree, worktree=there, ask_remote=True)
    assert (found.place, found.repository, found.follows) == (there, f"{repo}/.git", False)
    assert found.metadata == f"{repo}/.git/worktrees/worktree"
    found = remote.read(Worktree, worktree=clone, ask_remote=True)
    assert (found.follows, found.answered, found.remote, found.contained) == (True, True, head, True)
    assert remote.read(Worktree, worktree="/nothing") is None
    assert [remote.read(fact, repo="/nothing") for fact in (GitBranch, GitTag, GitLocalCommit)] == [None] * 3


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], None),
        (["something else"], None),
        (["repository"], CheckoutState()),
        (["repository", f"head {ONE}", f"wanted {ONE}"], CheckoutState(head=ONE, wanted=ONE, kind="commit")),
        (
            ["repository", f"wanted {ONE}", "local 1", "answered 1", f"remote {TWO} refs/heads/x", f"contained {TWO}"],
            CheckoutState(wanted=ONE, kind="branch", remote=TWO, answered=True, contained=True),
        ),
        (
            ["repository", "answered 1", f"remote {ONE} refs/tags/x", f"remote {TWO} refs/tags/x^{{}}"],
            CheckoutState(kind="tag", remote=TWO, answered=True),
        ),
        (
            ["repository", "tag 1", "answered 1", f"remote {ONE} refs/heads/x", f"remote {TWO} refs/tags/x"],
            CheckoutState(kind="branch", remote=ONE, answered=True),
        ),
        (["repository", "stale 1", "origin a b"], CheckoutState(origin="a b", stale_submodules=True)),
    ],
)
def test_checkouts(lines: list[str], expected: CheckoutState | None) -> None:
    assert Checkout().process(lines) == expected


def test_worktrees() -> None:
    assert Worktree().process([]) is None
    found = Worktree().process(["worktree", "place /a b", "repository /r/.git", f"head {ONE}", "follows origin"])
    assert found == WorktreeState("/a b", "/r/.git", None, ONE, follows=True)


def test_names_lose_their_prefix() -> None:
    assert [GitBranch().process([line]) for line in ("heads/a/b", "tags/v1", ONE, "")] == ["a/b", "v1", ONE, None]


def test_what_makes_them_stale() -> None:
    assert GitBranch().resources(repo="/srv/app") == [tree("/srv/app")]
    assert GitBranch().resources("~/app") is None
    assert set(Checkout().resources(repo="/a", src="/b") or ()) == {tree("/a"), tree("/b")}
    assert set(Checkout().resources(repo="/a", src="https://b") or ()) == {tree("/a")}


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
@given(
    lines=st.lists(
        st.one_of(
            st.text(max_size=20),
            st.sampled_from(["repository", "worktree", "remote", "remote x", f"remote {ONE} refs/heads/x", "head "]),
        ),
        max_size=5,
    )
)
def test_any_output_is_a_value_or_a_fact_process_error(fact: type[FactBase[Any]], lines: list[str]) -> None:
    with contextlib.suppress(FactProcessError):
        fact().process(lines)


HOSTILE = ["$(touch marker)", "`touch marker`", "';touch marker;'", '";touch marker;"', "x\ntouch marker\n", "-rf",
           "--upload-pack=touch marker;", "a b", "\udcff"]  # fmt: skip


@needs_git
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_no_argument_is_run(fact: type[FactBase[Any]], tmp_path: Path, repository: Path) -> None:
    repository.rename(tmp_path / "r")
    (tmp_path / "place").mkdir()
    names = list(inspect.signature(fact().command).parameters)
    for name in names:
        for text in HOSTILE:
            clone = str(tmp_path / "clone")
            usual: dict[str, Any] = {"repo": clone, "src": str(tmp_path / "r"), "ask_remote": True,
                                     "worktree": clone, "remote": "origin", "branch": "main"}  # fmt: skip
            arguments = {key: value for key, value in usual.items() if key in names} | {name: text}
            if name in ("ask_remote", "system", "submodules"):
                continue
            SHELLS[0].run(fact().command(**arguments), cwd=tmp_path / "place")
    assert [*tmp_path.rglob("marker")] == []
