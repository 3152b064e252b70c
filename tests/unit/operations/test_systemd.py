"""``systemd`` operations: what their bodies yield."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest

from pyinfra._lib.services.choosing import InitSystemName
from pyinfra.api import OperationError, OperationTypeError, OperationValueError, PyinfraError
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.facts._systemd.units import UnitFileStates
from pyinfra.facts.systemd import SystemdEnabled, SystemdStatus
from pyinfra.facts.sysvinit import InitdRunlevels, Runlevels
from pyinfra.operations import server, systemd
from pyinfra.operations.util.service import handle_service_control

from .machine import Machine
from .stub import StubHost, commands_of
from .test_injection import HOSTILE

NGINX = {SystemdStatus: {"nginx.service": True}, SystemdEnabled: {"nginx.service": False}}


def service(facts: dict[Any, Any] | None = None, **kwargs: Any) -> list[str]:
    return commands_of(systemd.service, {**NGINX, **(facts or {})}, **{"service": "nginx", **kwargs})


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, []),
        ({"enabled": False}, []),
        ({"enabled": True}, ["systemctl enable nginx.service"]),
        ({"running": False}, ["systemctl stop nginx.service"]),
        ({"restarted": True}, ["systemctl restart nginx.service"]),
        ({"reloaded": True}, ["systemctl reload nginx.service"]),
        ({"command": "reset-failed"}, ["systemctl reset-failed nginx.service"]),
        ({"daemon_reload": True}, ["systemctl daemon-reload"]),
        ({"daemon_reload": True, "restarted": True}, ["systemctl daemon-reload", "systemctl restart nginx.service"]),
        ({"service": "other", "enabled": True}, ["systemctl start other.service", "systemctl enable other.service"]),
        ({"service": "a.timer", "machine": "box"}, ["systemctl --machine=box start a.timer"]),
        (
            {"service": "a", "user_mode": True, "machine": "box", "user_name": "ann"},
            ["systemctl --user --machine=ann@box start a.service"],
        ),
    ],
)
def test_only_what_differs(arguments: dict[str, Any], expected: list[str]) -> None:
    assert service(**arguments) == expected


def test_a_unit_that_cannot_be_disabled() -> None:
    static = {SystemdEnabled: {"nginx.service": True}, UnitFileStates: {"nginx.service": "static"}}
    assert service(static, enabled=False) == []
    assert service(static, enabled=True) == []


def test_an_init_script_under_systemd() -> None:
    generated: dict[Any, Any] = {UnitFileStates: {"nginx.service": "generated"}, InitdRunlevels: Runlevels()}
    assert service(generated, enabled=False) == []
    assert service(generated, enabled=True) == ["systemctl enable nginx.service"]
    generated[InitdRunlevels] = Runlevels(("/etc/rc3.d/S01nginx",))
    assert service(generated, enabled=True) == []
    assert service(generated, enabled=False) == ["systemctl disable nginx.service"]


def test_only_the_one_unit_is_asked_for() -> None:
    from pyinfra.context import ctx_host

    stub = StubHost(NGINX)
    with ctx_host.use(stub):
        assert list(systemd.service._inner(service="nginx")) == []
    assert stub.asked == [SystemdStatus]
    assert stub.notes == ["service nginx is running"]


def test_where_the_manager_is() -> None:
    for machine in (".host", "box", "box-1.example"):
        (command,) = commands_of(systemd.daemon_reload, machine=machine)
        assert command == f"systemctl --machine={machine} daemon-reload"


def test_daemon_reload() -> None:
    assert commands_of(systemd.daemon_reload) == ["systemctl daemon-reload"]
    (mine,) = commands_of(systemd.daemon_reload, user_mode=True)
    assert mine.endswith("systemctl --user daemon-reload")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"service": "a b"}, OperationValueError),
        ({"service": "$(x)"}, OperationValueError),
        ({"service": 5}, OperationTypeError),
        ({"machine": "a\nb"}, OperationValueError),
        ({"machine": "-x"}, OperationValueError),
        ({"machine": "ann@box"}, OperationValueError),
        ({"machine": ""}, OperationValueError),
        ({"machine": 5}, OperationTypeError),
        ({"user_name": "a@b"}, OperationValueError),
        ({"user_name": "-x"}, OperationValueError),
        ({"user_name": 5}, OperationTypeError),
        ({"enabled": "yes"}, OperationTypeError),
        ({"command": "'"}, OperationValueError),
    ],
)
def test_wrong_arguments(arguments: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        service(**arguments)


# -- server.service ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("systemd", "systemctl start app.service"),
        ("openrc", "rc-service app start"),
        ("upstart", "initctl start app"),
        ("sysvinit", "/etc/init.d/app start"),
        ("bsdinit", "if [ -e /etc/rc.d/app ]; then /etc/rc.d/app start ; else /usr/local/etc/rc.d/app start ; fi"),
    ],
)
def test_a_service_of_whatever_system(name: str, command: str) -> None:
    assert commands_of(server.service, {InitSystemName: name}, service="app") == [command]


def test_a_service_of_runit() -> None:
    assert (
        commands_of(server.service, {InitSystemName: "runit"}, service="app")[-1] == "SVDIR=/var/service sv start app"
    )


def test_no_init_system_at_all() -> None:
    with pytest.raises(OperationError, match="no init system"):
        commands_of(server.service, service="app")
    with pytest.raises(OperationValueError):
        commands_of(server.service, {InitSystemName: "systemd"}, service="../app")


# -- for operations that are written elsewhere ---------------------------------------------


def test_controlling_a_service() -> None:
    def control(**kwargs: Any) -> list[str]:
        found = handle_service_control(stub, "my app", {"my app": True}, "ctl {1} --name={0}", **kwargs)  # type: ignore[arg-type]
        return [str(command) for command in found]

    stub = StubHost()
    assert control(running=False) == ["ctl stop --name='my app'"]
    assert control(running=True, restarted=True) == ["ctl restart --name='my app'"]
    assert control(command="kill -9", status_argument="onestatus") == ["ctl kill -9 --name='my app'"]
    assert control(running=True) == []
    assert stub.notes == ["service my app is running"]


# -- hostile texts -------------------------------------------------------------------------


@pytest.mark.parametrize("argument", ["service", "command", "machine", "user_name"])
def test_nothing_is_obeyed(argument: str, machine: Machine, tmp_path: Path) -> None:
    systemctl = tmp_path / "systemctl"
    systemctl.write_text("#!/bin/sh\nexit 0\n")
    systemctl.chmod(0o755)
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    for hostile in HOSTILE:
        given = {"service": "app", "enabled": True, argument: hostile.format(mark=tmp_path / "mark")}
        for user_mode in (False, True):
            with machine.run(FAIL_PERCENT=100) as state, contextlib.suppress(PyinfraError):
                add_op(state, systemd.service, **given, user_mode=user_mode, _env=path, _ignore_errors=True)
                run_ops(state)
            assert not (tmp_path / "mark").exists(), hostile
