"""Facts about units, from output of systemctl 252 that was recorded on Debian 12 (real hosts: ``tests/system``)."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyinfra._core.errors import FactProcessError, FactTypeError
from pyinfra._engine.facts.keys import signature_of
from pyinfra.facts._systemd.units import UnitFileStates
from pyinfra.facts.systemd import SYSTEMD_UNIT_NAME_REGEX, SystemdEnabled, SystemdStatus

from .remote import Remote

_TEXT = r"""Id=ssh.service
Names=ssh.service sshd.service
ActiveState=active
SubState=running
UnitFileState=enabled

Id=nosuch.service
Names=nosuch.service
ActiveState=inactive
SubState=dead
UnitFileState=

Id=srv-a\x2db.mount
Names="srv-a\\x2db.mount"
ActiveState=active
SubState=mounted
UnitFileState=static

Id=systemd-tmpfiles-clean.timer
Names=systemd-tmpfiles-clean.timer
ActiveState=active
SubState=waiting
UnitFileState=static

Id=multi-user.target
Names=multi-user.target runlevel2.target runlevel3.target runlevel4.target
ActiveState=active
SubState=active
UnitFileState=static

Id=systemd-sysctl.service
Names=systemd-sysctl.service procps.service
ActiveState=active
SubState=exited
UnitFileState=static

Id=sick.service
Names=sick.service
ActiveState=failed
SubState=failed
UnitFileState=disabled

Id=demo.service
Names=demo.service
ActiveState=inactive
SubState=dead
UnitFileState=generated
"""
RECORDED = _TEXT.split("\n")


def answers(*calls: dict[str, Any], fact: Any = SystemdStatus, output: list[str]) -> list[Any]:
    bound = [signature_of(fact).bind((), call) for call in calls]
    return list(fact().batch_process(bound, output))


def test_recorded_output() -> None:
    assert SystemdStatus().process(RECORDED) == {
        "ssh.service": True,
        "sshd.service": True,
        "nosuch.service": False,
        r"srv-a\x2db.mount": True,
        "systemd-tmpfiles-clean.timer": True,
        "multi-user.target": True,
        "runlevel2.target": True,
        "runlevel3.target": True,
        "runlevel4.target": True,
        "systemd-sysctl.service": True,
        "procps.service": True,
        "sick.service": False,
        "demo.service": False,
    }
    enabled = {name for name, on in SystemdEnabled().process(RECORDED).items() if on}
    assert {"ssh.service", "sshd.service", "procps.service", "multi-user.target"} < enabled
    assert enabled.isdisjoint({"nosuch.service", "sick.service", "demo.service"})
    assert UnitFileStates().process(RECORDED)["demo.service"] == "generated"


@pytest.mark.parametrize("state", ["running", "waiting", "exited", "listening", "mounted"])
def test_states_of_units_that_run(state: str) -> None:
    """Without the other properties, as other tools record it."""
    assert SystemdStatus().process(["Id=a.service", f"SubState={state}"]) == {"a.service": True}


def test_states_of_units_that_do_not() -> None:
    for state in ("dead", "failed", "start-pre", "auto-restart", "stop-sigterm", ""):
        assert SystemdStatus().process(["Id=a.service", f"SubState={state}"]) == {"a.service": False}


def test_lines_that_are_no_properties_end_a_unit() -> None:
    lines = ["Id=a.service", "what?", "SubState=running", "Id=b.service", "SubState=running"]
    assert SystemdStatus().process(lines) == {"a.service": False, "b.service": True}


def test_each_call_gets_its_units() -> None:
    some, every, other = answers(
        {"services": ["sshd", "systemd-*.timer"]}, {}, {"services": "sick"}, output=["= 1 2 3", *RECORDED]
    )
    assert some == {"ssh.service": True, "sshd.service": True, "systemd-tmpfiles-clean.timer": True}
    assert every == SystemdStatus().process(RECORDED)
    assert other == {"sick.service": False}
    calls = ({"services": "sshd"}, {"services": "sick", "user_mode": True})
    assert answers(*calls, fact=SystemdEnabled, output=["= 1", *RECORDED, "= 2"])[1] == {}
    with pytest.raises(FactProcessError):
        answers({}, {}, output=["= 1", *RECORDED])


def test_one_process_for_each_manager() -> None:
    fact = SystemdStatus()
    calls = [
        {"services": "a"},
        {"services": ["b", "a"]},
        {"machine": "box"},
        {"user_mode": True, "services": "c.timer"},
    ]
    text = fact.batch_command(calls).get_raw_value()
    assert text.count("systemctl ") == 4  # one to look whether it is there
    assert "= 1 2\n" in text.replace("'", "\n")
    assert " a.service b.service ||" in text
    assert "--machine=box show --all" in text
    assert SystemdStatus.batch_family == SystemdEnabled.batch_family == UnitFileStates.batch_family


def fake_systemctl(directory: Path, text: str) -> None:
    program = directory / "systemctl"
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)


def test_the_command_in_every_shell(remote: Remote, tmp_path: Path) -> None:
    recorded = "\n".join(RECORDED)
    (tmp_path / "recorded").write_text(recorded)
    log = f'printf "%s\\n" "$*" >>{tmp_path}/log'
    fake_systemctl(tmp_path, f'{log}; while IFS= read -r l; do printf "%s\\n" "$l"; done <{tmp_path}/recorded')
    path = f"{tmp_path}:{remote.path}"
    here = Remote(remote.name, remote.argv, path)
    calls: list[dict[str, Any]] = [{"services": "sshd"}, {"services": ["sick", "$(touch x)"]}, {"user_mode": True}]
    ssh, sick, mine = here.read_all(SystemdStatus, *calls, cwd=tmp_path)
    assert ssh == {"ssh.service": True, "sshd.service": True}
    assert sick == {"sick.service": False}
    assert len(mine) == 13
    said = (tmp_path / "log").read_text().splitlines()
    assert [line.split(" UnitFileState ")[1] for line in said] == [
        "sshd.service sick.service $(touch x).service",
        "*",
    ]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["log", "recorded", "systemctl"]


def test_a_manager_that_does_not_answer(tmp_path: Path) -> None:
    fake_systemctl(tmp_path, "echo 'System has not been booted with systemd' >&2; exit 1")
    here = Remote("sh", ("/bin/sh",), f"{tmp_path}:{os.defpath}")
    done = here.run(SystemdStatus().command())
    assert (done.returncode, done.stderr) == (1, b"System has not been booted with systemd\n")
    assert here.read(SystemdStatus, user_mode=True) == {}, "not every user has a manager"


def test_a_host_without_systemd(tmp_path: Path) -> None:
    assert Remote("sh", ("/bin/sh",), str(tmp_path)).read(SystemdEnabled) == {}
    assert SystemdStatus().requires_command() == "systemctl"


def test_what_is_asked_for_must_be_names() -> None:
    with pytest.raises(FactTypeError):
        SystemdStatus().command(services=5)  # type: ignore[arg-type]


@given(st.lists(st.one_of(st.sampled_from([*RECORDED, "= 1", "= 2", "= x"]), st.text(max_size=20)), max_size=12))
def test_any_output_is_a_value_or_an_error(lines: list[str]) -> None:
    SystemdStatus().process(lines)
    with contextlib.suppress(FactProcessError):
        answers({}, output=lines)


def test_the_pattern_of_names() -> None:
    import re

    assert re.fullmatch(SYSTEMD_UNIT_NAME_REGEX, "getty@tty1.service")
    assert not re.fullmatch(SYSTEMD_UNIT_NAME_REGEX, "a b.service")
