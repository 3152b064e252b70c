"""``pip``, ``pipx`` and ``uv``: what they yield; the real thing is in the system tests."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra.api import OperationTypeError, OperationValueError
from pyinfra.facts._python.outdated import OutdatedPip, OutdatedPipx, OutdatedTools, OutdatedUv
from pyinfra.facts._python.profiles import InProfiles
from pyinfra.facts._python.tools import UvProgramDir
from pyinfra.facts._python.uv_packages import UvPackagesOf
from pyinfra.facts.files import File, FileContents
from pyinfra.facts.pip import PipPackages
from pyinfra.facts.pipx import PipxEnvironment, PipxPackages
from pyinfra.facts.server import Path
from pyinfra.facts.uv import UvInstalledPythonsByImplementation, UvTools
from pyinfra.operations import pip, pipx, uv
from pyinfra.operations._python.options import PLACE, PLACE_WITH_VALUE, options_among
from pyinfra.operations._python.words import addable_extras

from .one_answer import commands_of

INSTALLED = {"PyYAML": {"6.0.1"}, "flask": {"3.0.0"}}
NEWER = {"flask": "3.1.0"}
FACTS: dict[Any, Any] = {
    PipPackages: INSTALLED,
    OutdatedPip: NEWER,
    UvPackagesOf: INSTALLED,
    OutdatedUv: NEWER,
    PipxPackages: {"black": {"24.1"}, "httpie": {"3.2"}},
    OutdatedPipx: {"black": "24.2"},
    UvTools: {"ruff": {"0.5"}, "black": {"24.1"}},
    OutdatedTools: {"ruff": "0.6"},
    FileContents: ["flask>=3", "pyyaml==6.0.1  # ours"],
    File: {"mode": 644},
    UvInstalledPythonsByImplementation: {"cpython-3.12.1-linux-x86_64-gnu": {"3.12.1"}},
}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, []),
        ({"packages": ["pyyaml==6.0.1", "Flask>=3,<4", "flask[async]"]}, []),
        ({"packages": ["pyyaml==6.0.2", "x; y"[:1], "a b"[:1]]}, ["pip install pyyaml==6.0.2 x a"]),
        ({"packages": ["flask", "pyyaml", "new"], "latest": True}, ["pip install new", "pip install --upgrade flask"]),
        ({"packages": "flask==3.0.0", "latest": True}, []),
        ({"packages": ["Flask", "pyyaml==5", "new"], "present": False}, ["pip uninstall --yes flask"]),
        ({"packages": "new", "pip": "/srv/a b/bin/pip"}, ["'/srv/a b/bin/pip' install new"]),
        ({"packages": "new", "pip": "python3 -m pip"}, ["python3 -m pip install new"]),
        ({"packages": "new", "virtualenv": "/srv/v/"}, ["/srv/v/bin/pip install new"]),
        ({"packages": "new", "extra_install_args": "--user"}, ["pip install --user new"]),
        ({"packages": "flask", "present": False, "extra_install_args": "--user --break-system-packages"},
         ["pip uninstall --yes --break-system-packages flask"]),
        ({"packages": "git+https://e.org/x;#egg=flask"}, []),
        ({"packages": "git+https://e.org/$x"}, ["pip install 'git+https://e.org/$x'"]),
        ({"requirements": "/srv/my file"}, []),
        ({"requirements": "/srv/my file", "latest": True}, ["pip install --upgrade -r '/srv/my file'"]),
        ({"requirements": "/srv/r", "present": False}, ["pip uninstall --yes -r /srv/r"]),
    ],
)  # fmt: skip
def test_packages_of_pip(arguments: dict[str, Any], expected: list[str]) -> None:
    assert commands_of(pip.packages, FACTS, **arguments) == expected


@pytest.mark.parametrize(
    "lines", [None, ["-r other"], ["new"], ["flask>=4"], ["flask @ https://e.org"], ["flask; os_name=='nt'"], ["./x"]]
)
def test_pip_is_asked_when_the_file_does_not_say_enough(lines: list[str] | None) -> None:
    facts = {**FACTS, FileContents: lines}
    assert commands_of(pip.packages, facts, requirements="-r") == ["pip install -r ./-r"]


def test_when_nobody_knows_what_is_newest() -> None:
    facts = {**FACTS, OutdatedPip: None, OutdatedUv: None, OutdatedPipx: None, OutdatedTools: None}
    assert commands_of(pip.packages, facts, packages="flask", latest=True) == ["pip install --upgrade flask"]
    assert commands_of(pipx.packages, facts, packages="black", latest=True) == ["pipx upgrade black"]
    assert commands_of(pipx.upgrade_all, facts) == ["pipx upgrade-all"]
    assert commands_of(uv.tools_upgrade_all, facts) == ["uv tool upgrade --all --no-progress"]


@pytest.mark.parametrize(
    ("operation", "arguments", "argument"),
    [
        (pip.packages, {"packages": "-e ."}, "packages"),
        (pip.packages, {"packages": "a=1"}, "packages"),
        (pip.packages, {"packages": "a b"}, "packages"),
        (pip.packages, {"packages": [3]}, "packages"),
        (pip.packages, {"packages": "a\nb"}, "packages"),
        (pip.packages, {"requirements": ""}, "requirements"),
        (pip.packages, {"requirements": 3}, "requirements"),
        (pip.packages, {"packages": "a", "pip": ""}, "pip"),
        (
            pip.packages,
            {"packages": "a", "virtualenv": "/v", "virtualenv_kwargs": {"colour": "x"}},
            "virtualenv_kwargs",
        ),
        (pip.venv, {"path": ""}, "path"),
        (pip.venv, {"path": "/v", "python": ""}, "python"),
        (uv.venv, {"path": "/v", "link_mode": "magic"}, "link_mode"),
        (uv.venv, {"path": "/v", "allow_existing": True, "clear_existing": True}, "clear_existing"),
        (uv.pythons, {"versions": "--all"}, "versions"),
        (uv.pythons, {"versions": [3.12]}, "versions"),
        (uv.packages, {"packages": "a", "extra_args": [3]}, "extra_args"),
    ],
)
def test_bad_input(operation: Any, arguments: dict[str, Any], argument: str) -> None:
    with pytest.raises((OperationValueError, OperationTypeError)) as caught:
        commands_of(operation, {**FACTS, File: None}, **arguments)
    assert caught.value.details.argument == argument


def test_environments() -> None:
    none = {File: None}
    python = '"$(command -v python3 || command -v python || echo python3)"'
    assert commands_of(pip.venv, FACTS, path="/srv/v") == []
    assert commands_of(pip.venv, none, path="/srv/my v/") == [f"{python} -m venv '/srv/my v'"]
    options = {"python": "python3.11", "site_packages": True, "always_copy": True}
    assert commands_of(pip.venv, none, path="/v", **options) == [
        "python3.11 -m venv --system-site-packages --copies /v"
    ]
    assert commands_of(pip.virtualenv, none, path="/v", **options) == [
        "virtualenv -p python3.11 --system-site-packages --always-copy /v"
    ]
    assert commands_of(pip.venv, FACTS, path="/v", present=False) == ["rm -rf /v"]
    assert commands_of(uv.venv, none, path="/v", python="3.12", seed=True, link_mode="copy", extra_args=["-q"]) == [
        "uv venv --seed --link-mode copy --python 3.12 -q /v"
    ]
    assert commands_of(uv.venv, FACTS, path="/v", clear_existing=True) == []
    made = commands_of(pip.packages, none, packages="a", virtualenv="/v", virtualenv_kwargs={"venv": True})
    assert made == [f"{python} -m venv /v", "/v/bin/pip install a"]
    assert commands_of(pip.packages, none, packages="a", virtualenv="/v", present=False) == []


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, []),
        ({"packages": ["Black==24.1", "httpie>=3"]}, []),
        ({"packages": ["black==24.2", "a", "b"], "extra_args": "--python 3.11"},
         ["pipx install --python 3.11 a", "pipx install --python 3.11 b",
          "pipx install --python 3.11 --force black==24.2"]),
        ({"packages": ["black", "httpie"], "latest": True, "extra_args": "-q"}, ["pipx upgrade black"]),
        ({"packages": ["black==24.1", "httpie<3", "x"], "present": False}, ["pipx uninstall black"]),
    ],
)  # fmt: skip
def test_packages_of_pipx(arguments: dict[str, Any], expected: list[str]) -> None:
    assert commands_of(pipx.packages, FACTS, **arguments) == expected


def test_upgrading_everything() -> None:
    assert commands_of(pipx.upgrade_all, FACTS) == ["pipx upgrade-all"]
    assert commands_of(pipx.upgrade_all, {**FACTS, OutdatedPipx: {}}) == []
    assert commands_of(uv.tools_upgrade_all, {**FACTS, OutdatedTools: {}}) == []
    assert commands_of(uv.tools_upgrade_all, FACTS, extra_args="-q") == ["uv tool upgrade --all --no-progress -q"]


def test_where_programs_are_found() -> None:
    facts = {PipxEnvironment: {"PIPX_BIN_DIR": "/b"}, UvProgramDir: "/b", Path: "/bin:/usr/bin", InProfiles: False}
    assert commands_of(pipx.ensure_path, facts) == ["pipx ensurepath"]
    assert commands_of(uv.tools_update_shell, facts) == ["uv tool update-shell"]
    for found in ({Path: "/bin:/b"}, {InProfiles: True}):
        assert commands_of(pipx.ensure_path, {**facts, **found}) == []
        assert commands_of(uv.tools_update_shell, {**facts, **found}) == []


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"packages": []}, []),
        ({"packages": ["pyyaml==6.0.1", "Flask~=3.0"]}, []),
        ({"packages": ["new"], "extra_args": ["--python", "/my v", "--no-index"]},
         ["uv pip install --no-progress --python '/my v' --no-index new"]),
        ({"packages": "flask", "latest": True}, ["uv pip install --no-progress --upgrade flask"]),
        ({"packages": "flask", "present": False, "extra_args": "-p /v --no-deps"},
         ["uv pip uninstall --no-progress -p /v flask"]),
        ({"packages": [], "requirements": "/r"}, []),
        ({"packages": [], "requirements": "/r", "latest": True}, ["uv pip install --no-progress --upgrade -r /r"]),
    ],
)  # fmt: skip
def test_packages_of_uv(arguments: dict[str, Any], expected: list[str]) -> None:
    assert commands_of(uv.packages, FACTS, **arguments) == expected


def test_tools_of_uv() -> None:
    assert commands_of(uv.tools, FACTS, tools=["Ruff", "black==24.1"]) == []
    assert commands_of(uv.tools, FACTS, tools=["ruff==0.6", "x"]) == [
        "uv tool install --no-progress ruff==0.6",
        "uv tool install --no-progress x",
    ]
    assert commands_of(uv.tools, FACTS, tools=["ruff", "black"], latest=True) == [
        "uv tool install --upgrade --no-progress ruff"
    ]
    assert commands_of(uv.tools, FACTS, tools=["ruff", "x"], present=False) == ["uv tool uninstall --no-progress ruff"]


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        ("3.12", True), ("3.12.1", True), ("3", True), ("cpython-3.12", True), ("cpython@3.12", True), ("3.1", False),
        ("3.12.2", False), ("pypy3.12", False), (">=3.11,<3.13", True), (">=3.13", False), ("python3.12", True),
        ("cpython-3.12.1-linux-x86_64-gnu", True), ("3.13t", False),
    ],
)  # fmt: skip
def test_pythons_of_uv(wanted: str, there: bool) -> None:
    expected = [] if there else [f"uv python install --no-progress --managed-python {_quoted(wanted)}"]
    assert commands_of(uv.pythons, FACTS, versions=wanted) == expected
    gone = [f"uv python uninstall --no-progress {_quoted(wanted)}"] if there else []
    assert commands_of(uv.pythons, FACTS, versions=[wanted], present=False) == gone


def _quoted(text: str) -> str:
    return f"'{text}'" if set("<>") & set(text) else text


def test_options() -> None:
    text = "--python '/my v' -q --system --python=3 --target"
    assert options_among(text, PLACE, PLACE_WITH_VALUE) == ("--python", "/my v", "--system", "--python=3")
    assert options_among("it's", PLACE, PLACE_WITH_VALUE) == ()
    assert addable_extras(None) == ""
    assert addable_extras(" -q $x ") == "-q $x"
    assert addable_extras(["-q", "--python /my v", "$x"]) == "-q --python '/my v' '$x'"
