"""The session suite over SSH, through every way of becoming another user."""

from __future__ import annotations

import pytest

from pyinfra._transport.base import Privilege
from tests.contract.session_suite import Place, SessionSuite
from tests.lab import Host, Lab

from .hosts_of_sessions import SU_WITH_PASSWORD, SUDO, SUDO_WITH_PASSWORD, place_on

WAYS: dict[str, tuple[str, str, Privilege]] = {
    "bash": ("plain", "deploy", ()),
    "csh, sudo": ("plain", "cshy", (SUDO,)),
    "sudo with password": ("plain", "alice", (SUDO_WITH_PASSWORD,)),
    "su with password": ("plain", "bob", (SU_WITH_PASSWORD,)),
    "busybox": ("busybox", "root", ()),
    "busybox, su with password": ("busybox", "alice", (SU_WITH_PASSWORD,)),
}


class TestSessionOverSSH(SessionSuite):
    @pytest.fixture(params=WAYS)
    def place(self, request: pytest.FixtureRequest, lab: Lab) -> Place:
        kind, user, privilege = WAYS[request.param]
        fixture = "busybox_host" if kind == "busybox" else "plain_hosts"
        found = request.getfixturevalue(fixture)
        host: Host = found if isinstance(found, Host) else found[0]
        return place_on(lab, host, user, privilege, owner="root" if privilege else None)
