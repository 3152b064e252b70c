"""Facts about keys of OpenPGP.

Example:
    >>> list(host.get_fact(GpgKey, "/etc/apt/keyrings/docker.asc"))
    ['8D81803C0EBFCD88']
"""

from __future__ import annotations

from ._faces import publish
from ._gpg.keys import GpgFactBase, GpgKey, GpgKeyrings, GpgKeys, GpgSecretKeys

__all__ = ["GpgFactBase", "GpgKey", "GpgKeyrings", "GpgKeys", "GpgSecretKeys"]

publish(globals(), __all__)
