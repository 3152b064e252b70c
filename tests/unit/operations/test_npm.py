"""``npm.packages``: what it yields; the real thing is in the system tests."""

from __future__ import annotations

from typing import Any

import pytest

from pyinfra.api import OperationTypeError, OperationValueError
from pyinfra.facts._npm.outdated import OutdatedNpm
from pyinfra.facts.npm import NpmPackages
from pyinfra.operations import npm

from .one_answer import commands_of

FACTS: dict[Any, Any] = {
    NpmPackages: {"express": {"4.18.2"}, "@types/node": {"20.1.0"}},
    OutdatedNpm: {"express": {"wanted": "4.19.0", "latest": "5.0.0"}},
}
IN = "cd /srv/app && npm"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, []),
        ({"packages": ["express@^4", "express@4.18", "@types/node@20"]}, []),
        ({"packages": ["express@5", "@x/y@1", "z;"]}, ["npm install -g express@5 @x/y@1 'z;'"]),
        ({"packages": ["express", "@types/node", "z"], "latest": True}, ["npm install -g z", "npm update -g express"]),
        ({"packages": "express", "latest": True, "directory": "/srv/app"}, [f"{IN} update express"]),
        ({"packages": ["express@latest", "@types/node@latest"]}, ["npm install -g express@latest"]),
        ({"packages": ["z@latest"], "directory": "/srv/app"}, [f"{IN} install z@latest"]),
        ({"packages": ["express@git+ssh://git@e.org/x", "@a/b@file:/x.tgz"]}, ["npm install -g @a/b@file:/x.tgz"]),
        ({"packages": ["express@https://e.org/x@1.tgz"], "present": False}, ["npm uninstall -g express"]),
        ({"packages": ["express@4.18.2", "@types/node", "z"], "present": False},
         ["npm uninstall -g express @types/node"]),
    ],
)  # fmt: skip
def test_commands(arguments: dict[str, Any], expected: list[str]) -> None:
    assert commands_of(npm.packages, FACTS, **arguments) == expected


def test_when_nobody_knows() -> None:
    facts = {**FACTS, OutdatedNpm: None}
    assert commands_of(npm.packages, facts, packages="express", latest=True) == ["npm update -g express"]
    assert commands_of(npm.packages, facts, packages="express@latest") == ["npm install -g express@latest"]


@pytest.mark.parametrize("directory", ["", "/a\0b", 7])
def test_what_is_no_directory(directory: Any) -> None:
    with pytest.raises((OperationValueError, OperationTypeError)) as caught:
        commands_of(npm.packages, packages="x", directory=directory)
    assert caught.value.details.argument == "directory"
