"""Operations on git repositories and settings.

Example:
    from pyinfra.operations import git

    git.repo(src="https://git.example.org/app.git", dest="/srv/app", branch="main", _sudo=True)
"""

from __future__ import annotations

from ._git.bare_repo import bare_repo
from ._git.config import config
from ._git.repo import repo
from ._git.worktree import worktree

__all__ = ["bare_repo", "config", "repo", "worktree"]
