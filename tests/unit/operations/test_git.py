"""git for real, on this machine, judged by git itself."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

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
    meta = machine.once(git.repo, src=str(source.path), dest=str(dest), rebase=True)
    assert meta.did_change()
    assert run(dest, "log", "--format=%s", "-2").split() == ["mine", "third"]
    assert run(dest, "rev-parse", "HEAD~1") == third


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


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to give files away")
def test_owner(machine: Machine, source: Source, tmp_path: Path):
    dest = tmp_path / "there"
    wanted = {"src": str(source.path), "dest": str(dest), "user": "nobody", "group": "nogroup"}
    machine.apply(git.repo, **wanted)
    assert {path.owner() for path in [dest, *dest.rglob("*")]} == {"nobody"}
    source.commit("third")
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
