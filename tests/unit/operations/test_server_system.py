"""``server`` operations on what runs: signals, modules, mounts, packages, restarts."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from pyinfra._lib.packages.choosing import PackageManagerName
from pyinfra.api import OperationError, OperationTypeError, OperationValueError
from pyinfra.facts._server.clock import Boot
from pyinfra.facts._server.kernel import BuiltinModules
from pyinfra.facts.server import KernelModules, Mounts, Os
from pyinfra.operations import server
from pyinfra.operations._server.mount_options import missing

from .machine import Machine
from .stub import commands_of


def refused(operation: Any, argument: str, facts: dict[Any, Any] | None = None, **kwargs: Any) -> None:
    with pytest.raises((OperationValueError, OperationTypeError)) as caught:
        commands_of(operation, facts, **kwargs)
    assert caught.value.details.argument == argument


# -- signals -------------------------------------------------------------------------------


def test_a_signal(machine: Machine) -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        assert machine.once(server.kill, pid=process.pid).did_succeed()
        assert process.wait(20) == -15


@pytest.mark.parametrize(("signal", "word"), [("TERM", "TERM"), ("sighup", "HUP"), (9, "9"), ("0", "0"),
                                              ("RTMIN+3", "RTMIN+3")])  # fmt: skip
def test_names_of_signals(signal: Any, word: str) -> None:
    assert commands_of(server.kill, pid="12", signal=signal) == [f"kill -{word} 12"]


def test_what_no_signal_can_be() -> None:
    for pid in (0, -1, "x", None, True, "1 2", "-1"):
        refused(server.kill, "pid", pid=pid)
    for signal in ("TREM", "", "-9", "9;id", 65, None, True, "TERM 1"):
        refused(server.kill, "signal", pid=1, signal=signal)


# -- modules of the kernel -----------------------------------------------------------------

MODULES = {KernelModules: {"br_netfilter": {}, "overlay": {}}, BuiltinModules: {"ext4"}}


def modprobe(module: Any, **kwargs: Any) -> list[str]:
    return commands_of(server.modprobe, MODULES, module=module, **kwargs)


def test_modules() -> None:
    assert modprobe("overlay") == modprobe(["br-netfilter", "ext4"]) == modprobe("dummy", present=False) == []
    assert modprobe(["overlay", "dummy", "zram"]) == ["modprobe -a dummy zram"]
    assert modprobe("dummy", force=True) == ["modprobe -f -a dummy"]
    assert modprobe(["dummy", "br-netfilter"], present=False) == ["modprobe -r -a br-netfilter"]
    with pytest.raises(OperationError, match="built into the kernel"):
        modprobe("ext4", present=False)
    for wrong in ("", "-r", "a b", "$(id)", 5, [5], "a/b"):
        refused(server.modprobe, "module", MODULES, module=wrong)


def test_modules_in_the_kernel() -> None:
    lines = ["kernel/fs/ext4/ext4.ko", "kernel/crypto/crc32c-generic.ko", ""]
    assert BuiltinModules().process(lines) == {"ext4", "crc32c_generic"}


# -- mounts --------------------------------------------------------------------------------

TMP = {"device": "tmpfs", "type": "tmpfs", "options": ["rw", "noexec", "relatime", "size=1024k", "mode=755"]}
MOUNTS = {Mounts: {"/": {"device": "/dev/vda1", "type": "ext4", "options": ["rw"]}, "/cache": TMP}, Os: "Linux"}


def mount(path: str = "/srv", facts: dict[Any, Any] | None = None, **kwargs: Any) -> list[str]:
    return commands_of(server.mount, {**MOUNTS, **(facts or {})}, path=path, **kwargs)


def test_mounting() -> None:
    assert mount() == ["mount /srv"]
    assert mount(device="/dev/it's", fs_type="ext4", options=["ro", "a=b c".replace(" ", "")]) == [
        """mount -t ext4 -o ro,a=bc '/dev/it'"'"'s' /srv"""
    ]
    assert mount(device="tmpfs", fs_type="tmpfs") == ["mount -t tmpfs tmpfs /srv"], "that others have it is no matter"
    assert mount("/cache/", options=["noexec", "size=1m", "mode=0755", "rw"]) == []
    assert mount("/cache", options=["noexec", "size=2m"]) == ["mount -o remount,noexec,size=2m /cache"]
    assert mount("/cache", {Os: "FreeBSD"}, options=["nosuid"], fs_type="tmpfs", device="tmpfs") == [
        "mount -u -o nosuid -t tmpfs tmpfs /cache"
    ]


def test_unmounting() -> None:
    assert mount(mounted=False) == []
    assert mount("/cache", mounted=False) == ["umount /cache"]
    assert mount("/data", device="/dev/vda1") == [], "it is mounted elsewhere"
    assert mount("/data", device="/dev/vda1", mounted=False) == ["umount /"]
    assert mount("/dev/vda1", options=["noatime"]) == ["mount -o remount,noatime /"]


@pytest.mark.parametrize(
    ("wanted", "present", "lacking"),
    [
        (["defaults", "nofail", "x-systemd.automount", "bind"], [], []),
        (["rw"], ["ro"], ["rw"]),
        (["ro"], ["read-only"], []),
        (["exec", "suid"], ["noexec"], ["exec"]),
        (["atime"], ["relatime"], []),
        (["strictatime"], ["relatime"], ["strictatime"]),
        (["uid=0"], ["uid=00"], []),
        (["size=1G", "nr_inodes=5k"], ["size=1048576k", "nr_inodes=5120"], []),
        (["size=50%"], ["size=1k"], ["size=50%"]),
    ],
)
def test_options(wanted: list[str], present: list[str], lacking: list[str]) -> None:
    assert missing(wanted, present) == lacking


def test_mounts_that_are_planned(machine: Machine, tmp_path: Path) -> None:
    from pyinfra.api.operation import add_ops

    given: dict[str, Any] = {"path": str(tmp_path), "device": "tmpfs", "fs_type": "tmpfs", "options": ["noexec"]}
    calls = [(server.mount, given), (server.mount, given), (server.mount, {"path": f"{tmp_path}/", "mounted": False}),
             (server.mount, {"path": str(tmp_path), "mounted": False})]  # fmt: skip
    with machine.run() as state:
        metas = [next(iter(meta.values())) for meta in add_ops(state, calls)]
        assert [meta.will_change for meta in metas] == [True, False, True, False]


def test_what_cannot_be_mounted() -> None:
    for path in ("", "srv", "-o", "a\0b", 5):
        refused(server.mount, "path", path=path)
    for options in (["a b"], ["a\nb"], 5, [5]):
        refused(server.mount, "options", path="/srv", options=options)
    for device in ("-x", "a\nb", "", 5):
        refused(server.mount, "device", path="/srv", device=device)
    for fs_type in ("-x", "a b", "", 5):
        refused(server.mount, "fs_type", path="/srv", fs_type=fs_type)


# -- packages ------------------------------------------------------------------------------


def test_the_package_manager_of_a_host(machine: Machine) -> None:
    name = machine.fact(PackageManagerName)
    assert name is None or PackageManagerName().process([name]) == name
    with pytest.raises(OperationError, match="no package manager"):
        commands_of(server.packages, {PackageManagerName: None}, packages="curl")


# -- restarts ------------------------------------------------------------------------------


def test_a_restart() -> None:
    made = commands_of(server.reboot, {Boot: "1 2"})
    assert "reboot" in made[0]
    assert made[1] == "FunctionCommand(wait_until_back)"
    for argument in ("delay", "interval", "reboot_timeout"):
        for wrong in (-1, "5", None, True, float("inf"), float("nan")):
            given: dict[str, Any] = {argument: wrong}
            refused(server.reboot, argument, **given)


def test_this_machine_is_not_restarted(machine: Machine) -> None:
    meta = machine.plan(server.reboot)
    assert [str(command) for command in meta.plan.commands] == [
        "echo 'this would restart the machine that pyinfra runs on' >&2; exit 1"
    ]
    assert machine.fact(Boot) == machine.fact(Boot)
