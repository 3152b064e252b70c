"""Facts about zypper.

Example:
    >>> [repository["repoid"] for repository in host.get_fact(ZypperRepositories)]
    ['repo-oss']
"""

from __future__ import annotations

from ._faces import publish
from ._rpm.repositories import RepositoryFiles
from .util.packaging import REPO_FILENAME_MARKER

__all__ = ["REPO_FILENAME_MARKER", "ZypperRepositories"]


class ZypperRepositories(RepositoryFiles):
    """Where zypper gets packages from, in the order of the files.

    Example:
        >>> host.get_fact(ZypperRepositories)
        [{'repoid': 'repo-oss', 'name': 'OSS', 'filename': '/etc/zypp/repos.d/oss.repo', 'baseurl': 'http://m.example'}]
    """

    program = "zypper"
    directories = ("/etc/zypp/repos.d",)


publish(globals(), __all__)
