"""What is decided about services, and what each init system is told."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from pyinfra._lib.services import Wanted, checked_service, decide
from pyinfra._lib.services.bsdinit import BsdInit
from pyinfra._lib.services.launchd import Launchd
from pyinfra._lib.services.openrc import OpenRc
from pyinfra._lib.services.runit import Runit
from pyinfra._lib.services.systemd import Systemd
from pyinfra._lib.services.systems import InitSystem
from pyinfra._lib.services.sysvinit import SysvInit
from pyinfra._lib.services.unit_names import checked_unit, unit_name
from pyinfra._lib.services.upstart import Upstart
from pyinfra.api import OperationError, OperationTypeError, OperationValueError


def verbs(wanted: Wanted, running: bool | None, enabled: bool | None = None) -> list[str]:
    return [step.verb for step in decide(wanted, running, enabled)]


@pytest.mark.parametrize(
    ("wanted", "running", "expected"),
    [
        (Wanted(), True, []),
        (Wanted(), False, ["start"]),
        (Wanted(), None, ["start"]),
        (Wanted(running=False), True, ["stop"]),
        (Wanted(running=False), None, []),
        (Wanted(running=None), False, []),
        (Wanted(restarted=True), True, ["restart"]),
        (Wanted(restarted=True), False, ["start"]),
        (Wanted(reloaded=True), True, ["reload"]),
        (Wanted(restarted=True, reloaded=True), True, ["restart", "reload"]),
        (Wanted(running=None, restarted=True), True, ["restart"]),
        (Wanted(running=None, restarted=True), False, []),
        (Wanted(running=False, restarted=True), True, ["stop"]),
        (Wanted(command="force-reload"), True, ["force-reload"]),
        (Wanted(running=None, command="kill"), False, ["kill"]),
    ],
)
def test_what_is_decided(wanted: Wanted, running: bool | None, expected: list[str]) -> None:
    assert verbs(wanted, running) == expected


def test_enabling() -> None:
    assert verbs(Wanted(enabled=True), True, False) == ["enable"]
    assert verbs(Wanted(enabled=True), True, None) == ["enable"]
    assert verbs(Wanted(enabled=False), False, True) == ["start", "disable"]
    assert verbs(Wanted(enabled=False), True, None) == []
    assert verbs(Wanted(enabled=None), True, True) == []


def test_what_was_done_needs_not_be_done_again() -> None:
    for running, enabled, now, booted in product(
        (True, False, None), (True, False, None), (True, False), (True, False)
    ):
        wanted = Wanted(running=running, enabled=enabled)
        after = {step.attribute: step.after for step in decide(wanted, now, booted)}
        assert decide(wanted, after.get("running", now), after.get("enabled", booted)) == []


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"running": "yes"}, OperationTypeError),
        ({"running": True, "enabled": 1}, OperationTypeError),
        ({"running": True, "command": 7}, OperationTypeError),
        ({"running": True, "command": ""}, OperationValueError),
        ({"running": True, "command": "it's"}, OperationValueError),
    ],
)
def test_wrong_arguments(arguments: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        Wanted.checked(**arguments)


# -- each init system ----------------------------------------------------------------------


def told(system: InitSystem, verb: str = "restart", service: str = "app") -> list[str]:
    return [command.get_raw_value() for command in system.control(service, verb)]


def enabled(system: InitSystem, on: bool, service: str = "app") -> list[str]:
    return [command.get_raw_value() for command in system.enable(service, on)]


def test_systemd() -> None:
    assert told(Systemd(), service="app.service") == ["systemctl restart app.service"]
    assert told(Systemd(machine="box")) == ["systemctl --machine=box restart app"]
    assert told(Systemd(True, "box", "ann")) == ["systemctl --user --machine=ann@box restart app"]
    assert told(Systemd(True, None, "ann")) == ["systemctl --user --machine=ann@.host restart app"]
    (mine,) = told(Systemd(user_mode=True))
    assert mine.endswith(" systemctl --user restart app")
    assert told(Systemd(), "start", "-.mount") == ["systemctl start -- -.mount"]
    assert told(Systemd(), "kill --signal=HUP") == ["systemctl kill --signal=HUP app"]
    assert told(Systemd(), "$(touch x)") == ["systemctl '$(touch' 'x)' app"]
    assert enabled(Systemd(), True) + enabled(Systemd(), False) == ["systemctl enable app", "systemctl disable app"]


@pytest.mark.parametrize(
    ("service", "unit"),
    [
        ("nginx", "nginx.service"),
        ("nginx.service", "nginx.service"),
        ("backup.timer", "backup.timer"),
        ("php8.2-fpm", "php8.2-fpm.service"),
        ("getty@tty1", "getty@tty1.service"),
        ("a.socket.x", "a.socket.x.service"),
        ("service", "service.service"),
        ("-.mount", "-.mount"),
        (r"dev-a\x2db.swap", r"dev-a\x2db.swap"),
    ],
)
def test_names_of_units(service: str, unit: str) -> None:
    assert unit_name(service) == unit
    assert checked_unit(service) == unit


@pytest.mark.parametrize("service", ["", "a b", "$(x)", "a;b", "a/b", "a\nb", "é", "x" * 260, "a*"])
def test_what_is_no_name_of_a_unit(service: str) -> None:
    with pytest.raises(OperationValueError):
        checked_unit(service)


@pytest.mark.parametrize("service", ["", "-x", "../x", "a b", "a/b", "..", "$(x)", "a\n"])
def test_what_is_no_name_of_a_service(service: str) -> None:
    with pytest.raises(OperationValueError):
        checked_service(service)


def test_names_must_be_texts() -> None:
    for check in (checked_unit, checked_service):
        with pytest.raises(OperationTypeError):
            check(5)


def test_sysvinit() -> None:
    assert told(SysvInit()) == ["/etc/init.d/app restart"]
    debian = SysvInit(frozenset({"update-rc.d"}))
    assert enabled(debian, True) == ["update-rc.d app defaults"]
    assert enabled(SysvInit(debian.programs, (), ("/etc/rc0.d/K01app",)), True) == [
        "update-rc.d -f app remove", "update-rc.d app defaults",
    ]  # fmt: skip
    assert enabled(SysvInit(frozenset({"chkconfig"})), True) == ["chkconfig app --add", "chkconfig app on"]
    assert enabled(SysvInit(frozenset({"rc-update"})), True) == ["rc-update add app default"]
    assert enabled(SysvInit(frozenset(), ("/etc/rc3.d/S20app",)), False) == ["rm -f /etc/rc3.d/S20app"]
    with pytest.raises(OperationError):
        enabled(SysvInit(), True)


def test_the_others() -> None:
    assert told(OpenRc()) == ["rc-service app restart"]
    assert enabled(OpenRc("boot"), True) == ["rc-update add app boot"]
    assert enabled(OpenRc(), False) == ["rc-update del app default"]
    assert told(Upstart()) == ["initctl restart app"]
    assert enabled(Upstart(), True) == ["rm -f /etc/init/app.override"]
    assert enabled(Upstart(), False) == ["echo manual > /etc/init/app.override"]
    assert told(Launchd()) == ["launchctl stop app", "launchctl start app"]
    assert told(Launchd(), "kickstart") == ["launchctl kickstart app"]
    assert told(Runit("/a b")) == ["SVDIR='/a b' sv restart app"]
    assert enabled(Runit(), False) == ["touch /etc/sv/app/down"]
    assert told(BsdInit()) == [
        "if [ -e /etc/rc.d/app ]; then /etc/rc.d/app restart ; else /usr/local/etc/rc.d/app restart ; fi"
    ]
