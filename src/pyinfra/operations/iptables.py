"""Operations on packet filters of iptables. They change what the kernel does now, not what it does after a reboot.

Example:
    from pyinfra.operations import iptables

    iptables.rule(chain="INPUT", jump="ACCEPT", protocol="tcp", destination_port=22, _sudo=True)
    iptables.chain(chain="INPUT", policy="DROP", _sudo=True)
"""

from __future__ import annotations

from ._iptables.chain import chain
from ._iptables.rule import rule

__all__ = ["chain", "rule"]
