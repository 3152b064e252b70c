"""Facts about packages of npm, from what npm 6 to 11 print."""

from __future__ import annotations

import pytest

from pyinfra.api import FactError
from pyinfra.facts._npm.outdated import OutdatedNpm
from pyinfra.facts.npm import NpmPackages

LIST = """{
  "name": "app",
  "problems": ["missing: lodash@^4, required by app@", "extraneous: left-pad@1.3.0 /srv/app/node_modules/left-pad"],
  "dependencies": {
    "@types/node": {"version": "20.11.5", "resolved": "http://127.0.0.1/node-20.11.5.tgz", "overridden": false},
    "left-pad": {"version": "1.3.0", "extraneous": true, "problems": ["extraneous: left-pad@1.3.0"]},
    "lodash": {"required": "^4", "missing": true},
    "mine": {"version": "file:../mine"}
  },
  "error": {"code": "ELSPROBLEMS", "summary": "missing: lodash@^4, required by app@", "detail": ""}
}""".splitlines()
TREE = [
    "/usr/lib",
    "├── @angular/cli@17.0.8",
    "├─┬ npm@10.2.4 overridden",
    "├── UNMET DEPENDENCY lodash@^4",
    "└── mine@1.0.0 -> ./../mine",
    "+-- express@4.18.2 extraneous",
    "`-- yarn@1.22.19",
    "",
]
BROKEN = ['{"error": {"code": "EJSONPARSE", "summary": "Failed to parse root package.json", "detail": ""}}']


def test_recorded_list() -> None:
    found = {"@types/node": {"20.11.5"}, "left-pad": {"1.3.0"}, "mine": {"file:../mine"}}
    assert NpmPackages().process(LIST) == found
    assert NpmPackages().process(["{}"]) == {}
    assert NpmPackages().process(TREE) == {
        "@angular/cli": {"17.0.8"}, "npm": {"10.2.4"}, "mine": {"1.0.0"}, "express": {"4.18.2"}, "yarn": {"1.22.19"},
    }  # fmt: skip


@pytest.mark.parametrize("lines", [["{"], ['{"dependencies": []}'], ['{"dependencies": {"a": 1}}'], BROKEN])
def test_what_makes_no_sense_is_an_error(lines: list[str]) -> None:
    with pytest.raises(FactError, match="not understood"):
        NpmPackages().process(lines)


def test_commands() -> None:
    assert str(NpmPackages().command()).startswith("npm list -g --depth=0 --json")
    assert str(NpmPackages().command(directory="/srv/my app")).startswith(
        "cd '/srv/my app' 2>/dev/null || exit 0\nnpm list"
    )
    assert str(OutdatedNpm().command(["a;b"], directory="-x")).startswith(
        "cd ./-x 2>/dev/null && npm outdated --json -- 'a;b'"
    )
    assert NpmPackages().resources("/srv/app") != NpmPackages().resources("/srv/other")
    assert NpmPackages().resources("here") == NpmPackages().resources("~/there")


def test_recorded_outdated() -> None:
    row = '{"current": "1.0.0", "wanted": "1.2.0", "latest": "2.0.0", "dependent": "app", "location": "/x"}'
    missing = '{"wanted": "1.2.0", "latest": "2.0.0"}'
    lines = [f'{{"toy": {row}, "twice": [{row}, {row}], "missing": {missing}, "odd": 1}}']
    versions = {"wanted": "1.2.0", "latest": "2.0.0"}
    assert OutdatedNpm().process(lines) == {"toy": versions, "twice": versions}
    assert OutdatedNpm().process(["{}"]) == {}
    assert OutdatedNpm().process(['{"error": {"code": "ECONNREFUSED", "summary": "x"}}']) is None
    for nothing in ([], [""], ["what"], ["[]"]):
        assert OutdatedNpm().process(nothing) is None
