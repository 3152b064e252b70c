"""Facts about packages of Debian and its descendants.

Example:
    >>> host.get_fact(DebArch)
    'amd64'
"""

from __future__ import annotations

from ._apt.installed import DebArch, DebPackages
from ._faces import publish

__all__ = ["DebArch", "DebPackages"]

publish(globals(), __all__)
