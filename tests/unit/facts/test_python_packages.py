"""Facts of ``pip``, ``pipx`` and ``uv``: what they make of what the programs print (recorded)."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra._lib.packages.requirements import parse_requirements, read_requirements, same_version
from pyinfra.api import FactProcessError
from pyinfra.facts import pip, pipx, uv
from pyinfra.facts._python.outdated import OutdatedPip, OutdatedPipx, OutdatedTools

LISTED = '[{"name": "PyYAML", "version": "6.0.1"}, {"name": "x", "version": "1", "editable_project_location": "/x"}]'
OUTDATED = '[{"name": "Toy_Box", "version": "1.0.0", "latest_version": "1.2.0", "latest_filetype": "wheel"}]'
PYTHONS = (
    '[{"key":"cpython-3.11.2-linux-x86_64-gnu","version":"3.11.2","path":"/usr/bin/python3.11"},'
    '{"key":"cpython-3.11.2-linux-x86_64-gnu","version":"3.11.2","path":"/usr/bin/python3"},'
    '{"key":"pypy-3.11.2-linux-x86_64-gnu","version":"3.11.2","path":null}]'
)


@pytest.mark.parametrize("fact", [pip.PipPackages(), pip.Pip3Packages(), uv.UvPipPackages()])
def test_packages(fact: Any) -> None:
    assert fact.process([LISTED]) == {"PyYAML": {"6.0.1"}, "x": {"1"}}
    for nonsense in ("no JSON", "{}", '[{"name": "x"}]', "[3]", "null"):
        with pytest.raises(FactProcessError, match="not understood"):
            fact.process([nonsense])


def test_without_an_environment_there_is_nothing() -> None:
    assert uv.UvPipPackages().process([]) == {}


def test_newer_versions() -> None:
    assert OutdatedPip().process([OUTDATED]) == {"Toy_Box": "1.2.0"}
    assert OutdatedPip().process(["ERROR: no"]) is None
    assert OutdatedPipx().process(["= toy-box", OUTDATED, "= other", OUTDATED, "."]) == {"toy-box": "1.2.0"}
    assert OutdatedPipx().process(["= toy-box", OUTDATED]) is None
    assert OutdatedPipx().process(["= toy-box", "?", "."]) is None
    rows = ["=", "toy-box v1.0.0 [latest: 1.2.0]", "- toy_box", "old v1 [required: <2] [latest: 3]"]
    assert OutdatedTools().process(rows) == {"toy-box": "1.2.0"}
    assert OutdatedTools().process([]) is None


def test_programs_of_pipx() -> None:
    assert pipx.PipxPackages().process(["black 24.2.0", "nothing has been installed with pipx 😴"]) == {
        "black": {"24.2.0"}
    }
    told = ["Environment variables (set by user):", "", "PIPX_HOME=", "Derived values:", "PIPX_HOME=/home/my x/pipx"]
    assert pipx.PipxEnvironment().process(told) == {"PIPX_HOME": "/home/my x/pipx"}


def test_what_uv_looks_after() -> None:
    assert uv.UvTools().process(["ruff v0.6.1", "- ruff", "No tools installed"]) == {"ruff": {"0.6.1"}}
    by_version = {"3.11.2": {"cpython-3.11.2-linux-x86_64-gnu", "pypy-3.11.2-linux-x86_64-gnu"}}
    assert uv.UvInstalledPythonsByVersion().process([PYTHONS]) == by_version
    assert uv.UvAvailablePythonsByImplementation().process([PYTHONS]) == {
        "cpython-3.11.2-linux-x86_64-gnu": {"3.11.2"},
        "pypy-3.11.2-linux-x86_64-gnu": {"3.11.2"},
    }
    assert uv.UvVersion().process(["uv 0.6.1"]) == "uv 0.6.1"
    for fact in (uv.UvToolDir(), uv.UvAvailablePythonsByVersion()):
        with pytest.raises(FactProcessError):
            fact.process(["a", "b"])


@pytest.mark.parametrize(
    ("text", "name", "version"),
    [
        ("My_Tool==1.0", "my-tool", "1.0"),
        ("a==1.0-rc1", "a", "1.0rc1"),
        ("a[x,y]~=1.2", "a", "~=1.2"),
        ("a==1.*", "a", "==1.*"),
        ("x @ https://e.org/x.zip", "x", None),
        ("git+https://e.org/x#egg=Foo_Bar", "foo-bar", None),
        ("/srv/toy_box-1.2.0-py3-none-any.whl", "toy-box", "1.2.0"),
        ("./d", "./d", None),
    ],
)
def test_requirements(text: str, name: str, version: str | None) -> None:
    (item,) = parse_requirements(text)
    assert (item.name, item.version, item.text) == (name, version, text)


def test_versions() -> None:
    assert same_version("1.0", "1.0.0")
    assert same_version(">=1,<2", "1.5rc1")
    assert not same_version("1.0", "1.0.1")
    assert same_version("===weird", "weird")
    assert not same_version("1.0", "weird")


def test_a_file_of_requirements() -> None:
    items = read_requirements(["# x", "a==1 \\", "  --hash=sha256:1 # y", "--index-url https://e.org", "", "b>=1"])
    assert items is not None
    assert [(item.name, item.version) for item in items] == [("a", "1"), ("b", ">=1")]
    assert read_requirements(["-r x"]) is None
