"""Facts about Homebrew, recorded from, and written after the documentation of, several versions of it."""

from __future__ import annotations

import logging

import pytest

from pyinfra.facts._brew.newer import FormulaNames, OutdatedCasks, OutdatedFormulae
from pyinfra.facts.brew import BrewCasks, BrewItemKind, BrewPackages, BrewTaps, BrewTrusted, BrewVersion

NOTHING: dict[str, list[str]] = {"casks": [], "commands": [], "formulae": [], "taps": []}


def test_recorded_lists() -> None:
    lines = ["git 2.43.0", "openssl@3 3.2.0_1 3.1.4", "Warning: something is deprecated", "", "==> Formulae", "lonely"]
    assert BrewPackages().process(lines) == {"git": {"2.43.0"}, "openssl@3": {"3.2.0_1", "3.1.4"}}
    assert BrewCasks().process(["firefox 120.0.1", "temurin@17 17.0.9,9"]) == {
        "firefox": {"120.0.1"}, "temurin@17": {"17.0.9,9"},
    }  # fmt: skip
    assert BrewCasks().requires_command() == "brew"
    assert BrewCasks().resources() != BrewPackages().resources()


@pytest.mark.parametrize(
    ("lines", "version"),
    [
        (["Homebrew 4.1.0"], [4, 1, 0]),
        (
            ["Homebrew 4.2.10-33-gabc1234", "Homebrew/homebrew-core (git revision 1)"],
            [4, 2, 10],
        ),
        (["Homebrew >=2.5.0 (shallow or no git repository)"], [2, 5, 0]),
        (["Warning: x", "Homebrew 2.6"], [2, 6, 0]),
    ],
)
def test_recorded_versions(lines: list[str], version: list[int]) -> None:
    assert BrewVersion().process(lines) == version


def test_what_makes_no_sense_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "pyinfra"):
        assert BrewVersion().process(["what"]) == [0, 0, 0]
        for text in ("what", "[]", '{"taps": []}', '{"taps": 1, "casks": [], "formulae": [], "commands": []}', "null"):
            assert BrewTrusted().process([text]) == NOTHING
    assert len(caplog.records) == 6


def test_recorded_taps_and_trust() -> None:
    assert BrewTaps().process(["hashicorp/tap", "homebrew/services", "", "Warning: a/b is old"]) == [
        "hashicorp/tap", "homebrew/services",
    ]  # fmt: skip
    lines = ['{"taps": ["b/c", "a/b"],', ' "formulae": ["a/b/x"], "casks": [], "commands": []}']
    assert BrewTrusted().process(lines) == {**NOTHING, "taps": ["a/b", "b/c"], "formulae": ["a/b/x"]}
    assert BrewTrusted.default() == NOTHING
    assert {kind.name: kind.value for kind in BrewItemKind} == {
        "CASK": "casks", "COMMAND": "commands", "FORMULA": "formulae", "TAP": "taps",
    }  # fmt: skip


V2 = """==> Auto-updated Homebrew!
{
  "formulae": [
    {"name": "git", "installed_versions": ["2.43.0"], "current_version": "2.44.0", "pinned": false},
    {"name": "a/b/tool", "installed_versions": ["1"], "current_version": "2", "pinned": false},
    {"name": "node@20", "installed_versions": ["20.1"], "current_version": "20.2", "pinned": true}
  ],
  "casks": [{"name": "firefox", "installed_versions": ["120"], "current_version": "121"}]
}""".splitlines()


def test_recorded_outdated() -> None:
    assert OutdatedFormulae().process(V2) == {"git": "2.44.0", "tool": "2"}
    assert OutdatedCasks().process(V2) == {"firefox": "121"}
    v1 = ['[{"name": "git", "installed_versions": ["1"], "current_version": "2"}]']
    assert OutdatedFormulae().process(v1) == {"git": "2"}
    for nothing in ([], ["what"], ["{"], ["{}"], ['{"formulae": 1}']):
        assert OutdatedFormulae().process(nothing) is None
        assert OutdatedCasks().process(nothing) is None


def test_recorded_names() -> None:
    lines = ['{"formulae": [{"name": "python@3.12", "aliases": ["python3", "python@3"], "oldnames": ["py"]},',
             '{"name": "git", "aliases": [], "oldnames": null}, 7], "casks": []}']  # fmt: skip
    assert FormulaNames().process(lines) == {"python3": "python@3.12", "python@3": "python@3.12", "py": "python@3.12"}
    assert FormulaNames().process(["what"]) == {}
    assert " -- 'a;b' " in str(FormulaNames().command(["a;b"]))
