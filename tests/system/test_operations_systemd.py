"""Units on a host that systemd has booted; what came of it is asked of systemctl by the host's own shell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from pyinfra.api.deploy import add_deploy
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.facts._systemd.units import UnitFileStates
from pyinfra.facts.systemd import SystemdEnabled, SystemdStatus
from pyinfra.operations import files, server, systemd
from tests.unit.operations.machine import Machine

from .runs import run_on, trips

if TYPE_CHECKING:
    from tests.lab import Host

APP = """[Service]
ExecStart=/bin/sh -c 'echo started >> /run/demo.log; exec sleep 1000'
ExecReload=/bin/sh -c 'echo reloaded >> /run/demo.log'
[Install]
WantedBy=multi-user.target
Alias=demo-alias.service
"""
TIMER = "[Timer]\nOnCalendar=yearly\n[Install]\nWantedBy=timers.target\n"
SOCKET = "[Socket]\nListenStream=/run/demo.sock\n[Install]\nWantedBy=sockets.target\n"
UNITS = {"service": APP, "timer": TIMER, "socket": SOCKET}


@pytest.fixture
def demo(systemd_host: Host) -> Iterator[Host]:
    """A host with units of ours, that are known and do nothing."""
    for kind, text in UNITS.items():
        systemd_host.sh(f"cat > /etc/systemd/system/demo.{kind}", input=text)
    systemd_host.sh("rm -f /run/demo.log; systemctl daemon-reload")
    yield systemd_host
    systemd_host.sh("systemctl disable --now demo.service demo.timer demo.socket; rm -f /etc/systemd/system/demo*; "
                    "systemctl daemon-reload")  # fmt: skip


@pytest.fixture(params=["root", "deploy"])
def machine(request: pytest.FixtureRequest, demo: Host) -> Machine:
    if request.param == "root":
        return Machine(demo.name, demo.ssh_data())
    return Machine(demo.name, demo.ssh_data("deploy"), _sudo=True)


def state_of(host: Host, unit: str) -> tuple[str, str]:
    answers = host.sh(f"systemctl is-active {unit} || :; systemctl is-enabled {unit} 2>/dev/null || :").split()
    return answers[0], answers[1]


def shown(meta: Any) -> list[tuple[str, str, Any, Any]]:
    return [(change.resource, change.attribute, change.before, change.after) for change in meta.plan.changes]


def test_from_stopped_to_running_and_back(demo: Host, machine: Machine) -> None:
    meta = machine.apply(systemd.service, service="demo", running=True, enabled=True)
    assert shown(meta) == [
        ("service demo", "running", False, True), ("service demo", "enabled", False, True),
    ]  # fmt: skip
    assert state_of(demo, "demo.service") == ("active", "enabled")
    machine.unchanged(systemd.service, service="demo-alias", running=True, enabled=True)
    machine.unchanged(server.service, service="demo", enabled=True)
    machine.apply(systemd.service, service="demo", running=False)
    assert state_of(demo, "demo.service") == ("inactive", "enabled")
    machine.apply(systemd.service, service="demo", running=None, enabled=False)
    assert state_of(demo, "demo.service") == ("inactive", "disabled")
    machine.apply(server.service, service="demo", enabled=True)
    assert state_of(demo, "demo.service") == ("active", "enabled")
    machine.apply(systemd.service, service="demo.service", running=False, enabled=False)
    assert state_of(demo, "demo.service") == ("inactive", "disabled")


def test_restarting_and_reloading_always_change(demo: Host, machine: Machine) -> None:
    machine.once(systemd.service, service="demo", restarted=True)
    assert demo.sh("cat /run/demo.log") == "started\n", "what is started needs no restart"
    for _ in range(2):
        meta = machine.apply(systemd.service, service="demo", restarted=True, again=False)
        assert shown(meta) == [("service demo", "restarted", False, True)]
        machine.apply(systemd.service, service="demo", reloaded=True, again=False)
    assert demo.sh("cat /run/demo.log").split() == ["started", *["started", "reloaded"] * 2]
    machine.apply(systemd.service, service="demo", running=False)
    machine.unchanged(systemd.service, service="demo", running=None, restarted=True)
    machine.once(systemd.service, service="demo", running=None, command="start --no-block")


@pytest.mark.parametrize(("unit", "active"), [("demo.timer", "active"), ("demo.socket", "active")])
def test_timers_and_sockets(demo: Host, unit: str, active: str) -> None:
    machine = Machine(demo.name, demo.ssh_data())
    machine.apply(systemd.service, service=unit, enabled=True)
    assert state_of(demo, unit) == (active, "enabled")
    machine.apply(systemd.service, service=unit, running=False, enabled=False)
    assert state_of(demo, unit) == ("inactive", "disabled")


def test_a_new_unit(demo: Host, machine: Machine) -> None:
    """Uploaded and started by one deploy; the second one has nothing to do."""
    demo.sh("rm -f /etc/systemd/system/demo.service; systemctl daemon-reload")

    def deploy() -> None:
        import io

        unit = files.put(src=io.StringIO(APP), dest="/etc/systemd/system/demo.service", **machine.arguments)
        systemd.service(service="demo", enabled=True, daemon_reload=True, _if=unit.did_change, **machine.arguments)

    for changed in (2, 0):
        with machine.run(FAIL_PERCENT=0) as state:
            add_deploy(state, deploy)
            run_ops(state)
            metas = [data.operation_meta for data in state.ops[next(iter(state.inventory))].values()]
        assert [meta.did_change() for meta in metas].count(True) == changed
    assert state_of(demo, "demo.service") == ("active", "enabled")


def test_files_of_units_make_what_is_known_of_them_outdated(demo: Host, machine: Machine) -> None:
    import io

    asked = {"services": "late", **machine.arguments}
    with machine.run(FAIL_PERCENT=0) as state:
        (host,) = state.inventory
        assert host.get_fact(UnitFileStates, **asked) == {"late.service": ""}
        place = "/etc/systemd/system/late.service"
        try:
            unit = APP.replace("Alias=demo-alias.service\n", "")
            add_op(state, files.put, src=io.StringIO(unit), dest=place, **machine.arguments)
            run_ops(state)
            assert host.get_fact(UnitFileStates, **asked) == {"late.service": "disabled"}
        finally:
            demo.sh(f"rm -f {place}; systemctl daemon-reload")


def test_what_is_no_service_here(demo: Host) -> None:
    machine = Machine(demo.name, demo.ssh_data())
    with machine.run(FAIL_PERCENT=100) as state:
        meta = next(iter(add_op(state, systemd.service, service="nosuch", _ignore_errors=True).values()))
        run_ops(state)
    assert not meta.did_succeed()
    assert "Unit nosuch.service not found" in meta.stderr
    machine.unchanged(systemd.service, service="nosuch", running=False, enabled=False)


def test_what_cannot_be_disabled(demo: Host) -> None:
    machine = Machine(demo.name, demo.ssh_data())
    machine.unchanged(systemd.service, service="multi-user.target", enabled=True)
    machine.unchanged(systemd.service, service="multi-user.target", enabled=False)


def test_an_init_script(demo: Host) -> None:
    demo.sh("cat > /etc/init.d/olddemo; chmod 755 /etc/init.d/olddemo; systemctl daemon-reload", input=(
        "#!/bin/sh\n### BEGIN INIT INFO\n# Provides: olddemo\n# Required-Start:\n# Required-Stop:\n"
        "# Default-Start: 2 3 4 5\n# Default-Stop: 0 1 6\n# Short-Description: x\n### END INIT INFO\n"
    ))  # fmt: skip
    machine = Machine(demo.name, demo.ssh_data())
    try:
        machine.apply(systemd.service, service="olddemo", running=None, enabled=True)
        assert "S01olddemo" in demo.sh("ls /etc/rc3.d")
        machine.apply(systemd.service, service="olddemo", running=None, enabled=False)
        assert "S01olddemo" not in demo.sh("ls /etc/rc3.d")
    finally:
        demo.sh("rm -f /etc/init.d/olddemo /etc/rc?.d/*olddemo; systemctl daemon-reload")


def test_a_unit_of_a_user(demo: Host) -> None:
    # Without pam_systemd nothing else tells the manager where to be found.
    demo.sh("mkdir -p /etc/systemd/system/user@1000.service.d; cat > /etc/systemd/system/user@1000.service.d/lab.conf",
            input="[Service]\nEnvironment=XDG_RUNTIME_DIR=/run/user/%i\n")  # fmt: skip
    demo.sh("mkdir -p /home/deploy/.config/systemd/user; cp /etc/systemd/system/demo.timer "
            "/home/deploy/.config/systemd/user/mine.timer; printf '[Service]\\nExecStart=/bin/true\\n' "
            "> /home/deploy/.config/systemd/user/mine.service; chown -R deploy: /home/deploy/.config; "
            "systemctl daemon-reload; systemctl start user@1000.service")  # fmt: skip
    asked = "XDG_RUNTIME_DIR=/run/user/1000 setpriv --reuid 1000 --regid 1000 --clear-groups systemctl --user"
    own = Machine(demo.name, demo.ssh_data("deploy"))
    lent = Machine(demo.name, demo.ssh_data(), _sudo=True, _sudo_user="deploy")
    try:
        own.apply(systemd.service, service="mine.timer", user_mode=True, enabled=True, daemon_reload=True, again=False)
        own.unchanged(systemd.service, service="mine.timer", user_mode=True, enabled=True)
        assert demo.sh(f"{asked} is-active mine.timer; {asked} is-enabled mine.timer").split() == ["active", "enabled"]
        lent.apply(systemd.service, service="mine.timer", user_mode=True, running=False, enabled=False)
        assert demo.sh(f"{asked} is-active mine.timer || :").split() == ["inactive"]
        assert own.once(systemd.daemon_reload, user_mode=True).did_succeed()
    finally:
        demo.sh("systemctl stop user@1000.service; systemctl revert user@1000.service; rm -rf /home/deploy/.config")
    assert own.fact(SystemdStatus, user_mode=True) == {}, "he has no manager any more"


def test_facts_are_what_systemctl_says(demo: Host) -> None:
    machine = Machine(demo.name, demo.ssh_data())
    demo.sh("systemctl start demo.service")
    statuses, enabled = machine.fact(SystemdStatus), machine.fact(SystemdEnabled)
    listed = [line.split()[:4] for line in demo.sh("systemctl list-units --all --plain --no-legend").splitlines()]
    assert len(listed) > 50
    for name, _, active, _sub in listed:
        assert statuses[name] is (active in ("active", "reloading")), name
    files_of = [line.split()[:2] for line in demo.sh("systemctl list-unit-files --plain --no-legend").splitlines()]
    for name, state in files_of:
        if name in enabled and state != "alias":
            assert enabled[name] is (state in ("enabled", "static")), name
    some = machine.fact(SystemdStatus, services=["demo", "demo.timer", "demo.soc*", "nosuch"])
    assert some == {"demo.service": True, "demo.timer": False, "nosuch.service": False}, "patterns find what is loaded"


def test_round_trips(demo: Host) -> None:
    demo.sh("systemctl enable --now demo.service")
    for operation in (systemd.service, server.service):
        with run_on([demo]) as state:
            before = trips(state)
            metas = add_op(state, operation, service="demo", enabled=True)
            assert [after - earlier for after, earlier in zip(trips(state), before, strict=True)] == [1]
            assert not any(meta.will_change for meta in metas.values())
            before = trips(state)
            run_ops(state)
            assert trips(state) == before
    with run_on([demo]) as state:
        before = trips(state)
        add_op(state, systemd.service, service="demo", running=False, enabled=False)
        run_ops(state)
        assert trips(state)[0] - before[0] == 2
