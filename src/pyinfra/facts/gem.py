"""Facts about RubyGems.

Example:
    >>> host.get_fact(GemPackages)
    {'rake': {'13.0.6', '12.3.3'}}
"""

from __future__ import annotations

from pyinfra._lib.packages.gem import GEM, GEM_REGEX

from ._newest import OwnPackages

__all__ = ["GEM_REGEX", "GemPackages"]


class GemPackages(OwnPackages):
    """The installed gems with their versions, those that came with Ruby, too.

    Example:
        >>> host.get_fact(GemPackages)
        {'rake': {'13.0.6', '12.3.3'}}
    """

    manager = GEM
