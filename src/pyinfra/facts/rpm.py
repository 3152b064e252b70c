"""Facts about packages of rpm.

Example:
    >>> host.get_fact(RpmPackages)["bash"]
    {'5.1.8-9.el9'}
"""

from __future__ import annotations

from ._faces import publish
from ._rpm.archives import RpmPackage
from ._rpm.installed import RpmPackages
from ._rpm.offered import RpmPackageProvides

__all__ = ["RpmPackage", "RpmPackageProvides", "RpmPackages"]

publish(globals(), __all__)
