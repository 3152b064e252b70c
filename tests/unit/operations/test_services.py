"""Operations on services of other init systems than systemd: what their bodies yield, given facts."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra.api import OperationError, OperationTypeError, OperationValueError
from pyinfra.facts._files.contents import FileContent, FileText
from pyinfra.facts.bsdinit import RcdStatus
from pyinfra.facts.files import File
from pyinfra.facts.launchd import LaunchdStatus
from pyinfra.facts.openrc import OpenrcEnabled, OpenrcService
from pyinfra.facts.runit import RunitManaged, RunitStatus
from pyinfra.facts.sysvinit import InitdRunlevels, InitdStatus, Runlevels
from pyinfra.facts.upstart import UpstartManual, UpstartStatus
from pyinfra.operations import bsdinit, files, launchd, openrc, runit, sysvinit, upstart

from .stub import commands_of

DEBIAN = Runlevels(("/etc/rc0.d/K01app", "/etc/rc2.d/S01app", "/etc/rc3.d/S01app"), frozenset({"update-rc.d"}))


@pytest.mark.parametrize(
    ("operation", "facts", "arguments", "expected"),
    [
        (openrc.service, {OpenrcService: {"app": True}}, {}, []),
        (openrc.service, {OpenrcService: {"app": True}}, {"restarted": True}, ["rc-service app restart"]),
        (
            openrc.service, {OpenrcService: {"app": False}}, {"enabled": True, "runlevel": "boot"},
            ["rc-service app start", "rc-update add app boot"],
        ),
        (
            openrc.service, {OpenrcService: {"app": True}, OpenrcEnabled: {"app": True}},
            {"running": False, "enabled": False}, ["rc-service app stop", "rc-update del app default"],
        ),
        (upstart.service, {UpstartStatus: {"app": True}}, {"enabled": True}, []),
        (
            upstart.service, {UpstartStatus: {"app": False}, UpstartManual: {"app": True}}, {"enabled": True},
            ["initctl start app", "rm -f /etc/init/app.override"],
        ),
        (
            upstart.service, {UpstartStatus: {"app": True}}, {"running": False, "enabled": False},
            ["initctl stop app", "echo manual > /etc/init/app.override"],
        ),
        (launchd.service, {LaunchdStatus: {"app": True}}, {}, []),
        (
            launchd.service, {LaunchdStatus: {"app": True}}, {"restarted": True},
            ["launchctl stop app", "launchctl start app"],
        ),
        (launchd.service, {LaunchdStatus: {"app": False}}, {"restarted": True}, ["launchctl start app"]),
        (launchd.service, {LaunchdStatus: {"app": True}}, {"command": "blame"}, ["launchctl blame app"]),
        (sysvinit.service, {InitdStatus: {"app": True}, InitdRunlevels: DEBIAN}, {"enabled": True}, []),
        (
            sysvinit.service, {InitdStatus: {"app": None}, InitdRunlevels: DEBIAN}, {"enabled": False},
            ["/etc/init.d/app start", "rm -f /etc/rc2.d/S01app /etc/rc3.d/S01app"],
        ),
        (
            sysvinit.enable, {InitdRunlevels: DEBIAN},
            {"start_priority": 1, "stop_priority": 1, "start_levels": (2, 3, "S"), "stop_levels": [0]},
            ["ln -s /etc/init.d/app /etc/rcS.d/S01app"],
        ),
        (sysvinit.enable, {InitdRunlevels: DEBIAN}, {"start_priority": 1, "start_levels": [2], "stop_levels": []}, []),
        (runit.service, {RunitManaged: {"app"}, RunitStatus: {"app": True}}, {}, []),
        (
            runit.service, {RunitManaged: {"app"}, RunitStatus: {"app": True}}, {"enabled": False},
            ["touch /etc/sv/app/down"],
        ),
        (
            runit.service, {RunitManaged: {"app"}, RunitStatus: {"app": False}, File: {"mode": 644}}, {"enabled": True},
            ["SVDIR=/var/service sv start app", "rm -f /etc/sv/app/down"],
        ),
        (runit.service, {RunitManaged: set()}, {"managed": False}, []),
        (runit.manage, {RunitManaged: {"app"}}, {}, []),
        (runit.manage, {}, {}, ["ln -s /etc/sv/app /var/service/app"]),
        (runit.auto, {}, {}, []),
        (runit.auto, {}, {"auto": False}, ["touch /etc/sv/app/down"]),
    ],
)  # fmt: skip
def test_only_what_differs(
    operation: Any, facts: dict[Any, Any], arguments: dict[str, Any], expected: list[str]
) -> None:
    assert commands_of(operation, facts, service="app", **arguments) == expected


def test_a_service_that_runit_does_not_look_after_yet() -> None:
    commands = commands_of(runit.service, service="app")
    assert commands[:2] == ["touch /etc/sv/app/down", "ln -s /etc/sv/app /var/service/app"]
    assert "sv status app" in commands[2]
    assert commands[3:] == ["rm -f /etc/sv/app/down", "SVDIR=/var/service sv start app"]
    kept = commands_of(runit.service, {File: {"mode": 644}}, service="app", running=False)
    assert len(kept) == 2, "a file that is there stays"
    assert (runit.file, runit.link) == (files.file, files.link)


def test_waiting_for_runit() -> None:
    (command,) = commands_of(runit.wait_runsv, service="app", timeout=3)
    assert "[ $n -lt 3 ]" in command
    with pytest.raises(OperationValueError):
        commands_of(runit.wait_runsv, service="app", timeout="3; x")


def test_rc_conf_of_a_bsd() -> None:
    content = FileContent.of(b'ntpd_enable="NO"\nmy_app_enable="YES"\n')
    facts = {RcdStatus: {"ntpd": False, "my-app": True}, FileText: content, File: {"mode": 644, "size": content.size}}
    assert commands_of(bsdinit.service, facts, service="my-app", enabled=True) == []
    off = commands_of(bsdinit.service, facts, service="my-app", running=False, enabled=False)
    assert "stop" in off[0]
    assert "/etc/rc.conf.local" in off[-1]
    on = commands_of(bsdinit.service, facts, service="ntpd", enabled=True)
    assert "start" in on[-1], "a script does not start what is not enabled"
    assert "/etc/rc.conf.local" in on[0]
    new = commands_of(bsdinit.service, {FileText: None, File: None}, service="app", running=None, enabled=True)
    assert len(new) == 1
    assert "printf '%s\\n' 'app_enable=\"YES\"' >> /etc/rc.conf.local" in new[0]


@pytest.mark.parametrize("operation", [op.service for op in (bsdinit, launchd, openrc, runit, sysvinit, upstart)])
def test_wrong_names(operation: Any) -> None:
    for wrong in ("", "../x", "a b", "$(x)", "-x", "a\n"):
        with pytest.raises(OperationValueError):
            commands_of(operation, service=wrong)
    with pytest.raises(OperationTypeError):
        commands_of(operation, service="a", running="yes")


def test_wrong_arguments() -> None:
    with pytest.raises(OperationValueError):
        commands_of(sysvinit.enable, service="a", start_priority=100)
    with pytest.raises(OperationValueError):
        commands_of(sysvinit.enable, service="a", stop_levels=[7])
    with pytest.raises(OperationTypeError):
        commands_of(sysvinit.enable, service="a", start_levels="23")
    with pytest.raises(OperationValueError):
        commands_of(runit.manage, service="a", svdir="service")
    with pytest.raises(OperationError):
        commands_of(sysvinit.service, service="a", enabled=True)
