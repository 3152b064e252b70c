"""Facts about yum.

Example:
    >>> [repository["repoid"] for repository in host.get_fact(YumRepositories)]
    ['base', 'updates']
"""

from __future__ import annotations

from ._faces import publish
from ._rpm.repositories import RepositoryFiles
from .util.packaging import REPO_FILENAME_MARKER

__all__ = ["REPO_FILENAME_MARKER", "YumRepositories"]


class YumRepositories(RepositoryFiles):
    """Where yum gets packages from, in the order of the files.

    Example:
        >>> host.get_fact(YumRepositories)
        [{'repoid': 'base', 'name': 'Base', 'filename': '/etc/yum.repos.d/base.repo', 'baseurl': 'http://m.example'}]
    """

    program = "yum"
    configuration = "/etc/yum.conf"
    directories = ("/etc/yum.repos.d", "/etc/yum/repos.d", "/etc/distro.repos.d")


publish(globals(), __all__)
