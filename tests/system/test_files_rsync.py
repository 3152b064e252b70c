"""``files.rsync`` over SSH: it logs in by itself, and becomes root as the operation was told to."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pyinfra.operations import files
from tests.lab import Host
from tests.unit.operations.machine import Machine

from .packages import unpack

pytestmark = pytest.mark.skipif(shutil.which("rsync") is None, reason="rsync is not installed")


def test_a_directory_of_root(fresh_host: Host, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "packages").mkdir()
    unpack(fresh_host, tmp_path / "packages", "rsync", "libpopt0", "libxxhash0")
    source = tmp_path / "it's $(id)"
    (source / "sub").mkdir(parents=True)
    (source / "sub" / "f").write_text("x")
    machine = Machine(fresh_host.name, fresh_host.ssh_data("deploy"))
    call = {"src": f"{source}/", "dest": "/srv/it's of root"}
    fresh_host.sh('mkdir -m 700 "/srv/it\'s of root"; echo y >"/srv/it\'s of root/extra"')
    refused = machine.once(files.rsync, **call, _ignore_errors=True)
    assert not refused.did_succeed()
    assert "Permission denied" in caplog.text
    machine.apply(files.rsync, **call, again=False, _sudo=True)
    assert fresh_host.sh('cd "/srv/it\'s of root" && find . -type f -exec stat -c "%U %n" {} +') == "root ./sub/f\n"
    machine.once(files.rsync, **call, _sudo=True, _sudo_password="x", _ignore_errors=True)
    assert "cannot be used with _sudo_password" in caplog.text
