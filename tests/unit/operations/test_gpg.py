"""``gpg.key`` and ``gpg.dearmor`` on this machine; commands that need others are only looked at."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from pyinfra.api import OperationError, OperationTypeError, OperationValueError
from pyinfra.facts.files import File
from pyinfra.facts.gpg import GpgKeyrings
from pyinfra.operations import gpg
from tests.unit.facts.test_gpg import ARMORED, FINGERPRINTS

from .machine import Machine
from .test_apt import commands_of

KEYID, SUBKEY = FINGERPRINTS
BINARY = base64.b64decode(ARMORED.split("\n\n")[1].partition("\n=")[0])


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "the key; $(reboot).asc"
    path.write_text(ARMORED)
    return path


def test_a_key(machine: Machine, source: Path, tmp_path: Path) -> None:
    dest = tmp_path / "new" / "a key.gpg"
    given: dict[str, Any] = {"src": str(source), "dest": str(dest)}
    meta = machine.apply(gpg.key, **given, keyid=[f"0x{KEYID[-8:].lower()}", SUBKEY])
    assert dest.read_bytes() == BINARY
    assert dest.stat().st_mode & 0o777 == 0o644
    assert {change.resource for change in meta.plan.changes} >= {f"key {KEYID[-8:]}", f"key {SUBKEY}"}
    machine.unchanged(gpg.key, **given)
    machine.apply(gpg.key, **given, mode="600")
    assert dest.stat().st_mode & 0o777 == 0o600
    machine.apply(gpg.key, dest=str(dest), present=False)
    assert not dest.exists()


def test_a_key_as_text(machine: Machine, source: Path, tmp_path: Path) -> None:
    dest = tmp_path / "text.asc"
    machine.apply(gpg.key, src=str(source), dest=str(dest), dearmor=False, keyid=KEYID)
    assert dest.read_text() == ARMORED
    machine.apply(gpg.key, keyid=KEYID, working_dirs=[str(tmp_path / "none"), str(tmp_path)], present=False)
    assert not dest.exists()
    assert not source.exists(), "it was a file with that key, too"


def test_what_is_written_is_the_key_that_was_asked_for(machine: Machine, source: Path, tmp_path: Path) -> None:
    dest = tmp_path / "dest.gpg"
    dest.write_bytes(b"before")
    meta = machine.once(gpg.key, src=str(source), dest=str(dest), keyid="AAAABBBB", _ignore_errors=True)
    assert "key AAAABBBB is not in it" in meta.stderr_lines
    source.write_text("<html>")
    assert machine.once(gpg.dearmor, src=str(source), dest=str(dest), _ignore_errors=True).did_error()
    assert dest.read_bytes() == b"before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dest.gpg", source.name]


def test_dearmoring(machine: Machine, source: Path, tmp_path: Path) -> None:
    dest = tmp_path / "a" / "b.gpg"
    for _ in range(2):
        machine.apply(gpg.dearmor, src=str(source), dest=str(dest), mode="640", again=False)
        assert dest.read_bytes() == BINARY
    assert dest.stat().st_mode & 0o777 == 0o640
    machine.apply(gpg.dearmor, src=str(dest), dest=str(tmp_path / "copy.gpg"), again=False)
    assert (tmp_path / "copy.gpg").read_bytes() == BINARY


def test_a_keyserver() -> None:
    asked = {"keyserver": "hkps://keys.example.org", "keyid": ["0xABCD1234", "EF01EF01EF01EF01"], "dest": "/k/a b.gpg"}
    *_, command = commands_of(gpg.key, {}, **asked)
    assert "gpg --batch --keyserver hkps://keys.example.org --recv-keys ABCD1234 EF01EF01EF01EF01 ||" in command
    assert 'gpg --batch --export ABCD1234 EF01EF01EF01EF01 >"$t/out"' in command
    assert "\nf='/k/a b.gpg'\n" in command
    *_, text = commands_of(gpg.key, {}, **asked, dearmor=False)
    assert "gpg --batch --armor --export" in text


def test_one_key_of_several() -> None:
    keys = {one[-16:]: {"fingerprint": one, "subkeys": {}} for one in FINGERPRINTS}
    facts: dict[Any, Any] = {GpgKeyrings: {"/k/a.gpg": {"format": "gpg", "keys": keys}},
                             File: {"mode": 600, "user": "root", "group": "root"}}  # fmt: skip
    for where in ({"dest": "/k/a.gpg"}, {"working_dirs": ["/k"]}):
        (command,) = commands_of(gpg.key, facts, keyid=SUBKEY[-8:], present=False, **where)
        assert f"--delete-keys {SUBKEY} ||" in command
        assert "chmod 600" in command
        assert commands_of(gpg.key, facts, keyid=FINGERPRINTS, present=False, **where) == ["rm -f /k/a.gpg"]
        assert commands_of(gpg.key, facts, keyid="AAAAAAAA", present=False, **where) == []
    assert commands_of(gpg.key, facts, keyid=SUBKEY, dest="/k/b.gpg", present=False) == []


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({}, OperationError),
        ({"src": "/a"}, OperationError),
        ({"dest": "/a"}, OperationError),
        ({"dest": "/a", "keyserver": "x"}, OperationError),
        ({"dest": "/a", "src": "/b", "keyserver": "x", "keyid": "ABCD1234"}, OperationError),
        ({"present": False}, OperationError),
        ({"present": False, "keyid": "ABCD1234"}, OperationError),
        ({"present": False, "keyid": "ABCD1234", "working_dirs": "/x"}, OperationTypeError),
        ({"src": "/a", "dest": "/b", "mode": "u+x;reboot"}, OperationValueError),
        ({"src": "-x", "dest": "/b"}, OperationValueError),
        ({"src": 7, "dest": "/b"}, OperationValueError),
        ({"src": "/a", "dest": 7}, OperationTypeError),
        ({"src": "/a", "dest": "/b", "keyid": "nonsense"}, OperationValueError),
        ({"src": "/a", "dest": "/b", "keyid": 7}, OperationTypeError),
    ],
)
def test_wrong_arguments(wrong: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        commands_of(gpg.key, {}, **wrong)
