"""git on real hosts: a checkout on one of a repository on another, over ssh; judged by git itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from pyinfra.api.deploy import add_deploy
from pyinfra.api.operations import run_ops
from pyinfra.facts.git import GitBranch, GitLocalCommit
from pyinfra.operations import git
from tests.lab import Host, Lab
from tests.unit.operations.machine import Machine

from .small_languages import install

GIT = "git -c safe.directory='*' -c user.name=x -c user.email=x@y"


class Pair(NamedTuple):
    """A host with a checkout, and the one with the repository."""

    near: Host
    far: Host

    @property
    def src(self) -> str:
        return f"deploy@{self.far.address}:/srv/git/app.git"

    def start(self) -> None:
        """Have a work tree to push from, and no repository."""
        self.far.sh("rm -rf /srv/git /srv/work; install -d -o deploy /srv/work")
        self.as_deploy(f"{GIT} init -qb main && {GIT} remote add origin /srv/git/app.git")

    def commit(self, text: str, branch: str = "main") -> str:
        """Push a commit from elsewhere; return its hash."""
        switch = f"if {GIT} rev-parse -q --verify HEAD >/dev/null; then {GIT} checkout -q -B {branch}; fi"
        return self.as_deploy(f"{switch} && echo '{text}' >file && {GIT} add . && {GIT} commit -qm '{text}' && "
                              f"{GIT} push -q origin {branch} && {GIT} rev-parse HEAD")  # fmt: skip

    def as_deploy(self, script: str) -> str:
        """Run a script in the work tree as its owner."""
        return self.far.run(["sudo", "-u", "deploy", "sh", "-ec", f"cd /srv/work && {script}"]).stdout.strip()


@pytest.fixture(scope="module")
def pair(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    near, far = lab.take(), lab.take()
    for host in (near, far):
        install(host, tmp_path_factory.mktemp("git"), "git")
        host.sh("useradd -m app")
    for home in ("root", "home/app"):
        key = near.root / home / ".ssh/id_ed25519"
        key.parent.mkdir(mode=0o700, exist_ok=True)
        shutil.copy(lab.key, key)
        key.chmod(0o600)
    near.sh("chown -R app: /home/app")
    yield Pair(near, far)
    lab.remove(near, far)


def test_a_repository_of_another_host(pair: Pair) -> None:
    near, far = pair
    pair.start()
    server = Machine(far.name, far.ssh_data())
    server.apply(git.bare_repo, path="/srv/git/app.git", user="deploy", group="deploy")
    assert far.sh("stat -c %U:%G /srv/git/app.git/HEAD") == "deploy:deploy\n"
    pair.commit("one")
    far.sh("git -C /srv/git/app.git -c safe.directory='*' symbolic-ref HEAD refs/heads/main")
    machine = Machine(near.name, near.ssh_data())
    wanted: dict[str, Any] = {"src": pair.src, "dest": "/srv/app", "user": "app", "group": "app", "ssh_keyscan": True}
    machine.apply(git.repo, **wanted)
    assert near.sh("cat /srv/app/file; find /srv/app ! -user app -o ! -group app") == "one\n"
    two = pair.commit("two")
    meta = machine.apply(git.repo, **wanted)
    assert [(c.attribute, c.after) for c in meta.plan.changes if c.attribute == "head"] == [("head", two)]
    assert near.sh("cat /srv/app/file; find /srv/app ! -user app -o ! -group app") == "two\n"
    pair.commit("three", branch="next")
    machine.apply(git.repo, **wanted, branch="next")
    assert machine.fact(GitBranch, repo="/srv/app") == "next"
    machine.apply(git.repo, **wanted, branch="main")
    assert machine.fact(GitLocalCommit, repo="/srv/app") == two
    machine.apply(git.worktree, worktree="/srv/next", repo="/srv/app", from_remote_branch=("origin", "next"),
                  new_branch="fix", user="app", group="app")  # fmt: skip
    four = pair.commit("four", branch="next")
    machine.apply(git.worktree, worktree="/srv/next", from_remote_branch=("origin", "next"), user="app", group="app")
    assert near.sh("git -c safe.directory='*' -C /srv/next rev-parse HEAD").strip() == four
    assert near.sh("cat /srv/next/file; find /srv/next /srv/app ! -user app") == "four\n"
    machine.apply(git.worktree, worktree="/srv/next", present=False)
    assert near.sh("git -c safe.directory='*' -C /srv/app worktree list | wc -l") == "1\n"
    server.apply(git.bare_repo, path="/srv/git/app.git", present=False)


def test_as_another_user_and_settings(pair: Pair) -> None:
    near, far = pair
    pair.start()
    Machine(far.name, far.ssh_data()).apply(git.bare_repo, path="/srv/git/app.git", user="deploy")
    pair.commit("one")
    machine = Machine(near.name, near.ssh_data("deploy"), _sudo=True, _sudo_user="app")
    wanted: dict[str, Any] = {"src": pair.src, "dest": "/home/app/here", "branch": "main", "ssh_keyscan": True}
    machine.apply(git.repo, **wanted)
    assert near.sh("stat -c %U /home/app/here/file /home/app/.ssh/known_hosts") == "app\napp\n"
    value = 'A "B" $C\'s'
    machine.apply(git.config, key="user.name", value=value)
    assert near.run(["sudo", "-Hu", "app", "git", "config", "--global", "user.name"]).stdout == value + "\n"
    machine.apply(git.config, key="user.name", value=value, repo="/home/app/here")
    Machine(near.name, near.ssh_data()).apply(git.config, key="core.pager", value="cat", system=True)
    assert near.sh("git config --system core.pager") == "cat\n"


def test_checkout_settings_and_worktree_are_planned_at_once(pair: Pair) -> None:
    near, _ = pair
    near.sh(f"mkdir -p /srv/source && cd /srv/source && {GIT} init -qb main && {GIT} commit -q --allow-empty -m x")

    def deploy() -> None:
        git.repo(src="/srv/source", dest="/srv/deploy/app")
        git.config(key="user.name", value="x", repo="/srv/deploy/app")
        git.worktree(worktree="/srv/deploy/side", repo="/srv/deploy/app", new_branch="side", assume_repo_exists=True)

    machine = Machine(near.name, near.ssh_data())
    for expected in (True, False):
        with machine.run() as state:
            add_deploy(state, deploy)
            (one,) = state.inventory
            metas = [state.ops[one][key].operation_meta for key in state.get_op_order()]
            assert [meta.will_change for meta in metas] == [expected] * 3
            run_ops(state)
            assert [meta.did_change() for meta in metas] == [expected] * 3
    assert near.sh("git -C /srv/deploy/side branch --show-current") == "side\n"
