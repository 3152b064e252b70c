"""An active virtual environment that pyinfra is not installed in."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from pyinfra_cli.virtualenv import init_virtualenv


@pytest.fixture(autouse=True)
def path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))


def make_environment(folder: Path, version: str) -> Path:
    packages = folder / "lib" / f"python{version}" / "site-packages"
    packages.mkdir(parents=True)
    return packages


HERE = "{}.{}".format(*sys.version_info)


def test_its_packages_are_added_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    packages = make_environment(tmp_path, HERE)
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path))
    with caplog.at_level(logging.WARNING, "pyinfra"):
        init_virtualenv()
        init_virtualenv()
    assert sys.path[-1] == str(packages)
    assert sys.path.count(str(packages)) == 1
    assert caplog.text.count("are added") == 1


@pytest.mark.parametrize("value", ["", sys.prefix])
def test_nothing_to_do(value: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    monkeypatch.setenv("VIRTUAL_ENV", value)
    before = list(sys.path)
    init_virtualenv()
    assert sys.path == before
    assert not caplog.records


def test_another_version_of_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    make_environment(tmp_path, "3.1")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path))
    before = list(sys.path)
    with caplog.at_level(logging.WARNING, "pyinfra"):
        init_virtualenv()
    assert sys.path == before
    assert "not used" in caplog.text


def test_one_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "gone"))
    with caplog.at_level(logging.WARNING, "pyinfra"):
        init_virtualenv()
    assert "not there" in caplog.text
