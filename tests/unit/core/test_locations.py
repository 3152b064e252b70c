"""Places in the user's code are found by path component, without reading source."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import pyinfra
from pyinfra._core import locations
from pyinfra._core.locations import call_site, describe_site, error_place, place
from pyinfra._core.suggestions import did_you_mean

PACKAGE = str(Path(pyinfra.__file__).parent)


def test_whose_code_a_file_is():
    kind = locations._kind
    assert kind(f"{PACKAGE}/api/operation.py") == locations._OURS
    assert kind(f"{PACKAGE}_cli/main.py") == locations._CLI
    assert kind(f"{PACKAGE}_extras/ops.py") in (locations._USER, locations._INSTALLED)
    assert kind(os.__file__) == locations._INSTALLED
    assert kind(__file__) == locations._USER


def _outer(tmp_path, source, name="deploy.py"):
    path = tmp_path / name
    path.write_text(source)
    namespace = {"call_site": call_site, "place": place}
    exec(compile(source, str(path), "exec"), namespace)
    return str(path), namespace


def test_call_site_from_a_root(tmp_path):
    path, names = _outer(tmp_path, "def f():\n    return g()\n\ndef g():\n    return call_site(__file__)\n")
    names["__file__"] = path
    assert names["f"]() == ((path, 2), (path, 5))
    whole = call_site()
    assert whole[-1][0] == __file__
    assert len(whole) > 2


def test_place(tmp_path, monkeypatch):
    path, names = _outer(tmp_path, "\ndef f():\n    return place()\n")
    assert names["f"]() == f"{path}:3"
    monkeypatch.chdir(tmp_path)
    assert names["f"]() == "deploy.py:3"
    assert describe_site(("<stdin>", 1)) == "<stdin>:1"


def test_error_place():
    with pytest.raises(ValueError, match="invalid literal") as raised:
        int("x")
    assert f"{Path(__file__).name}:" in error_place(raised.value)


def test_did_you_mean():
    assert did_you_mean("SUOD", ["SUDO", "SHELL"]) == " (did you mean SUDO?)"
    assert did_you_mean("sudo", ["SUDO"]) == " (did you mean SUDO?)"
    assert did_you_mean("x", ["SUDO"]) == ""


def test_importing_is_light():
    heavy = ["asyncio", "asyncssh", "rich", "jinja2", "click", "typeguard", "packaging", "importlib.metadata"]
    code = f"import pyinfra, sys; print([m for m in {heavy} if m in sys.modules])"
    environment = {**os.environ, "PYTHONPATH": str(Path(PACKAGE).parent)}
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert out.stdout.strip() == "[]"
