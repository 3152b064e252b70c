"""Operations on keys of OpenPGP.

Example:
    from pyinfra.operations import gpg

    gpg.key(src="https://example.org/key.asc", dest="/usr/share/keyrings/example.gpg", _sudo=True)
"""

from __future__ import annotations

from ._gpg.key import dearmor, key

__all__ = ["dearmor", "key"]
