"""What the package says of itself in two places is the same."""

import pickle
import tomllib
from pathlib import Path

import pytest

import pyinfra
from pyinfra._engine.model.connector_registry import BUNDLED, GROUP
from pyinfra.api import HiddenValue, StringCommand, exceptions

PROJECT = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]


def test_version():
    assert PROJECT["version"] == pyinfra.__version__


def test_connectors_are_found_with_and_without_installation():
    assert PROJECT["entry-points"][GROUP] == BUNDLED


def test_public_classes_say_where_they_are_public():
    assert StringCommand.__module__ == "pyinfra.api.command"
    assert HiddenValue.__module__ == "pyinfra.api.hiddenvalue"
    error = pickle.loads(pickle.dumps(exceptions.NoHostError("x")))
    assert type(error) is exceptions.NoHostError
    assert isinstance(error, KeyError)


@pytest.mark.parametrize("name", [name for name in exceptions.__all__ if name.endswith("Error")])
def test_errors_are_errors_of_ours(name):
    assert issubclass(getattr(exceptions, name), exceptions.PyinfraError)
