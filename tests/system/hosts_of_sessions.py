"""Sessions on hosts of the lab, as any of their users."""

from __future__ import annotations

import secrets

from pyinfra._core.secrets import HiddenValue
from pyinfra._transport.base import ExecOptions, Method, Privilege, PrivilegeStep
from pyinfra._transport.ssh.link import SSHLink
from pyinfra._transport.ssh.options import SSHOptions
from pyinfra._transport.ssh.shared import SSHShared
from tests.contract.session_suite import Place
from tests.lab import PASSWORD, Host, Lab

SECRET = HiddenValue(PASSWORD)
SUDO = PrivilegeStep(Method.SUDO)
SUDO_WITH_PASSWORD = PrivilegeStep(Method.SUDO, password=SECRET)
SU_WITH_PASSWORD = PrivilegeStep(Method.SU, password=SECRET)
DOAS = PrivilegeStep(Method.DOAS)


def link_to(lab: Lab, host: Host, user: str) -> SSHLink:
    """Return a link that logs in as a user."""
    options = SSHOptions(
        host.address,
        user=user,
        key=str(lab.key),
        known_hosts_file=str(lab.known_hosts),
        strict_host_key_checking="yes",
        config_file="/dev/null",
    )
    return SSHLink(host.name, options, SSHShared())


def place_on(lab: Lab, host: Host, user: str, privilege: Privilege = (), *, owner: str | None = None) -> Place:
    """Return a place for the session suite, with a new folder that belongs to ``owner``."""
    folder = f"/tmp/suite-{secrets.token_hex(6)}"
    host.sh(f"mkdir {folder} && chown {owner or user} {folder}")
    return Place(lambda: link_to(lab, host, user), folder, ExecOptions(privilege=privilege))
