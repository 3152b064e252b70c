"""Files on real systems: Debian as root and through sudo, and BusyBox; judged by the hosts' own tools."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pyinfra.operations import files
from tests.unit.operations.machine import Machine

if TYPE_CHECKING:
    from tests.lab import Host

TOP = "/srv/operations of\tfiles"


@pytest.fixture(params=["root", "sudo", "busybox"])
def place(request: pytest.FixtureRequest) -> tuple[Host, Machine]:
    """A host with an empty place to work in, and how operations reach it as root."""
    if request.param == "busybox":
        box: Host = request.getfixturevalue("busybox_host")
        machine = Machine(box.name, box.ssh_data())
    else:
        box = request.getfixturevalue("plain_hosts")[1]
        user = "root" if request.param == "root" else "deploy"
        machine = Machine(box.name, box.ssh_data(user), **({} if user == "root" else {"_sudo": True}))
    box.sh(f"rm -rf '{TOP}'; mkdir '{TOP}'")
    return box, machine


def look(host: Host, name: str) -> str:
    return host.sh(f"cd '{TOP}' && stat -c '%U %G %a %F' '{name}'").strip()


def test_entries(place: tuple[Host, Machine]) -> None:
    host, machine = place
    machine.apply(files.file, path=f"{TOP}/a/b/it's", user="alice", group="deploy", mode="4750")
    assert look(host, "a/b/it'\\''s") == "alice deploy 4750 regular empty file"
    machine.apply(files.file, path=f"{TOP}/a/b/it's", user="deploy", mode="4750")
    machine.apply(files.file, path=f"{TOP}/a/b/it's", mode="g+w")
    assert look(host, "a/b/it'\\''s") in ("deploy deploy 4770 regular empty file", "deploy deploy 4770 regular file")
    machine.apply(files.directory, path=f"{TOP}/a", user="alice", group="deploy", mode="750", recursive=True)
    assert look(host, "a/b") == "alice deploy 750 directory"
    machine.apply(files.link, path=f"{TOP}/l/höß\tä", target="-x\ny", user="alice")
    assert host.sh(f"cd '{TOP}/l' && readlink 'höß\tä'") == "-x\ny\n"
    machine.apply(files.link, path=f"{TOP}/hard", target=f"{TOP}/a/b/it's", symbolic=False)
    assert host.sh(f"cd '{TOP}' && stat -c %h hard") == "2\n"
    machine.apply(files.file, path=f"{TOP}/a", force=True)
    assert look(host, "a").endswith("empty file")
    machine.apply(files.directory, path=TOP, present=False)
    assert host.sh(f"ls '{TOP}' 2>/dev/null || true") == ""


def test_contents(place: tuple[Host, Machine], tmp_path: Path) -> None:
    host, machine = place
    before = host.snapshot()
    content = bytes(range(256)) * 5000
    machine.apply(
        files.put, src=io.BytesIO(content), dest=f"{TOP}/new/data", user="alice", group="deploy", mode="4640",
        mtime="2020-01-01T00:00:00",
    )  # fmt: skip
    assert look(host, "new/data") == "alice deploy 4640 regular file"
    machine.apply(files.get, src=f"{TOP}/new/data", dest=str(tmp_path / "sub" / "data"), create_local_dir=True)
    assert (tmp_path / "sub" / "data").read_bytes() == content
    machine.apply(files.put, src=io.BytesIO(b"other"), dest=f"{TOP}/new/data")
    assert look(host, "new/data") == "alice deploy 4640 regular file"
    assert host.sh(f"cat '{TOP}/new/data'") == "other"
    machine.apply(files.template, src=io.StringIO("{{ host.name }} {{ n }}\n"), dest=f"{TOP}/new/t", n=1)
    assert host.sh(f"cat '{TOP}/new/t'") == f"{host.name} 1\n"
    assert [leak for leak in host.leaks(before) if "/tmp" in leak] == []


def test_lines(place: tuple[Host, Machine]) -> None:
    host, machine = place
    host.sh(f"cd '{TOP}' && printf 'PORT=1\\nlast' > f && chown alice:deploy f && chmod 600 f")
    machine.apply(files.line, path=f"{TOP}/f", line="^PORT=", replace="PORT=$(id) `id`", backup=True)
    machine.apply(files.line, path=f"{TOP}/f", line="-n $HOME 'q'")
    assert host.sh(f"cat '{TOP}/f'") == "PORT=$(id) `id`\nlast\n-n $HOME 'q'\n"
    machine.apply(files.line, path=f"{TOP}/f", line="^HOME=", replace="HOME=$HOME", interpolate_variables=True)
    machine.apply(files.line, path=f"{TOP}/f", line="^last$", present=False)
    assert host.sh(f"cat '{TOP}/f'") == "PORT=$(id) `id`\n-n $HOME 'q'\nHOME=/root\n"
    assert host.sh(f"cat '{TOP}'/f.*") == "PORT=1\nlast"
    # The last edit was sed's, which keeps the mode but not everywhere the owner.
    assert look(host, "f").split()[2] == "600"
