"""Facts about apt.

Example:
    >>> host.get_fact(SimulateOperationWillChange, "upgrade")["upgraded"]
    2
"""

from __future__ import annotations

from pyinfra._core.commands import StringCommand
from pyinfra._lib.packages.apt import apt_get

from ._apt.installed import DEB_PACKAGE_NAME_REGEX as APT_PACKAGE_NAME_REGEX
from ._apt.installed import DEB_PACKAGE_VERSION_REGEX as APT_PACKAGE_VERSION_REGEX
from ._apt.installed import AptPackages
from ._apt.keys import AptKeys
from ._apt.repositories import AptRepo, AptSourcesFile, parse_apt_list_file, parse_apt_repo
from ._apt.sources import AptSources
from ._apt.updates import AptSimulationDict, SimulateOperationWillChange
from ._faces import publish
from .gpg import GpgKeyrings as GpgKeyrings

__all__ = [
    "APT_PACKAGE_NAME_REGEX",
    "APT_PACKAGE_VERSION_REGEX",
    "AptKeys",
    "AptPackages",
    "AptRepo",
    "AptSimulationDict",
    "AptSources",
    "AptSourcesFile",
    "SimulateOperationWillChange",
    "noninteractive_apt",
    "parse_apt_list_file",
    "parse_apt_repo",
]


def noninteractive_apt(command: str, force: bool = False) -> StringCommand:
    """Return the beginning of a command of ``apt-get`` that asks nobody anything, and waits for its lock.

    Args:
        command: what it shall do: ``install``, with options.
        force: do what it advises against.

    Example:
        >>> str(noninteractive_apt("install")).endswith(" install")
        True
    """
    return apt_get(command, force=force)


publish(globals(), __all__)
