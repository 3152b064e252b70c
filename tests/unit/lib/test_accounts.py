"""The tools that manage accounts: what they run."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from pyinfra._lib.accounts import (
    AccountPrograms,
    AccountTool,
    BsdShadow,
    BusyBox,
    NewUser,
    Programs,
    Pw,
    Shadow,
    UserChange,
    account_tool,
)
from pyinfra.api import HiddenValue, OperationError

SHADOW = frozenset({"useradd", "usermod", "userdel", "groupadd", "groupdel", "chpasswd"})
BUSYBOX = frozenset({"adduser", "deluser", "addgroup", "delgroup"})
EVERYTHING = NewUser("ann", "/home/ann", "/bin/sh", "team", ("adm", "sys"), True, 1234, "Ann O'Hara", False, True)


def texts(commands: Any) -> list[str]:
    return [command.get_raw_value() for command in commands]


@pytest.mark.parametrize(
    ("system", "names", "tool"),
    [("Linux", SHADOW | {"adduser"}, Shadow), ("OpenBSD", SHADOW, BsdShadow), ("FreeBSD", {"pw", "adduser"}, Pw),
     ("Linux", BUSYBOX, BusyBox)],
)  # fmt: skip
def test_choosing(system: str, names: set[str], tool: type[AccountTool]) -> None:
    assert type(account_tool(Programs(system, frozenset(names)))) is tool


def test_a_host_without_any() -> None:
    with pytest.raises(OperationError) as caught:
        account_tool(Programs("Linux", frozenset()))
    assert "shadow" in (caught.value.details.hint or "")


def test_the_fact() -> None:
    answer = subprocess.run(["sh", "-c", AccountPrograms().command()], capture_output=True, text=True, check=True)
    found = AccountPrograms().process(answer.stdout.splitlines())
    assert found.system
    assert found.names <= SHADOW | BUSYBOX | {"pw"}


@pytest.mark.parametrize(
    ("tool", "made"),
    [
        (Shadow(), "useradd -d /home/ann -s /bin/sh -g team -G adm,sys -r --uid 1234 -c 'Ann O'\"'\"'Hara' -o -m ann"),
        (BsdShadow(), "useradd -d /home/ann -s /bin/sh -g team -G adm,sys -r -u 1234 -c 'Ann O'\"'\"'Hara' -o -m ann"),
        (Pw(), "pw useradd -n ann -d /home/ann -s /bin/sh -g team -G adm,sys -u 1234 -c 'Ann O'\"'\"'Hara' -o -m"),
    ],
)
def test_making(tool: AccountTool, made: str) -> None:
    assert texts(tool.add_user(EVERYTHING)) == [made]


def test_making_with_busybox() -> None:
    user = NewUser("ann", "/home/ann", "/bin/sh", None, ("adm",), uid=7)
    made = ["adduser -D -h /home/ann -s /bin/sh -u 7 -H ann", "addgroup ann adm"]
    assert texts(BusyBox().add_user(user)) == made
    with pytest.raises(OperationError):
        list(BusyBox().add_user(EVERYTHING))


def test_changing_with_shadow() -> None:
    tool = Shadow()
    assert texts(tool.change_user(UserChange("ann", shell="/bin/sh"))) == ["usermod -s /bin/sh ann"]
    joining = UserChange("ann", groups=("adm", "sys"), added=("sys",))
    assert texts(tool.change_user(joining)) == ["usermod -a -G sys ann"]
    leaving = UserChange("ann", groups=("sys",), added=("sys",), removed=("adm",))
    assert texts(tool.change_user(leaving)) == ["usermod -G sys ann"]
    assert texts(BsdShadow().change_user(leaving)) == ["usermod -S sys ann"]
    assert texts(Pw().change_user(leaving)) == ["pw usermod -n ann -G sys"]


@pytest.mark.parametrize("sed", ["sed", "busybox sed"])
def test_changing_with_busybox(sed: str, tmp_path: Path) -> None:
    if subprocess.run(["sh", "-c", f"command -v {sed.split()[0]}"], capture_output=True, check=False).returncode:
        pytest.skip("not on this machine")
    passwd, group = tmp_path / "passwd", tmp_path / "group"
    passwd.write_text("annette:x:1:1:::\nan.n:x:2:2:old:/home/ann:/bin/sh\nanxn:x:3:3:::\n")
    group.write_text("x:x:1:\nteam.1:x:77:an.n\n")
    change = UserChange("an.n", "/srv/a&b/c\\d", "/bin/$(touch x)", "team.1", comment="O'Hara / &")
    for text in texts(BusyBox().change_user(change)):
        script = text.replace("/etc/passwd", str(passwd)).replace("/etc/group", str(group)).replace("sed ", f"{sed} ")
        subprocess.run(["sh", "-ec", script], check=True, cwd=tmp_path)
    assert passwd.read_text().splitlines() == [
        "annette:x:1:1:::", "an.n:x:2:77:O'Hara / &:/srv/a&b/c\\d:/bin/$(touch x)", "anxn:x:3:3:::",
    ]  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == ["group", "passwd"]


@pytest.mark.parametrize("tool", [Shadow(), Pw(), BusyBox()])
def test_a_password_is_no_argument(tool: AccountTool) -> None:
    (command,) = tool.set_password("ann", HiddenValue("$6$secret"))
    assert "secret" not in f"{command!r} {command} {command.get_raw_value()}"
    assert "$6$secret" in str(command.connector_arguments["_stdin"])


def test_groups() -> None:
    assert texts(Shadow().add_group("team", 7, True)) == ["groupadd -r team --gid 7"]
    assert texts(Shadow().remove_group("team")) == ["groupdel team"]
    assert texts(Pw().add_group("team", 7, False)) == ["pw groupadd -n team -g 7"]
    assert texts(BusyBox().add_group("team", None, True)) == ["addgroup -S team"]
    assert texts(BusyBox().remove_group("team")) == ["delgroup team"]
