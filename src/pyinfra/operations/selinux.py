"""Operations on SELinux.

Example:
    from pyinfra.operations import selinux

    selinux.boolean(bool_name="httpd_can_network_connect", value="on", persistent=True, _sudo=True)
    selinux.port(protocol="tcp", port_num=8123, se_type="http_port_t", _sudo=True)
"""

from __future__ import annotations

from ._selinux.booleans import boolean
from ._selinux.contexts import file_context, file_context_mapping
from ._selinux.names import Boolean, Protocol
from ._selinux.ports import port

__all__ = ["Boolean", "Protocol", "boolean", "file_context", "file_context_mapping", "port"]
