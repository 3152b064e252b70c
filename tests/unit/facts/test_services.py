"""Facts about services of other init systems than systemd: recorded output where their tools run here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyinfra._core.effects import Effects, path
from pyinfra._lib.services.choosing import InitSystemName
from pyinfra.facts._services import ServiceFact
from pyinfra.facts.bsdinit import RcdStatus
from pyinfra.facts.launchd import LaunchdStatus
from pyinfra.facts.openrc import OpenrcEnabled, OpenrcService, OpenrcStatus
from pyinfra.facts.runit import RunitManaged, RunitStatus
from pyinfra.facts.systemd import SystemdEnabled, SystemdStatus
from pyinfra.facts.sysvinit import InitdRunlevels, InitdStatus, Runlevels
from pyinfra.facts.upstart import UpstartManual, UpstartStatus

from .remote import Remote

# Recorded with OpenRC 0.45.2 and runit 2.1.2 of Debian 12; of what rc-update prints without the blanks at the end.
RC_STATUS = """Runlevel: default
 my-app.web                                                        [  started  ]
 sudo                                                              [  stopped  ]
 ssh                                                               [  stopped  ]
"""
RC_UPDATE = """               agetty |
              cgroups |                                              sysinit
                 cron |      default
           hwclock.sh |                                              sysinit
           my-app.web |      default
            savecache |                        off
"""
NOWHERE = dict.fromkeys(("agetty", "cgroups", "cron", "hwclock.sh", "my-app.web", "savecache"), False)
SV = """run: app: (pid 67) 6s; run: log: (pid 65) 6s
down: off: 6s
down: sick: 1s, normally up, want up
fail: gone: unable to change to service directory: file does not exist
"""
# Not recorded, as these tools run nowhere here: written after their manuals.
RC_STATUS_SINCE = " sshd           [  started 01:02:07 (0) ]\n ntpd  [  crashed  ]\n"
INITCTL = """ssh start/running, process 812
mountall-net stop/waiting
network-interface (lo) start/running
network-interface (eth0) stop/waiting
tty1 start/post-stop, process 9
"""
LAUNCHCTL = "PID\tStatus\tLabel\n312\t0\tcom.apple.cfprefsd\n-\t0\tcom.apple.backupd\n-\t-9\tcom.example.my app\n"


@pytest.mark.parametrize(
    ("fact", "output", "expected"),
    [
        (OpenrcStatus, RC_STATUS, {"my-app.web": True, "sudo": False, "ssh": False}),
        (
            OpenrcEnabled, RC_UPDATE,
            {**NOWHERE, "cron": True, "my-app.web": True},
        ),
        (
            OpenrcEnabled, f"= sysinit\n{RC_UPDATE}",
            {**NOWHERE, "cgroups": True, "hwclock.sh": True},
        ),
        (OpenrcService, "0 my-app.web\n", {"my-app.web": True}),
        (OpenrcService, "3 cron\n", {"cron": False}),
        (OpenrcService, "1 nothere\n", {"nothere": False}),
        (RunitStatus, SV, {"app": True, "off": False, "sick": False, "gone": None}),
    ],
)  # fmt: skip
def test_recorded_output(fact: Any, output: str, expected: dict[str, bool | None]) -> None:
    assert fact().process(output.split("\n")) == expected


@pytest.mark.parametrize(
    ("fact", "output", "expected"),
    [
        (OpenrcStatus, RC_STATUS_SINCE, {"sshd": True, "ntpd": False}),
        (UpstartStatus, INITCTL, {"ssh": True, "mountall-net": False, "network-interface": True, "tty1": False}),
        (UpstartManual, "/etc/init/my.app.override\n", {"my.app": True}),
        (
            LaunchdStatus, LAUNCHCTL,
            {"com.apple.cfprefsd": True, "com.apple.backupd": False, "com.example.my app": False},
        ),
        (RunitStatus, "finish: slow: (pid 3) 1s\nrun: ./other: (pid 4) 7s\n", {"slow": None, "other": True}),
        (InitdStatus, "a=0\nb-c=1\nd.e=3\nf=4\nx y=0\n", {"a": True, "b-c": False, "d.e": False, "f": None}),
        (RcdStatus, "sshd=0\nntpd=1\n", {"sshd": True, "ntpd": False}),
    ],
)  # fmt: skip
def test_output_as_documented(fact: Any, output: str, expected: dict[str, bool | None]) -> None:
    assert fact().process(output.split("\n")) == expected


FACTS = [OpenrcStatus, OpenrcEnabled, UpstartStatus, UpstartManual, LaunchdStatus, RunitStatus, InitdStatus, RcdStatus,
         RunitManaged, InitdRunlevels]  # fmt: skip


@given(st.lists(st.text(max_size=30)))
def test_any_output_is_a_value(lines: list[str]) -> None:
    for fact in FACTS:
        fact().process(lines)


def test_facts_can_be_asked_without_an_engine() -> None:
    for fact in FACTS:
        one = fact()
        assert one.default() in ({}, set(), Runlevels())
        assert one.command()
        assert one.resources()
        assert isinstance(one.describe(), str)
        assert not fact.abstract
    assert ServiceFact.abstract
    assert OpenrcStatus().requires_command() == "rc-status"
    assert RunitStatus().requires_command("x") == "sv"


@pytest.mark.parametrize(
    ("fact", "asked", "file"),
    [
        (SystemdStatus, {"services": "app"}, "/etc/systemd/system/app.service"),
        (SystemdEnabled, {}, "/etc/systemd/system/app.service.d/more.conf"),
        (SystemdStatus, {}, "/usr/lib/systemd/system/app.service"),
        (SystemdEnabled, {"user_mode": True}, "/home/ann/.config/systemd/user/app.service"),
        (InitdStatus, {}, "/etc/init.d/app"),
        (InitdRunlevels, {}, "/etc/rc3.d/S01app"),
        (OpenrcStatus, {}, "/etc/init.d/app"),
        (OpenrcEnabled, {}, "/etc/runlevels/default/app"),
        (RunitStatus, {"svdir": "/service"}, "/service/app"),
        (RunitStatus, {}, "/etc/sv/app/run"),
        (RcdStatus, {}, "/usr/local/etc/rc.d/app"),
        (UpstartManual, {}, "/etc/init/app.override"),
        (LaunchdStatus, {}, "/Library/LaunchDaemons/app.plist"),
    ],
)
def test_files_that_say_what_services_there_are(fact: Any, asked: dict[str, Any], file: str) -> None:
    """Whoever writes them makes what is known of services outdated."""
    assert Effects.of([path(file)]).overlap(fact().resources(**asked))
    assert not Effects.of([path("/srv/app")]).overlap(fact().resources(**asked))


# -- the commands --------------------------------------------------------------------------


def test_directories_of_runit(remote: Remote, tmp_path: Path) -> None:
    for name in ("a", "$(touch x)", "-rf"):
        (tmp_path / "sv" / name).mkdir(parents=True)
    (tmp_path / "sv" / "b").symlink_to("/nowhere")
    (tmp_path / "sv" / "file").touch()
    found = remote.read(RunitManaged, svdir=str(tmp_path / "sv"))
    assert found == {"a", "$(touch x)", "-rf", "b"}
    assert remote.read(RunitManaged, service="a", svdir=str(tmp_path / "sv")) == {"a"}
    assert remote.read(RunitManaged, service="c", svdir=str(tmp_path / "sv")) == set()
    assert remote.read(RunitManaged, svdir=str(tmp_path / "none")) == set()
    assert [entry.name for entry in tmp_path.iterdir()] == ["sv"]


def test_status_of_runit(remote: Remote, tmp_path: Path) -> None:
    for name in ("a", "b c"):
        (tmp_path / "service" / name).mkdir(parents=True)
    sv = tmp_path / "sv"
    sv.write_text('#!/bin/sh\nshift; for s; do echo "run: $s: (pid 1) 1s"; done; exit 3\n')
    sv.chmod(0o755)
    here = Remote(remote.name, remote.argv, f"{tmp_path}:{remote.path}")
    assert here.read(RunitStatus, svdir=str(tmp_path / "service")) == {"a": True, "b c": True}
    assert here.read(RunitStatus, service="b c", svdir=str(tmp_path / "service")) == {"b c": True}
    assert here.read(RunitStatus, svdir=str(tmp_path / "none")) == {}


def test_links_of_runlevels() -> None:
    levels = Runlevels(("/etc/rc3.d/S20app", "/etc/rc3.d/S20my-app", "/etc/rc0.d/K80app", "/etc/rcS.d/S01app"))
    assert levels.of("app") == ("/etc/rc3.d/S20app", "/etc/rcS.d/S01app")
    assert levels.of("app", "K") == ("/etc/rc0.d/K80app",)
    assert levels.of("a.p") == ()


def test_commands_name_services_as_words(remote: Remote, tmp_path: Path) -> None:
    for command in (
        InitdStatus().command("$(touch x)"),
        InitdStatus().command(["a;touch x", "--help"]),
        RcdStatus().command("`touch x`"),
        RunitStatus().command("$(touch x)", str(tmp_path)),
        OpenrcStatus().command("';touch x;'"),
        OpenrcEnabled().command("$(touch x)"),
    ):
        remote.run(command, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_which_system(remote: Remote) -> None:
    assert remote.read(InitSystemName) in ("systemd", "openrc", "upstart", "runit", "bsdinit", "sysvinit", None)
