"""Every operation says what it does, in one form, with an example that runs."""

from __future__ import annotations

import inspect
import re
import textwrap
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pytest

from pyinfra import operations
from pyinfra.api.deploy import add_deploy

from .machine import Machine

PREFIX = "pyinfra.operations."
MODULES = {
    module.name.removeprefix(PREFIX): import_module(module.name)
    for module in walk_packages(operations.__path__, PREFIX)
    if "._" not in module.name and not module.name.startswith(f"{PREFIX}util")
}
OPERATIONS = {
    f"{noun}.{name}": getattr(module, name)
    for noun, module in MODULES.items()
    for name in module.__all__
    if hasattr(getattr(module, name), "_inner")
}


def example_of(operation: Any) -> str:
    found = re.search(r"\n    Example:\n(.*)\Z", operation.__doc__, re.DOTALL)
    assert found, "no example"
    return textwrap.dedent(found[1])


@pytest.mark.parametrize("name", OPERATIONS)
def test_docstring(name: str) -> None:
    operation = OPERATIONS[name]
    first, *rest = operation.__doc__.splitlines()
    assert first.endswith(".")
    assert not rest[0].strip(), "one sentence first"
    said = re.search(r"\n    Args:\n(.*?)(?:\n\n|\Z)", operation.__doc__, re.DOTALL)
    described = re.findall(r"^        (\w+): ", said[1] if said else "", re.MULTILINE)
    assert described == list(inspect.signature(operation._inner).parameters)
    assert bool(said) == bool(described), "nothing to be said of arguments"


@pytest.mark.parametrize("name", OPERATIONS)
def test_public_place(name: str) -> None:
    operation = OPERATIONS[name]
    assert f"{operation.__module__}.{operation.__name__}" == f"pyinfra.operations.{name}"
    assert operation._operation.short_name == name


@pytest.mark.parametrize("name", OPERATIONS)
def test_example(name: str, machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is planned, not run: examples write to /etc."""
    code = example_of(OPERATIONS[name])
    (tmp_path / "templates").mkdir()
    (tmp_path / "scripts").mkdir()
    (tmp_path / "templates" / "app.conf").write_text("port = {{ port }}\n")
    (tmp_path / "scripts" / "migrate.sh").write_text("true\n")
    monkeypatch.chdir(tmp_path)
    with machine.run() as state:
        state.cwd = str(tmp_path)
        add_deploy(state, lambda: exec(compile(code, name, "exec"), dict(MODULES)))
        (host,) = state.inventory
        assert not host.planning_errors
        assert len(state.get_op_order()) == 1
