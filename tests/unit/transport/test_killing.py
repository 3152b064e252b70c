"""Ending what a shell runs, at the moments that are hard to meet."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from pyinfra._transport.killing import kill_script

_KILLS = 'kill -KILL "$shell"'


def members(session: int) -> list[str]:
    """The processes of a session that have not ended."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().rpartition(") ")
        except OSError:
            continue
        state, _parent, _group, its_session = rest.split()[:4]
        if its_session == str(session) and state not in "ZX":
            found.append(name)
    return found


@pytest.mark.skipif(not os.access("/proc/self/stat", os.R_OK), reason="sessions are read from /proc")
@pytest.mark.parametrize("alone", [True, False], ids=["between two requests", "during a request"])
def test_what_is_started_while_the_killer_looks(alone: bool, tmp_path: Path) -> None:
    """The shell begins the next request after the killer has looked at it, and before it is killed."""
    busy = "" if alone else "sleep 300 &\n"
    victim = subprocess.Popen(
        ["sh", "-c", f"{busy}: >ready; while [ ! -e go ]; do :; done; sleep 300 & : >started; wait"],
        cwd=tmp_path,
        start_new_session=True,
    )
    while not (tmp_path / "ready").exists():
        assert victim.poll() is None
    text = kill_script(victim.pid, grace=0.3)
    assert text.count(_KILLS) == 1
    meanwhile = f": >go; while [ ! -e started ]; do :; done\n{_KILLS}"
    killer = subprocess.run(
        ["sh"], input=text.replace(_KILLS, meanwhile), cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert killer.stdout == "ended\n"
    victim.wait()
    assert members(victim.pid) == []


def test_daemons_of_earlier_requests_live_on(tmp_path: Path) -> None:
    """Between two requests only what begins from now on is to be ended."""
    victim = subprocess.Popen(
        ["sh", "-c", "(sleep 300 & echo $! >daemon); : >ready; while [ ! -e go ]; do :; done"],
        cwd=tmp_path,
        start_new_session=True,
    )
    while not (tmp_path / "ready").exists():
        assert victim.poll() is None
    daemon = int((tmp_path / "daemon").read_text())
    started = int(Path(f"/proc/{daemon}/stat").read_text().rpartition(") ")[2].split()[19])
    while _ticks() <= started:  # the clock of processes is coarse
        pass
    subprocess.run(["sh"], input=kill_script(victim.pid), capture_output=True, text=True, check=True)
    victim.wait()
    try:
        assert members(victim.pid) == [f"{daemon} (sleep"]
    finally:
        os.kill(daemon, 9)


def _ticks() -> int:
    """When a process that starts now would have started."""
    with subprocess.Popen(["sh", "-c", "read line"], stdin=subprocess.PIPE) as process:
        ticks = int(Path(f"/proc/{process.pid}/stat").read_text().rpartition(") ")[2].split()[19])
        process.communicate(b"\n")
    return ticks
