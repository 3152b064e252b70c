"""Facts about dnf.

Example:
    >>> host.get_fact(DnfEnabledModules)
    {'nodejs': '20'}
"""

from __future__ import annotations

from ._dnf.modules import DnfDisabledModules, DnfEnabledModules
from ._faces import publish
from ._rpm.repositories import RepositoryFiles
from .util.packaging import REPO_FILENAME_MARKER

__all__ = ["REPO_FILENAME_MARKER", "DnfDisabledModules", "DnfEnabledModules", "DnfRepositories"]


class DnfRepositories(RepositoryFiles):
    """Where dnf gets packages from, in the order of the files.

    Example:
        >>> host.get_fact(DnfRepositories)
        [{'repoid': 'base', 'name': 'Base', 'filename': '/etc/yum.repos.d/base.repo', 'baseurl': 'http://m.example'}]
    """

    program = "dnf"
    configuration = "/etc/dnf/dnf.conf"
    directories = ("/etc/yum.repos.d", "/etc/yum/repos.d", "/etc/distro.repos.d", "/etc/dnf.repos.d")


publish(globals(), __all__)
