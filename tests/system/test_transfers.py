"""Writing and reading files under difficulties."""

from __future__ import annotations

import asyncio
import io
import os
from dataclasses import replace

import pytest

from pyinfra._core.output import STDOUT
from pyinfra._transport.base import Download, ExecOptions, FailureKind, Result, Upload
from pyinfra._transport.session import ShellSession
from tests.contract.session_suite import Place
from tests.lab import Host, Lab

from .hosts_of_sessions import SUDO, link_to, place_on

SMALL, LARGE = 40_000, 3_000_000


@pytest.fixture(params=["debian", "busybox"])
def host(request: pytest.FixtureRequest) -> Host:
    found = request.getfixturevalue("plain_hosts" if request.param == "debian" else "busybox_host")
    return found if isinstance(found, Host) else found[0]


@pytest.fixture
def place(lab: Lab, host: Host) -> Place:
    return place_on(lab, host, "root")


def upload(place: Place, path: str, content: bytes, **attributes: str) -> Result:
    return place.submit(Upload(io.BytesIO(content), path, place.options, **attributes))[0]  # type: ignore[arg-type]


def message(result: Result) -> str:
    assert result.failure is not None
    assert result.failure.kind is FailureKind.TRANSFER
    return result.failure.message


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_a_full_disk_leaves_the_old_file(place: Place, host: Host, size: int) -> None:
    folder = f"{place.folder}/small"
    host.sh(f"mkdir {folder}")
    host.small(folder, "64k")
    try:
        host.sh(f"echo old >{folder}/file; chmod 640 {folder}/file; head -c 40000 /dev/zero >{folder}/filler")
        result = upload(place, f"{folder}/file", os.urandom(size))
        assert "No space left on device" in message(result)
        assert host.sh(f"cat {folder}/file; ls -A {folder}").split() == ["old", "file", "filler"]
    finally:
        host.unsmall()


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_a_mounted_file_is_written_in_place(place: Place, host: Host, size: int) -> None:
    path = f"{place.folder}/mounted"
    host.sh(f"echo old >{path}; echo below >{path}.below; chmod 604 {path}.below; mount --bind {path}.below {path}")
    try:
        content = os.urandom(size)
        result = upload(place, path, content)
        assert result.ok, result.failure
        sink = io.BytesIO()
        assert place.submit(Download(path, sink))[0].ok
        assert sink.getvalue() == content
        assert host.sh(f"ls -l {path}")[:10] == "-rw----r--"
        assert ".pyinfra" not in host.sh(f"ls -A {place.folder}")
    finally:
        host.sh(f"umount {path}")


def test_owner_and_mode(place: Place, host: Host) -> None:
    path = f"{place.folder}/file"

    def shape() -> list[str]:
        return host.sh(f"ls -l {path}").split()[:4]

    assert upload(place, path, b"1", user="deploy", mode="4750").ok
    assert shape()[0] == "-rwsr-x---"
    assert shape()[2] == "deploy"
    assert upload(place, path, b"2").ok  # what it was is kept
    assert shape()[0] == "-rwsr-x---"
    assert shape()[2] == "deploy"
    assert upload(place, path, b"3", group="alice", mode="g+w").ok
    assert shape()[2:] == ["deploy", "alice"]
    assert shape()[0][4:7] == "rwx"
    assert "nobody-here" in message(upload(place, path, b"4", user="nobody-here"))
    assert host.sh(f"cat {path}; ls -A {place.folder}").split() == ["3file"]


def test_a_new_file_gets_what_the_umask_leaves(place: Place, host: Host) -> None:
    upload(place, f"{place.folder}/one", b"")
    upload(place, f"{place.folder}/two", b"x" * LARGE)
    assert {line[:10] for line in host.sh(f"ls -l {place.folder}").splitlines()[1:]} == {"-rw-r--r--"}


def test_a_file_in_a_folder_of_somebody_else(lab: Lab, host: Host) -> None:
    place = place_on(lab, host, "alice", owner="root")
    path = f"{place.folder}/file"
    host.sh(f"echo old >{path}; chmod 755 {place.folder}; chmod 666 {path}")
    for content in (b"new", b"n" * LARGE):
        assert upload(place, path, content).ok
        assert host.sh(f"ls -ln {path}").split()[2] == "0"
        assert host.sh(f"wc -c <{path}").strip() == str(len(content))
    host.sh(f"chmod 644 {path}")
    assert "denied" in message(upload(place, path, b"x"))
    assert "denied" in message(upload(place, f"{place.folder}/new", b"x"))
    assert "denied" in message(upload(place, f"{place.folder}/new", b"x" * LARGE))
    assert host.sh(f"ls -A {place.folder}").split() == ["file"]


def test_the_owner_is_kept_where_only_writing_is_allowed(lab: Lab, host: Host) -> None:
    place = place_on(lab, host, "alice", owner="alice")
    path = f"{place.folder}/file"
    host.sh(f"echo old >{path}; chmod 666 {path}")
    assert upload(place, path, b"new").ok
    assert host.sh(f"ls -ln {path}; cat {path}").split()[2] == "0"
    host.sh(f"echo old >{path}; chmod 644 {path}")
    assert "denied" in message(upload(place, path, b"x"))


def test_a_device_and_a_backup(place: Place, host: Host) -> None:
    assert upload(place, "/dev/null", b"x" * SMALL).ok
    assert host.sh("ls -l /dev/null").startswith("c")
    path = f"{place.folder}/file"
    assert upload(place, path, b"1", backup_suffix="~").ok
    assert upload(place, path, b"2", backup_suffix="~").ok
    assert host.sh(f"cat {path}~ {path}") == "12"


def test_links(place: Place, host: Host) -> None:
    host.sh(f"cd {place.folder}; mkdir d; ln -s d/target rel; ln -s $PWD/rel abs; ln -s loop loop; ln -s d dir")
    assert upload(place, f"{place.folder}/abs", b"through").ok
    assert host.sh(f"cat {place.folder}/d/target; readlink {place.folder}/rel") == "throughd/target\n"
    assert "symbolic links" in message(upload(place, f"{place.folder}/loop", b"x"))
    assert "directory" in message(upload(place, f"{place.folder}/dir", b"x"))


def test_odd_names(place: Place, host: Host) -> None:
    for name in ("-rf", "a b", "it's", "$(touch x)", "new\nline", "é", ".hidden", "n" * 255):
        content = name.encode()
        sink = io.BytesIO()
        results = place.submit(
            Upload(io.BytesIO(content), f"{place.folder}/{name}"), Download(f"{place.folder}/{name}", sink)
        )
        assert [result.failure for result in results] == [None, None], name
        assert sink.getvalue() == content
    assert host.sh(f"cd {place.folder}; set -- * .[!.]*; echo $#").strip() == "8"


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_an_interruption_leaves_nothing(lab: Lab, host: Host, size: int) -> None:
    place = place_on(lab, host, "root")
    path = f"{place.folder}/file"
    host.sh(f"echo old >{path}")

    class Slow(io.BytesIO):
        """Is interrupted while it is read, or soon after."""

    async def body(session: ShellSession) -> list[Result]:
        batch = [place.command("sleep 0.3"), Upload(Slow(os.urandom(size)), path), place.command("sleep 60")]
        running = asyncio.ensure_future(session.submit(batch))
        await asyncio.sleep(0.31)
        await session.interrupt()
        return await running

    before = host.snapshot()
    place.with_session(body)
    assert not [leak for leak in host.leaks(before) if "suite" not in leak]
    left = set(host.sh(f"ls -A {place.folder}").split())
    assert left == {"file"}
    assert host.sh(f"wc -c <{path}").strip() in ("4", str(size))


def test_relative_to_the_login_folder(lab: Lab, host: Host) -> None:
    place = Place(lambda: link_to(lab, host, "deploy"), "/tmp", ExecOptions())
    assert upload(place, "relative", b"x").ok
    assert host.sh("cat /home/deploy/relative") == "x"
    there = replace(place, options=ExecOptions(chdir="/tmp"))
    assert upload(there, "relative-suite", b"y").ok
    assert host.sh("cat /tmp/relative-suite; rm /tmp/relative-suite") == "y"


def test_a_large_file_of_root(lab: Lab, plain_hosts: list[Host]) -> None:
    place = place_on(lab, plain_hosts[0], "deploy", (SUDO,), owner="root")
    content = os.urandom(20_000_000)
    sink = io.BytesIO()
    path = f"{place.folder}/large"
    results = place.submit(
        Upload(io.BytesIO(content), path, place.options, mode="600"),
        Download(path, sink, place.options),
        place.command("id -u"),
    )
    assert [result.failure for result in results] == [None] * 3
    assert sink.getvalue() == content
    assert results[2].output.bytes_of(STDOUT) == b"0\n"
