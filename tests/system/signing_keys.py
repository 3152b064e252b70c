"""Keys made on this machine, hosts that hold their public parts, and a server that hands them out."""

from __future__ import annotations

import ipaddress
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.lab import Host

NAMES = ("one", "two")


def gpg_here(home: str, *words: str, given: bytes | None = None) -> bytes:
    """Return what gpg prints, run on this machine with a home directory of its own."""
    command = ["gpg", "--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "",
               *words]  # fmt: skip
    return subprocess.run(command, check=True, capture_output=True, input=given).stdout


@contextmanager
def made_keys(home: Path) -> Iterator[dict[str, str]]:
    """Two key pairs: ``home``, and the fingerprints of ``one`` and ``two``.

    Args:
        home: directory for them; its path must be short, as gpg makes sockets there.
    """
    home.chmod(0o700)
    found = {"home": str(home)}
    for name in NAMES:
        try:
            gpg_here(str(home), "--quick-gen-key", f"{name}: é <{name}@x>")
        except FileNotFoundError:
            pytest.skip("no gpg here to make keys with")
        listed = gpg_here(str(home), "--with-colons", "--list-keys", f"{name}@x").decode().splitlines()
        found[name] = next(line.split(":")[9] for line in listed if line.startswith("fpr:"))
    yield found
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=True)


def bring_keys(host: Host, keys: dict[str, str]) -> None:
    """Put the public keys into ``/opt/keys`` of a host: one, two and both, as bytes and as text; and no key."""
    where = host.root / "opt/keys"
    host.sh("rm -rf /opt/keys; mkdir -p /opt/keys")
    for name in NAMES:
        (where / f"{name}.asc").write_bytes(gpg_here(keys["home"], "--armor", "--export", keys[name]))
        (where / f"{name}.gpg").write_bytes(gpg_here(keys["home"], "--export", keys[name]))
    (where / "both.gpg").write_bytes(gpg_here(keys["home"], "--export"))
    (where / "both.asc").write_bytes(gpg_here(keys["home"], "--armor", "--export"))
    (where / "page.html").write_text("<html>not found</html>")


class Server(ThreadingHTTPServer):
    """Serves a folder; asked as a keyserver is, it hands out keys by their ids."""

    daemon_threads = True

    def __init__(self, folder: Path, keys: dict[str, str]) -> None:
        super().__init__(("0.0.0.0", 0), _Handler)
        self.folder, self.keys = folder, keys
        self.asked: list[str] = []

    def address(self, host: Host) -> str:
        """Where a host finds it: ``198.18.0.1:4321``."""
        here = ipaddress.ip_network(f"{host.address}/20", strict=False)[1]
        return f"{here}:{self.server_address[1]}"

    def answer(self, path: str) -> bytes | None:
        """What is at a path."""
        asked = urlsplit(path)
        if asked.path == "/pks/lookup":
            wanted = parse_qs(asked.query)["search"][0].upper().removeprefix("0X")
            found = [key for key in (self.keys[name] for name in NAMES) if key.endswith(wanted)]
            return gpg_here(self.keys["home"], "--armor", "--export", *found) if found else None
        file = self.folder / asked.path.lstrip("/")
        return file.read_bytes() if file.is_file() else None


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        content = self.server.answer(self.path)
        self.send_response(200 if content is not None else 404)
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def serving(folder: Path, keys: dict[str, str]) -> Iterator[Server]:
    """A server of files and keys."""
    with Server(folder, keys) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
