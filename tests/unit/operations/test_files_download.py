"""``files.download`` on this machine, from a server of our own, with every program that can fetch."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pyinfra.api import HiddenValue, OperationTypeError, OperationValueError
from pyinfra.operations import files

from .machine import Machine

CONTENT = bytes(range(256)) * 100


class Server(ThreadingHTTPServer):
    """Serves one content at every path but ``/none``, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers.items())))
        self.send_response(404 if self.path.endswith("/none") else 200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.send_header("Last-Modified", "Wed, 01 Jan 2020 00:00:00 GMT")
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


PROGRAMS = [
    "env",
    "sh",
    "stat",
    "ls",
    "mktemp",
    "chmod",
    "chown",
    "chgrp",
    "mv",
    "rm",
    "touch",
    "date",
    "cat",
    "sha1sum",
    "sha256sum",
    "sha384sum",
    "md5sum",
    "readlink",
    "wc",
    "cp",
    "mkdir",
    "getent",
    "id",
    "awk",
    "sed",
    "grep",
    "ps",
    "kill",
    "sleep",
    "head",
    "tail",
    "tr",
    "uname",
    "printf",
]


@pytest.fixture(params=["curl", "wget", "busybox"])
def fetcher(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Only one program that fetches is there."""
    found = shutil.which(request.param)
    if found is None:
        pytest.skip(f"{request.param} is not installed")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in PROGRAMS:
        where = shutil.which(name)
        if where is not None:
            (programs / name).symlink_to(where)
    (programs / ("wget" if request.param == "busybox" else request.param)).symlink_to(found)
    monkeypatch.setenv("PATH", str(programs))
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return str(request.param)


def digest(algorithm: str, data: bytes = CONTENT) -> str:
    return hashlib.new(algorithm, data).hexdigest()


def test_a_file_is_fetched_once(fetcher: str, server: Server, machine: Machine, tmp_path: Path) -> None:
    dest = tmp_path / "it's $(here)"
    url = f"{server.url}/a?b='$(id)'&c=[1-2]"
    machine.apply(files.download, src=url, dest=str(dest), headers={"X-Say": 'it\'s "$HOME" \\ `id`'})
    assert dest.read_bytes() == CONTENT
    assert f"{dest.stat().st_mode & 0o777:o}" == "644"
    (asked,) = server.asked
    assert asked[0] == url.removeprefix(server.url)
    assert asked[1]["X-Say"] == 'it\'s "$HOME" \\ `id`'
    dest.write_text("something else")
    machine.unchanged(files.download, src=url, dest=str(dest))
    machine.apply(files.download, src=url, dest=str(dest), force=True, again=False)
    assert dest.read_bytes() == CONTENT
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bin", dest.name]


def test_digests(fetcher: str, server: Server, machine: Machine, tmp_path: Path) -> None:
    dest = tmp_path / "f"
    dest.write_text("old")
    dest.chmod(0o4640)
    sums = {f"{name}sum": digest(name) for name in ("sha384", "sha256", "sha1", "md5")}
    sums["sha1sum"] = sums["sha1sum"].upper()
    machine.apply(files.download, src=f"{server.url}/f", dest=str(dest), **sums)
    assert dest.read_bytes() == CONTENT
    assert f"{dest.stat().st_mode & 0o7777:o}" == "4640"
    wrong = digest("sha256", b"other")
    meta = machine.once(files.download, src=f"{server.url}/f", dest=str(dest), sha256sum=wrong, _ignore_errors=True)
    assert meta.did_error()
    assert f"has another sha256 than {wrong}: {sums['sha256sum']}" in meta.stderr
    assert dest.read_bytes() == CONTENT
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bin", "f"]


def test_age(fetcher: str, server: Server, machine: Machine, tmp_path: Path) -> None:
    dest = tmp_path / "f"
    wanted = {"src": f"{server.url}/f", "dest": str(dest), "cache_time": 3600}
    machine.apply(files.download, **wanted)
    os.utime(dest, (0, dest.stat().st_mtime - 3000))
    machine.unchanged(files.download, **wanted)
    os.utime(dest, (0, dest.stat().st_mtime - 3000))
    machine.apply(files.download, **wanted)
    machine.unchanged(files.download, **{**wanted, "cache_time": 10**40})


def test_what_is_not_there(fetcher: str, server: Server, machine: Machine, tmp_path: Path) -> None:
    dest = tmp_path / "f"
    meta = machine.once(files.download, src=f"{server.url}/none", dest=str(dest), _ignore_errors=True)
    assert meta.did_error()
    assert "404" in meta.stderr
    assert not dest.exists()
    meta = machine.once(files.download, src=f"{server.url}/f", dest=f"{dest}/no/dir", _ignore_errors=True)
    assert meta.did_error()


def test_secrets_are_not_shown(fetcher: str, server: Server, machine: Machine, tmp_path: Path) -> None:
    meta = machine.apply(
        files.download, src=server.url.replace("//", "//me:canary1@") + "/f", dest=str(tmp_path / "f"),
        headers={"Authorization": "canary2", "X-A": HiddenValue("canary3\\\"'")}, again=False,
    )  # fmt: skip
    assert server.asked[-1][1]["X-A"] == "canary3\\\"'"
    assert server.asked[-1][1]["Authorization"] == "canary2"
    assert "canary" not in f"{meta.changes} {meta.commands}"


def test_through_a_proxy(fetcher: str, server: Server, machine: Machine, tmp_path: Path) -> None:
    machine.apply(files.download, src="http://elsewhere.invalid/f", dest=str(tmp_path / "f"), proxy=server.url,
                  insecure=True)  # fmt: skip
    assert server.asked[0][0] == "http://elsewhere.invalid/f"


def test_owner_and_options(server: Server, machine: Machine, tmp_path: Path) -> None:
    dest = tmp_path / "f"
    (tmp_path / "t").mkdir()
    wanted = {"src": f"{server.url}/f", "dest": str(dest), "mode": "751", "temp_dir": tmp_path / "t"}
    if os.getuid() == 0:
        wanted |= {"user": "nobody", "group": "nogroup"}
    machine.apply(
        files.download, **wanted, limit_rate="10m", extra_curl_args={"--user-agent": "it's me", "compressed": ""}
    )
    assert server.asked[0][1]["User-Agent"] == "it's me"
    assert f"{dest.stat().st_mode & 0o7777:o}" == "751"
    dest.chmod(0o600)
    meta = machine.apply(files.download, **wanted)
    assert [str(command) for command in meta.commands] == [f"chmod 751 {dest}"]
    assert len(server.asked) == 1
    if os.getuid() == 0:
        assert dest.owner() == "nobody"


def test_neither_program(server: Server, machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("sh", "mktemp", "rm", "stat"):
        (programs / name).symlink_to(shutil.which(name) or "")
    monkeypatch.setenv("PATH", str(programs))
    meta = machine.once(files.download, src=f"{server.url}/f", dest=str(tmp_path / "f"), _ignore_errors=True)
    assert "neither curl nor wget" in meta.stderr


@pytest.mark.parametrize(
    ("arguments", "error", "argument"),
    [
        ({"src": ""}, OperationValueError, "src"),
        ({"src": "http://a/\n-K /etc/shadow"}, OperationValueError, "src"),
        ({"src": 5}, OperationTypeError, "src"),
        ({"sha256sum": "';touch x;'"}, OperationValueError, "sha256sum"),
        ({"md5sum": "a" * 31}, OperationValueError, "md5sum"),
        ({"headers": {"A\nB": "x"}}, OperationValueError, "headers"),
        ({"headers": {"A": "x\ny: z"}}, OperationValueError, "headers"),
        ({"proxy": "a\nb"}, OperationValueError, "proxy"),
        ({"limit_rate": "1; id"}, OperationValueError, "limit_rate"),
        ({"extra_curl_args": {"-o x": "y"}}, OperationValueError, "extra_curl_args"),
        ({"extra_wget_args": {"$(id)": "y"}}, OperationValueError, "extra_wget_args"),
        ({"cache_time": "1h"}, OperationTypeError, "cache_time"),
        ({"cache_time": -1}, OperationValueError, "cache_time"),
    ],
)
def test_arguments_that_make_no_sense(
    arguments: dict[str, Any], error: type[Exception], argument: str, machine: Machine, tmp_path: Path
) -> None:
    raised = machine.fails(files.download, **{"src": "http://a/f", "dest": str(tmp_path / "f"), **arguments})
    assert isinstance(raised, error)
    assert raised.details.argument == argument  # type: ignore[attr-defined]


def test_something_else_is_there(machine: Machine, tmp_path: Path) -> None:
    assert "not a file" in str(machine.fails(files.download, src="http://a/f", dest=str(tmp_path)))
