"""What FreeBSD is told."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest

from pyinfra.api import OperationError, OperationTypeError, OperationValueError
from pyinfra.facts._freebsd.state import PkgOrphans, RcSetting, Setting
from pyinfra.facts.freebsd import PkgPackage, ServiceScript, ServiceStatus
from pyinfra.operations import freebsd

from .one_answer import commands_of

PKG = "ASSUME_ALWAYS_YES=yes pkg"
HERE, GONE = {PkgPackage: "nginx-1.24.0_3,3"}, {PkgPackage: None}


@pytest.mark.parametrize(
    ("operation", "facts", "arguments", "expected"),
    [
        ("update", {}, {}, [f"{PKG} update"]),
        ("update", {}, {"jail": "www", "force": True, "reponame": "a;b"}, [f"{PKG} -j www update -f -r 'a;b'"]),
        ("upgrade", {}, {}, [f"{PKG} upgrade -y"]),
        ("upgrade", {}, {"jail": "www", "force": True, "reponame": "r"}, [f"{PKG} -j www upgrade -y -f -r r"]),
        ("install", GONE, {"package": "nginx"}, [f"{PKG} install -y -- nginx"]),
        ("install", GONE, {"package": "a;b", "jail": "1", "reponame": "r"}, [f"{PKG} -j 1 install -y -r r -- 'a;b'"]),
        ("install", HERE, {"package": "nginx"}, []),
        ("remove", HERE, {"package": "nginx", "jail": "www"}, [f"{PKG} -j www remove -y -- nginx"]),
        ("remove", GONE, {"package": "nginx"}, []),
        ("autoremove", {PkgOrphans: {"old": "1"}}, {"jail": "www"}, [f"{PKG} -j www autoremove -y"]),
        ("autoremove", {PkgOrphans: {}}, {}, []),
        ("clean", {}, {}, [f"{PKG} clean -y"]),
        ("clean", {}, {"all_pkg": True, "jail": "www"}, [f"{PKG} -j www clean -y -a"]),
    ],
)  # fmt: skip
def test_packages(operation: str, facts: dict[Any, Any], arguments: dict[str, Any], expected: list[str]) -> None:
    assert commands_of(getattr(freebsd.pkg, operation), facts, **arguments) == expected


def test_freebsd_update() -> None:
    base = "PAGER=cat freebsd-update --not-running-from-cron"
    assert commands_of(freebsd.freebsd_update.update) == [f"{base} fetch install"]
    everything: dict[str, Any] = {
        "force": True, "basedir": "/mnt/a b", "workdir": "/w", "conffile": "/c", "jail": "www", "key": "ab",
        "currently_running": "13.2-RELEASE", "server": "x;y",
    }  # fmt: skip
    assert commands_of(freebsd.freebsd_update.update, **everything) == [
        f"{base} -F -b '/mnt/a b' -d /w -f /c -j www -k ab --currently-running 13.2-RELEASE -s 'x;y' fetch install"
    ]
    for argument in ("basedir", "workdir", "conffile", "jail", "key", "currently_running", "server"):
        for wrong in ("", "-x", "a\nb"):
            arguments: dict[str, Any] = {argument: wrong}
            with pytest.raises(OperationValueError):
                commands_of(freebsd.freebsd_update.update, **arguments)


RUNS = {ServiceScript: "nginx", ServiceStatus: "running"}
STOPPED = {ServiceScript: "nginx", ServiceStatus: None}


@pytest.mark.parametrize(
    ("facts", "arguments", "expected"),
    [
        (STOPPED, {}, ["service nginx start"]),
        (RUNS, {}, []),
        (RUNS, {"srvstate": "stopped"}, ["service nginx onestop"]),
        (STOPPED, {"srvstate": "stopped"}, []),
        (STOPPED, {"srvstate": "restarted", "jail": "www", "verbose": True}, ["service -v -j www nginx restart"]),
        (RUNS, {"srvstate": "reloaded", "environment": ["A=b c", "D=e"]}, ["service -E 'A=b c' -E D=e nginx reload"]),
        (RUNS, {"srvstate": "custom", "command": "configtest"}, ["service nginx configtest"]),
        (RUNS, {"srvstate": "custom", "command": ["do", "a;b"]}, ["service nginx do 'a;b'"]),
        ({ServiceScript: None}, {}, []),
    ],
)
def test_service(facts: dict[Any, Any], arguments: dict[str, Any], expected: list[str]) -> None:
    assert commands_of(freebsd.service.service, facts, srvname="nginx", **arguments) == expected


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"srvname": "-l"}, OperationValueError),
        ({"srvname": "a b"}, OperationValueError),
        ({"srvstate": "gone"}, OperationValueError),
        ({"srvstate": "custom"}, OperationValueError),
        ({"srvstate": "custom", "command": []}, OperationValueError),
        ({"srvstate": "custom", "command": 3}, OperationTypeError),
        ({"environment": ["A"]}, OperationValueError),
        ({"environment": "A=1"}, OperationTypeError),
        ({"jail": "-x"}, OperationValueError),
    ],
)
def test_a_wrong_service(arguments: dict[str, Any], error: type[OperationError]) -> None:
    with pytest.raises(error):
        commands_of(freebsd.service.service, RUNS, **{"srvname": "nginx", **arguments})


UNSET, SYSTEM, OWN = Setting(None, False), Setting("NO", False), Setting("a b", True)


@pytest.mark.parametrize(
    ("found", "arguments", "expected"),
    [
        (UNSET, {"value": "YES"}, ["sysrc -i -- x_enable=YES"]),
        (SYSTEM, {"value": "YES"}, ["sysrc -i -- x_enable=YES"]),
        (SYSTEM, {"value": "NO"}, []),
        (OWN, {"value": "c"}, []),
        (OWN, {"value": "c;d", "overwrite": True, "jail": "www"}, ["sysrc -i -j www -- 'x_enable=c;d'"]),
        (OWN, {"value": "a b", "overwrite": True}, []),
        (OWN, {"value": "c", "command": "add"}, ["sysrc -i -- x_enable+=c"]),
        (OWN, {"value": "b a", "command": "add"}, []),
        (UNSET, {"value": "c", "command": "add"}, ["sysrc -i -- x_enable+=c"]),
        (Setting("a,b", True), {"value": ",b", "command": "add"}, []),
        (OWN, {"value": "b c", "command": "sub"}, ["sysrc -i -- 'x_enable-=b c'"]),
        (OWN, {"value": "c", "command": "sub"}, []),
        (OWN, {"value": "", "command": "del"}, ["sysrc -i -x -- x_enable"]),
        (SYSTEM, {"value": "", "command": "del"}, []),
    ],
)
def test_sysrc(found: Setting, arguments: dict[str, Any], expected: list[str]) -> None:
    assert commands_of(freebsd.sysrc.sysrc, {RcSetting: found}, parameter="x_enable", **arguments) == expected


@pytest.mark.parametrize(
    "arguments",
    [
        {"parameter": "a-b"},
        {"parameter": "a=b"},
        {"parameter": "-x"},
        {"parameter": ""},
        {"value": "$(reboot)"},
        {"value": "`reboot`"},
        {"value": 'x"; reboot; "'},
        {"value": "a\nreboot"},
        {"command": "append"},
        {"jail": ""},
    ],
)
def test_what_the_shell_that_reads_settings_would_obey_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(OperationValueError):
        commands_of(freebsd.sysrc.sysrc, {RcSetting: UNSET}, **{"parameter": "x", "value": "YES", **arguments})


MODULES = {name: getattr(freebsd, name) for name in freebsd.__all__}
OPERATIONS = {f"{noun}.{name}": getattr(module, name) for noun, module in MODULES.items() for name in module.__all__
              if hasattr(getattr(module, name), "_inner")}  # fmt: skip


@pytest.mark.parametrize("name", OPERATIONS)
def test_docstring(name: str) -> None:
    operation = OPERATIONS[name]
    said = re.search(r"\n    Args:\n(.*?)(?:\n\n|\Z)", operation.__doc__, re.DOTALL)
    described = re.findall(r"^        (\w+): ", said[1] if said else "", re.MULTILINE)
    assert described == list(inspect.signature(operation._inner).parameters)
    assert f"freebsd.{name}(" in operation.__doc__
    assert f"{operation.__module__}.{operation.__name__}" == f"pyinfra.operations.freebsd.{name}"
