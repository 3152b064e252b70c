"""Facts about units of systemd.

All that is asked in one go, of whatever units and by whichever of these facts, is one ``systemctl`` for each manager.

Example:
    >>> host.get_fact(SystemdStatus, services=["ssh", "backup.timer"])
    {'ssh.service': True, 'sshd.service': True, 'backup.timer': False}
"""

from __future__ import annotations

from ._faces import publish
from ._systemd.units import SYSTEMD_UNIT_NAME_REGEX, SystemdEnabled, SystemdStatus

__all__ = ["SYSTEMD_UNIT_NAME_REGEX", "SystemdEnabled", "SystemdStatus"]

publish(globals(), __all__)
