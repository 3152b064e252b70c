"""Crontabs on real systems; what came of it is what ``crontab -l`` says in the host's own shell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.facts.crontab import Crontab
from pyinfra.operations import server
from pyinfra.operations.crontab import crontab
from tests.unit.operations.machine import Machine

from .runs import run_on, trips

if TYPE_CHECKING:
    from tests.lab import Host

ODD = """echo "it's" $HOME `touch /tmp/pwned` $(touch /tmp/pwned) \\% % > /tmp/x; [a-z]* .* Á ☃ & b/c\\d ^$ -n #x"""
OTHERS = "# mine\n\nPATH=/bin:/usr/bin\n0 0\t* * *  /bin/other --x='a  b'\n"


def lists(host: Host, user: str = "root") -> str:
    return host.sh(f"crontab -u {user} -l 2>/dev/null || :")


def forget(host: Host) -> None:
    host.sh("mkdir -p /var/spool/cron/crontabs; for u in root deploy; do crontab -u $u -r 2>/dev/null; done; :")


@pytest.fixture(params=["root", "sudo", "busybox"])
def place(request: pytest.FixtureRequest) -> Iterator[tuple[Host, Machine]]:
    """A host without crontabs, and how operations reach it as root."""
    host: Host
    if request.param == "busybox":
        host = request.getfixturevalue("busybox_host")
    else:
        host = request.getfixturevalue("plain_hosts")[0]
    forget(host)
    yield (
        host,
        Machine(host.name, host.ssh_data())
        if request.param != "sudo"
        else Machine(host.name, host.ssh_data("deploy"), _sudo=True),
    )
    forget(host)


def test_from_its_making_to_its_end(place: tuple[Host, Machine]) -> None:
    host, machine = place
    host.sh("crontab -", input=OTHERS)
    before = host.snapshot()
    meta = machine.apply(crontab, command=ODD, minute=[5, "35"], hour="*/2", day_of_week="1-5")
    assert lists(host) == f"{OTHERS}5,35 */2 * * 1-5 {ODD}\n"
    (change,) = meta.plan.changes
    assert (change.resource, change.attribute) == ("crontab", "content")
    assert change.after.endswith(f"+5,35 */2 * * 1-5 {ODD}")
    machine.apply(crontab, command=ODD, special_time="@daily", cron_name="it's a job")
    assert lists(host) == f"{OTHERS}# pyinfra-name=it's a job\n@daily {ODD}\n"
    machine.apply(crontab, command="/bin/true", month=3, day_of_month="1,15", cron_name="it's a job")
    assert lists(host) == f"{OTHERS}# pyinfra-name=it's a job\n* * 1,15 3 * /bin/true\n"
    machine.apply(server.crontab, command="/bin/true", special_time="@reboot")
    machine.apply(crontab, command="whatever", cron_name="it's a job", present=False)
    assert lists(host) == OTHERS
    machine.unchanged(crontab, command="/bin/true", present=False)
    assert [leak for leak in host.leaks(before) if "/tmp" in leak] == []


def test_of_another_user(place: tuple[Host, Machine]) -> None:
    host, machine = place
    meta = machine.apply(crontab, command=ODD, user="deploy", minute=0)
    assert meta.plan.changes[0].resource == "crontab of deploy"
    assert (lists(host, "deploy"), lists(host)) == (f"0 * * * * {ODD}\n", "")
    machine.apply(crontab, command=ODD, user="deploy", present=False)
    assert lists(host, "deploy") == ""
    assert len(machine.fact(Crontab, user="nobody-there")) == 0


def test_variables_of_the_host(place: tuple[Host, Machine]) -> None:
    host, machine = place
    machine.apply(crontab, command="$PLACE/x '$(touch /tmp/pwned)'", interpolate_variables=True, _env={"PLACE": "/a b"})
    assert lists(host) == "* * * * * /a b/x '$(touch /tmp/pwned)'\n"
    machine.apply(crontab, command="$PLACE/x", _env={"PLACE": "/a b"})
    assert lists(host).endswith("\n* * * * * $PLACE/x\n")
    assert host.sh("ls /tmp/pwned 2>/dev/null || :") == ""


def test_one_may_not_read_that_of_others(plain_hosts: list[Host]) -> None:
    machine = Machine(plain_hosts[0].name, plain_hosts[0].ssh_data("deploy"))
    machine.apply(crontab, command="/bin/mine")
    assert lists(plain_hosts[0], "deploy") == "* * * * * /bin/mine\n"
    with machine.run(FAIL_PERCENT=100) as state:
        add_op(state, crontab, command="x", user="root")
        assert "privileged" in str(state.failures) or state.failed_hosts
    machine.apply(crontab, command="/bin/mine", present=False)


def test_three_runs_at_the_same_time(plain_hosts: list[Host]) -> None:
    host = plain_hosts[0]
    forget(host)
    states = [run_on([host]) for _ in range(3)]
    opened: list[Any] = [state.__enter__() for state in states]
    try:
        for number, state in enumerate(opened):
            for job in range(8):
                add_op(state, crontab, command=f"/bin/job {number} {job}", minute=job)
        # All were planned before any of them has done a thing.
        for state in opened:
            run_ops(state)
    finally:
        for state in states:
            state.__exit__(None, None, None)
    lines = lists(host).splitlines()
    assert len(lines) == len(set(lines)) == 24
    forget(host)


def test_round_trips(place: tuple[Host, Machine]) -> None:
    host, machine = place
    machine.once(crontab, command="/bin/true", cron_name="job", hour=3)
    with machine.run() as state:
        before = trips(state)
        metas = add_op(state, crontab, command="/bin/true", cron_name="job", hour=3, **machine.arguments)
        assert not any(meta.will_change for meta in metas.values())
        assert trips(state)[0] - before[0] <= (1 if not machine.arguments else 2), "sudo is asked for once"
        before = trips(state)
        run_ops(state)
        assert trips(state) == before
    with machine.run() as state:
        add_op(state, crontab, command="/bin/true", cron_name="job", hour=4, **machine.arguments)
        before = trips(state)
        run_ops(state)
        assert trips(state)[0] - before[0] <= 2
    assert lists(host) == "# pyinfra-name=job\n* 4 * * * /bin/true\n"
