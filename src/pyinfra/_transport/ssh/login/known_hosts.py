"""The known_hosts files: read once per run, looked up by name, appended to."""

from __future__ import annotations

import base64
import binascii
import fcntl
import hashlib
import hmac
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from pyinfra._core.records import Record

from ..config.syntax import matches_list

if TYPE_CHECKING:
    from collections.abc import Iterable

CERT_AUTHORITY = "@cert-authority"
REVOKED = "@revoked"
SSH_PORT = 22
_SALT_BYTES = 20  # of SHA-1, as ssh-keygen -H makes them


class KnownKey(Record):
    """A key in a known_hosts file."""

    marker: str  # "", CERT_AUTHORITY, REVOKED
    kind: str
    blob: bytes
    place: str  # file:line

    @property
    def file(self) -> str:
        """The file it stands in."""
        return self.place.rpartition(":")[0]


def lookup_name(host: str, port: int) -> str:
    """Return the name under which a host stands in known_hosts."""
    host = host.lower()
    return host if port == SSH_PORT else f"[{host}]:{port}"


class KnownHostsFile:
    """One parsed file."""

    def __init__(self, text: str, path: str) -> None:
        self._exact: dict[str, list[KnownKey]] = {}
        self._patterns: list[tuple[str, KnownKey]] = []
        self._hashed: list[tuple[bytes, bytes, KnownKey]] = []
        for number, line in enumerate(text.split("\n"), 1):
            words = line.split()
            marker = words.pop(0) if words and words[0].startswith("@") else ""
            if len(words) < 3 or words[0].startswith("#") or marker not in ("", CERT_AUTHORITY, REVOKED):
                continue
            try:
                blob = base64.b64decode(words[2], validate=True)
            except binascii.Error:
                continue
            self._add(words[0], KnownKey(marker, words[1], blob, f"{path}:{number}"))

    def _add(self, names: str, key: KnownKey) -> None:
        if names.startswith("|1|"):
            salt, _, digest = names[3:].partition("|")
            try:
                self._hashed.append((base64.b64decode(salt), base64.b64decode(digest), key))
            except binascii.Error:
                return
        elif any(char in names for char in "*?!"):
            self._patterns.append((names.lower(), key))
        else:
            for name in names.lower().split(","):
                self._exact.setdefault(name, []).append(key)

    def lookup(self, name: str) -> list[KnownKey]:
        """Return the keys of a host."""
        found = list(self._exact.get(name, ()))
        found += [key for patterns, key in self._patterns if matches_list(name, patterns)]
        if self._hashed:
            encoded = name.encode()
            found += [key for salt, digest, key in self._hashed if hmac.digest(salt, encoded, "sha1") == digest]
        return found


_Signature = tuple[int, int, int] | None


class KnownHosts:
    """All known_hosts files of a run, and the keys accepted in it."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[_Signature, KnownHostsFile]] = {}
        self._accepted: dict[str, list[KnownKey]] = {}

    def lookup(self, paths: Iterable[str], name: str) -> list[KnownKey]:
        """Return what the files, and this run, know about a host."""
        found = [key for path in paths for key in self._file(path).lookup(name)]
        in_files = {key.blob for key in found}
        return found + [key for key in self._accepted.get(name, ()) if key.blob not in in_files]

    def _file(self, path: str) -> KnownHostsFile:
        signature = _signature(path)
        known = self._files.get(path)
        if known is None or known[0] != signature:
            text = "" if signature is None else _read(path)
            known = self._files[path] = (signature, KnownHostsFile(text, path))
        return known[1]

    def accept(self, path: str | None, name: str, kind: str, blob: bytes, *, hashed: bool) -> bool:
        """Remember a new key, for this run and in a file; return False when the run has seen another one.

        Args:
            path: the file to append to; its folder is made when it is missing. None for this run only.
            name: as :func:`lookup_name` gives it.
            hashed: write a hash in place of the name.

        Raises:
            OSError: when the file cannot be written; the key is remembered for this run all the same.
        """
        remembered = self._accepted.setdefault(name, [])
        if remembered:  # another connection to the same host was quicker
            return any(key.blob == blob for key in remembered)
        remembered.append(KnownKey("", kind, blob, f"{path or 'accepted in this run'}:0"))
        if path is not None and not any(key.blob == blob for key in self._file(path).lookup(name)):
            _append(Path(path), f"{_hash(name) if hashed else name} {kind} {base64.b64encode(blob).decode()}\n")
        return True


def _signature(path: str) -> _Signature:
    try:
        status = os.stat(path)  # noqa: PTH116 - hot
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size, status.st_ino) if stat.S_ISREG(status.st_mode) else None


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""  # as ssh does: a file that cannot be read knows nobody


def _append(path: Path, line: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return  # /dev/null
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            line = "\n" + line
        os.write(descriptor, line.encode("utf-8", "surrogateescape"))  # one write: whole lines, whoever else appends
    finally:
        os.close(descriptor)


def _hash(name: str) -> str:
    salt = os.urandom(_SALT_BYTES)
    digest = hmac.digest(salt, name.encode(), "sha1")
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"


def fingerprint(blob: bytes) -> str:
    """Return the fingerprint of a key as ssh shows it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
