"""FreeBSD: its packages, services, settings and updates, of the host or of one of its jails.

Example:
    from pyinfra.operations import freebsd

    freebsd.pkg.install(package="nginx")
    freebsd.sysrc.sysrc(parameter="nginx_enable", value="YES", overwrite=True)
    freebsd.service.service(srvname="nginx")
"""

from __future__ import annotations

from . import freebsd_update, pkg, service, sysrc

__all__ = ["freebsd_update", "pkg", "service", "sysrc"]
