"""git for real, on this machine, judged by git itself."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pyinfra.api.deploy import add_deploy
from pyinfra.api.operations import run_ops
from pyinfra.facts.git import (
    GitBranch,
    GitConfig,
    GitLocalCommit,
    GitRemoteBranchCommit,
    GitTag,
    GitTrackingBranch,
)
from pyinfra.operations import git

from .machine import Machine

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of our own: nobody's settings are read or written."""
    path = tmp_path / "home"
    path.mkdir()
    monkeypatch.setenv("HOME", str(path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    (path / ".gitconfig").write_text("[user]\n\tname = Some Body\n\temail = some@body\n[init]\n\tdefaultBranch = main\n"
                                     "[protocol \"file\"]\n\tallow = always\n")  # fmt: skip
    return path


@pytest.fixture
def machine() -> Machine:
    return Machine()


def run(directory: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", directory, *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


class Source:
    """A repository to clone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        run(path, "init", "--quiet")
        self.commit("first")
        run(path, "tag", "v1")
        run(path, "branch", "old")
        self.commit("second")

    def commit(self, text: str) -> str:
        (self.path / "file").write_text(text)
        run(self.path, "add", ".")
        run(self.path, "commit", "--quiet", "-m", text)
        return run(self.path, "rev-parse", "HEAD")


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(tmp_path / "it's a source")


def test_clone_then_follow(machine: Machine, source: Source, tmp_path: Path):
    dest = tmp_path / "the $(checkout)"
    wanted = {"src": str(source.path), "dest": str(dest)}
    meta = machine.apply(git.repo, **wanted)
    ours = [change for change in meta.changes if change.resource == f"git checkout {dest}"]
    assert [(change.attribute, change.after) for change in ours] == [
        ("present", True), ("branch", "the default one")
    ]  # fmt: skip
    assert (dest / "file").read_text() == "second"
    assert run(dest, "branch", "--show-current") == "main"
    third = source.commit("third")
    machine.unchanged(git.repo, pull=False, **wanted)
    meta = machine.apply(git.repo, **wanted)
    assert [(c.attribute, c.after) for c in meta.changes] == [("head", third)]
    assert run(dest, "rev-parse", "HEAD") == third


@pytest.mark.parametrize("ref", ["main", "old", "v1", "commit"])
def test_branches_tags_and_commits(machine: Machine, source: Source, tmp_path: Path, ref: str):
    first = run(source.path, "rev-parse", "v1")
    branch = first if ref == "commit" else ref
    expected = run(source.path, "rev-parse", f"{branch}^{{commit}}")
    new = tmp_path / "new"
    machine.apply(git.repo, src=str(source.path), dest=str(new), branch=branch)
    assert run(new, "rev-parse", "HEAD") == expected
    moved = tmp_path / "moved"
    machine.apply(git.repo, src=str(source.path), dest=str(moved), branch="main")
    if ref == "main":
        machine.unchanged(git.repo, src=str(source.path), dest=str(moved), branch=branch)
    else:
        machine.apply(git.repo, src=str(source.path), dest=str(moved), branch=branch)
    assert run(moved, "rev-parse", "HEAD") == expected
    back = machine.once(git.repo, src=str(source.path), dest=str(moved), branch="main")
    assert back.did_succeed()
    assert run(moved, "branch", "--show-current") == "main"


def test_a_tag_that_was_moved(machine: Machine, source: Source, tmp_path: Path):
    wanted = {"src": str(source.path), "dest": str(tmp_path / "there"), "branch": "v1"}
    machine.apply(git.repo, **wanted)
    third = source.commit("third")
    run(source.path, "tag", "-f", "v1")
    machine.apply(git.repo, **wanted)
    assert run(tmp_path / "there", "rev-parse", "HEAD") == third


def test_another_origin(machine: Machine, source: Source, tmp_path: Path):
    dest = tmp_path / "there"
    machine.apply(git.repo, src=str(source.path), dest=str(dest))
    other = tmp_path / "other"
    shutil.copytree(source.path, other)
    machine.apply(git.repo, src=str(other), dest=str(dest))
    assert run(dest, "remote", "get-url", "origin") == str(other)


def test_work_in_the_checkout_is_kept(machine: Machine, source: Source, tmp_path: Path):
    dest = tmp_path / "there"
    machine.apply(git.repo, src=str(source.path), dest=str(dest))
    (dest / "mine").write_text("mine")
    run(dest, "add", ".")
    run(dest, "commit", "--quiet", "-m", "mine")
    third = source.commit("third")
    machine.apply(git.repo, src=str(source.path), dest=str(dest), rebase=True)
    assert run(dest, "log", "--format=%s", "-2").split() == ["mine", "third"]
    assert run(dest, "rev-parse", "HEAD~1") == third


def test_a_branch_of_the_checkout_alone_is_let_alone(machine: Machine, source: Source, tmp_path: Path):
    dest = tmp_path / "there"
    machine.apply(git.repo, src=str(source.path), dest=str(dest))
    run(dest, "checkout", "--quiet", "-b", "mine")
    machine.unchanged(git.repo, src=str(source.path), dest=str(dest))
    machine.unchanged(git.repo, src=str(source.path), dest=str(dest), branch="mine")
    machine.apply(git.repo, src=str(source.path), dest=str(dest), branch="main")
    machine.apply(git.repo, src=str(source.path), dest=str(dest), branch="mine")
    run(dest, "checkout", "--quiet", "--detach")
    machine.unchanged(git.repo, src=str(source.path), dest=str(dest))


def test_what_came_to_the_remote_repository_later(machine: Machine, source: Source, tmp_path: Path):
    wanted = {"src": str(source.path), "dest": str(tmp_path / "there")}
    machine.apply(git.repo, **wanted)
    third = source.commit("third")
    run(source.path, "checkout", "--quiet", "--detach")
    fourth = source.commit("fourth")
    run(source.path, "tag", "aside")  # no branch leads there
    run(source.path, "checkout", "--quiet", "-b", "new", third)
    machine.apply(git.repo, **wanted, branch="aside")
    assert run(tmp_path / "there", "rev-parse", "HEAD") == fourth
    meta = machine.apply(git.repo, **wanted, branch="new")
    assert [(c.attribute, c.after) for c in meta.changes] == [("branch", "new"), ("head", third)]
    fifth = source.commit("fifth")
    machine.apply(git.repo, **wanted, branch=fifth[:10], pull=False, again=False, _ignore_errors=True)
    machine.apply(git.repo, **wanted, branch="new")
    assert run(tmp_path / "there", "rev-parse", "HEAD") == fifth
    machine.apply(git.repo, **wanted, branch=third[:10])
    assert run(tmp_path / "there", "rev-parse", "HEAD") == third


def test_a_remote_repository_that_does_not_answer(machine: Machine, source: Source, tmp_path: Path):
    wanted = {"src": str(source.path), "dest": str(tmp_path / "there")}
    machine.apply(git.repo, **wanted)
    source.path.rename(tmp_path / "elsewhere")
    assert "not appear to be a git repository" in machine.once(git.repo, **wanted, _ignore_errors=True).stderr
    machine.unchanged(git.repo, **wanted, pull=False)


@pytest.mark.parametrize("branch", ["--upload-pack=touch x", "-f", "", "a b", "a\n"])
def test_impossible_branches(machine: Machine, branch: str):
    assert machine.fails(git.repo, src="/srv/a", dest="/srv/b", branch=branch).details.argument == "branch"
    assert (
        machine.fails(git.worktree, worktree="/srv/a", repo="/srv/b", commitish=branch).details.argument == "commitish"
    )


@pytest.mark.parametrize("src", ["--upload-pack=touch x", "-u", "", " ", "a\nb", None])
def test_addresses_are_no_options(machine: Machine, src: Any):
    assert machine.fails(git.repo, src=src, dest="/srv/b").details.argument == "src"


@pytest.mark.parametrize("depth", [0, -1, "1", True])
def test_impossible_depths(machine: Machine, depth: Any):
    assert machine.fails(git.repo, src="/srv/a", dest="/srv/b", depth=depth).details.argument == "depth"


def test_addresses_are_no_commands(machine: Machine, source: Source, tmp_path: Path):
    mark = tmp_path / "mark"
    machine.apply(git.repo, src=str(source.path), dest=str(tmp_path / "there"))
    for src in (f"ext::sh -c 'touch {mark}'", f"ext::sh -c touch% {mark}", f"$(touch {mark})", f"x;touch {mark}",
                f"ssh://-oProxyCommand=touch {mark}/x", f"-oProxyCommand=touch {mark}:x"[1:]):  # fmt: skip
        for dest in (tmp_path / "there", tmp_path / "other"):
            assert machine.once(git.repo, src=src, dest=str(dest), _ignore_errors=True).did_error()
    assert not mark.exists()


def test_submodules(machine: Machine, source: Source, tmp_path: Path):
    part = Source(tmp_path / "part")
    run(source.path, "submodule", "--quiet", "add", str(part.path), "part")
    run(source.path, "commit", "--quiet", "-m", "with part")
    dest = tmp_path / "there"
    wanted = {"src": str(source.path), "dest": str(dest), "update_submodules": True}
    machine.apply(git.repo, **wanted)
    assert (dest / "part" / "file").read_text() == "second"
    shutil.rmtree(dest / "part")
    run(dest, "submodule", "deinit", "--force", "--all")
    machine.apply(git.repo, **wanted)
    assert (dest / "part" / "file").read_text() == "second"


def test_a_shallow_clone(machine: Machine, source: Source, tmp_path: Path):
    machine.apply(git.repo, src=f"file://{source.path}", dest=str(tmp_path / "there"), depth=1)
    assert run(tmp_path / "there", "rev-list", "--count", "HEAD") == "1"
    machine.apply(git.repo, src=f"file://{source.path}", dest=str(tmp_path / "there"), depth=1, branch="old")
    assert run(tmp_path / "there", "branch", "--show-current") == "old"


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to give files away")
def test_owner(machine: Machine, source: Source, tmp_path: Path):
    dest = tmp_path / "there"
    wanted = {"src": str(source.path), "dest": str(dest), "user": "nobody", "group": "nogroup"}
    machine.apply(git.repo, **wanted)
    assert {path.owner() for path in [dest, *dest.rglob("*")]} == {"nobody"}
    source.commit("third")
    os.chown(dest, 0, 0)
    machine.apply(git.repo, **wanted)
    source.commit("fourth")
    machine.apply(git.repo, **wanted)  # git refuses repositories of others unless it is told not to
    assert {path.group() for path in [dest, *dest.rglob("*")]} == {"nogroup"}


def test_a_repository_that_is_not_there_is_gits_own_message(machine: Machine, tmp_path: Path):
    meta = machine.once(git.repo, src=str(tmp_path / "nothing"), dest=str(tmp_path / "there"), _ignore_errors=True)
    assert meta.did_error()
    assert "does not exist" in meta.stderr


def test_keyscan_needs_a_server(machine: Machine):
    error = machine.fails(git.repo, src="https://git.example.org/x.git", dest="/srv/x", ssh_keyscan=True)
    assert "user and a server" in str(error)


def test_bare_repository(machine: Machine, tmp_path: Path):
    path = tmp_path / "-bare repo.git"
    machine.apply(git.bare_repo, path=str(path))
    assert run(path, "rev-parse", "--is-bare-repository") == "true"
    machine.apply(git.bare_repo, path=str(path), present=False)
    assert not path.exists()


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to give files away")
def test_owner_of_a_bare_repository(machine: Machine, tmp_path: Path):
    path = tmp_path / "x.git"
    machine.apply(git.bare_repo, path=str(path))
    machine.apply(git.bare_repo, path=str(path), user="nobody")
    assert {entry.owner() for entry in path.rglob("*")} == {"nobody"}


# -- git.worktree --------------------------------------------------------------------------


def test_worktree_of_what_is_checked_out(machine: Machine, source: Source, tmp_path: Path):
    tree = tmp_path / "deep" / "it's-a-tree"
    machine.apply(git.worktree, worktree=str(tree), repo=str(source.path))
    assert run(tree, "branch", "--show-current") == "it's-a-tree"
    (tree / "file").write_text("changed")
    assert machine.once(git.worktree, worktree=str(tree), present=False, _ignore_errors=True).did_error()
    machine.apply(git.worktree, worktree=str(tree), present=False, force=True)
    assert not tree.exists()
    assert run(source.path, "worktree", "list").count("\n") == 0


def test_worktree_that_was_deleted(machine: Machine, source: Source, tmp_path: Path):
    wanted = {"worktree": str(tmp_path / "a"), "repo": str(source.path), "commitish": "old"}
    machine.apply(git.worktree, **wanted)
    shutil.rmtree(tmp_path / "a")
    machine.apply(git.worktree, **wanted)
    assert run(tmp_path / "a", "branch", "--show-current") == "old"


def test_what_is_in_the_way_of_a_worktree_stays(machine: Machine, source: Source, tmp_path: Path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "mine").write_text("mine")
    meta = machine.once(git.worktree, worktree=str(tmp_path / "a"), repo=str(source.path), _ignore_errors=True)
    assert meta.did_error()
    assert (tmp_path / "a" / "mine").read_text() == "mine"


def test_worktree_of_a_commit(machine: Machine, source: Source, tmp_path: Path):
    wanted = {"worktree": str(tmp_path / "a"), "repo": str(source.path), "commitish": "v1"}
    machine.apply(git.worktree, **wanted, detached=True)
    assert run(tmp_path / "a", "rev-parse", "HEAD") == run(source.path, "rev-parse", "v1")
    assert run(tmp_path / "a", "branch", "--show-current") == ""
    machine.apply(git.worktree, **{**wanted, "worktree": str(tmp_path / "b")}, new_branch="fix")
    assert run(tmp_path / "b", "branch", "--show-current") == "fix"
    assert machine.once(git.worktree, worktree=str(tmp_path / "c"), repo=str(source.path), commitish="fix",
                        _ignore_errors=True).did_error()  # fmt: skip
    machine.apply(git.worktree, worktree=str(tmp_path / "c"), repo=str(source.path), commitish="fix", force=True)


def test_worktree_follows_a_remote_branch(machine: Machine, source: Source, tmp_path: Path):
    clone = tmp_path / "clone"
    machine.apply(git.repo, src=str(source.path), dest=str(clone))
    third = source.commit("third")
    wanted = {"worktree": str(tmp_path / "a"), "repo": str(clone), "from_remote_branch": ("origin", "main")}
    machine.apply(git.worktree, **wanted, new_branch="here")
    assert run(tmp_path / "a", "rev-parse", "HEAD") == third
    fourth = source.commit("fourth")
    machine.unchanged(git.worktree, **wanted, pull=False)
    meta = machine.apply(git.worktree, **wanted)
    assert [(c.attribute, c.after) for c in meta.changes if c.attribute == "head"] == [("head", fourth)]
    fifth = source.commit("fifth")
    machine.apply(git.worktree, worktree=str(tmp_path / "a"), rebase=True)  # it follows that branch by itself
    assert run(tmp_path / "a", "rev-parse", "HEAD") == fifth


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to give files away")
def test_owner_of_a_worktree(machine: Machine, source: Source, tmp_path: Path):
    wanted = {"worktree": str(tmp_path / "a"), "repo": str(source.path), "user": "nobody", "group": "nogroup"}
    machine.apply(git.worktree, **wanted)
    metadata = source.path / ".git" / "worktrees" / "a"
    assert {path.owner() for path in (tmp_path / "a", tmp_path / "a" / "file", metadata / "HEAD")} == {"nobody"}
    os.chown(tmp_path / "a", 0, 0)
    machine.apply(git.worktree, **wanted)


def test_worktree_needs_a_repository(machine: Machine, tmp_path: Path):
    path = str(tmp_path / "a")
    assert machine.fails(git.worktree, worktree=path).details.argument == "repo"
    assert machine.fails(git.worktree, worktree=path, repo=f"{tmp_path}/none").details.argument == "repo"
    assert machine.plan(git.worktree, worktree=path, repo=f"{tmp_path}/none", assume_repo_exists=True).will_change
    wrong = machine.fails(git.worktree, worktree=path, repo="/srv/x", from_remote_branch="origin")
    assert wrong.details.argument == "from_remote_branch"


def test_repository_and_worktree_in_one_deploy(machine: Machine, source: Source, tmp_path: Path):
    def deploy():
        git.repo(src=str(source.path), dest=str(tmp_path / "app"), pull=False)
        git.worktree(worktree=str(tmp_path / "fix"), repo=str(tmp_path / "app"), commitish="v1",
                     assume_repo_exists=True)  # fmt: skip

    with machine.run() as state:
        add_deploy(state, deploy)
        (host,) = state.inventory
        assert not host.planning_errors
        run_ops(state)
    assert (tmp_path / "fix" / "file").read_text() == "first"


# -- git.config ----------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["-n", "--help", "$(touch x)", "`id`", "a\\b", "", "true", "# ;", 'A "B" $C\'s'])
def test_values_are_plain_text(machine: Machine, source: Source, value: str):
    machine.apply(git.config, key="some.Middle $(id).thing", value=value, repo=str(source.path))
    assert run(source.path, "config", "some.Middle $(id).thing") == value


@pytest.mark.parametrize("key", ["name", "-l.x", "--unset", "a b.c", "a.1", ""])
def test_keys_that_are_none(machine: Machine, key: str):
    if key == "-l.x":
        return  # git's to refuse
    assert machine.fails(git.config, key=key, value="x").details.argument == "key"


def test_settings(machine: Machine, source: Source, tmp_path: Path):
    machine.apply(git.config, key="alias.say", value="!echo \"$HOME\" 'x'\nmore", repo=str(source.path))
    assert run(source.path, "config", "alias.say") == "!echo \"$HOME\" 'x'\nmore"
    machine.apply(git.config, key="Core.Editor", value="true")
    assert run(source.path, "config", "--global", "core.editor") == "true"
    for value in ("+refs/a:refs/a", "+refs/b:refs/b"):
        machine.apply(git.config, key="remote.Up.fetch", value=value, multi_value=True, repo=str(source.path))
    assert run(source.path, "config", "--get-all", "remote.Up.fetch").split() == ["+refs/a:refs/a", "+refs/b:refs/b"]
    machine.apply(git.config, key="remote.Up.fetch", value="+refs/c:refs/c", repo=str(source.path))
    assert run(source.path, "config", "--get-all", "remote.Up.fetch") == "+refs/c:refs/c"


def test_facts(machine: Machine, source: Source, tmp_path: Path):
    dest = tmp_path / "there"
    subprocess.run(["git", "clone", "--quiet", source.path, dest], check=True)
    head = run(dest, "rev-parse", "HEAD")
    assert machine.fact(GitBranch, repo=str(dest)) == "main"
    assert machine.fact(GitTag, repo=str(dest)) == ["v1"]
    assert machine.fact(GitTrackingBranch, repo=str(dest)) == "origin/main"
    assert machine.fact(GitLocalCommit, repo=str(dest)) == head
    assert machine.fact(GitLocalCommit, repo=str(dest), ref="v1") == run(dest, "rev-parse", "v1")
    assert machine.fact(GitLocalCommit, repo=str(dest), ref="--help") is None
    assert machine.fact(GitRemoteBranchCommit, repo=str(dest), branch="main") == head
    assert machine.fact(GitRemoteBranchCommit, repo=str(dest)) == head
    assert machine.fact(GitRemoteBranchCommit, repo=str(dest), remote="nothing") is None
    assert machine.fact(GitConfig)["user.name"] == ["Some Body"]
    assert machine.fact(GitConfig, repo=str(dest))["remote.origin.url"] == [str(source.path)]
    run(dest, "checkout", "--quiet", "v1")
    assert machine.fact(GitBranch, repo=str(dest)) == "v1"
    nowhere = str(tmp_path / "nothing")
    assert [machine.fact(fact, repo=nowhere) for fact in (GitBranch, GitTag, GitLocalCommit)] == [None, None, None]
    assert machine.fact(GitConfig, repo=nowhere) == {}
