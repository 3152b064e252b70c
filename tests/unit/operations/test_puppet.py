"""puppet, with a fake one that ends as the real one is documented to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from pyinfra.operations import puppet

from .machine import Machine


@pytest.mark.parametrize(("status", "succeeds"), [(0, True), (1, False), (2, True), (4, False), (6, False)])
def test_statuses_of_a_fake_agent(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, succeeds: bool
):
    fake = tmp_path / "puppet"
    fake.write_text(f'#!/bin/sh\nprintf "%s|" "$@" >{tmp_path}/words\nexit {status}\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    meta = machine.once(puppet.agent, server="puppet.example.org", port=8141, _ignore_errors=True)
    assert meta.did_succeed() is succeeds
    assert (tmp_path / "words").read_text() == "agent|-t|--server|puppet.example.org|--masterport|8141|"
    assert machine.once(puppet.agent, _ignore_errors=True).did_succeed() is succeeds
    assert (tmp_path / "words").read_text() == "agent|-t|"


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("server", "-x"),
        ("server", "a b"),
        ("server", "$(id)"),
        ("server", 5),
        ("port", 0),
        ("port", "1"),
        ("port", True),
    ],
)
def test_what_makes_no_sense_is_refused(machine: Machine, argument: str, value: Any):
    assert machine.fails(puppet.agent, **{argument: value}).details.argument == argument
