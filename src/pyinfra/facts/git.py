"""Facts about git repositories and settings. A repository that is not there gives the default.

Example:
    >>> host.get_fact(GitBranch, repo="/srv/app")
    'main'
"""

from __future__ import annotations

from ._faces import publish
from ._git.repositories import (
    GitBranch,
    GitFactBase,
    GitLocalCommit,
    GitRemoteBranchCommit,
    GitTag,
    GitTrackingBranch,
)
from ._git.settings import GitConfig

__all__ = [
    "GitBranch",
    "GitConfig",
    "GitFactBase",
    "GitLocalCommit",
    "GitRemoteBranchCommit",
    "GitTag",
    "GitTrackingBranch",
]

publish(globals(), __all__)
