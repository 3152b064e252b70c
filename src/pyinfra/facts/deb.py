"""Facts about packages of Debian and its descendants.

Example:
    >>> host.get_fact(DebArch)
    'amd64'
"""

from __future__ import annotations

from ._apt.archives import DebPackage
from ._apt.installed import DEB_PACKAGE_NAME_REGEX, DEB_PACKAGE_VERSION_REGEX, DebArch, DebPackages
from ._faces import publish

__all__ = ["DEB_PACKAGE_NAME_REGEX", "DEB_PACKAGE_VERSION_REGEX", "DebArch", "DebPackage", "DebPackages"]

publish(globals(), __all__)
