"""Operations on services of runit.

Example:
    from pyinfra.operations import runit

    runit.service(service="sshd", running=True, enabled=True)
"""

from __future__ import annotations

from ._runit.service import auto, manage, service, wait_runsv
from .files import file as file
from .files import link as link

__all__ = ["auto", "manage", "service", "wait_runsv"]
