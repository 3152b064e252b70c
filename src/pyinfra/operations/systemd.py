"""Operations on units of systemd.

Example:
    from pyinfra.operations import files, systemd

    unit = files.put(src="app.service", dest="/etc/systemd/system/app.service", _sudo=True)
    systemd.service(service="app", running=True, enabled=True, daemon_reload=unit.changed, _sudo=True)
"""

from __future__ import annotations

from ._systemd.service import daemon_reload, service

__all__ = ["daemon_reload", "service"]
