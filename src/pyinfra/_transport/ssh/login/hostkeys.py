"""Whether the key that a host shows is the one that is trusted."""

from __future__ import annotations

import base64
import shlex
from typing import TYPE_CHECKING

import asyncssh

from pyinfra._core.errors import HostKeyError
from pyinfra._core.records import Record

from .known_hosts import CERT_AUTHORITY, REVOKED, SSH_PORT, KnownHosts, KnownKey, fingerprint, lookup_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..config.settings import Settings

STRICT, ACCEPT_NEW, ASK, OFF = "yes", "accept-new", "ask", "no"


class Question(Record):
    """A key that somebody has to accept."""

    text: str
    blob: bytes


class HostKeyCheck:
    """Judges the keys that one connection shows.

    A new key is written down only when the key exchange has proved that the host owns it (:meth:`proved`).

    Args:
        known: the known_hosts files.
        settings: of the host; names the files and the policy.
        warn: is told what a user should know.
    """

    def __init__(self, known: KnownHosts, settings: Settings, warn: Callable[[str], None]) -> None:
        self._known = known
        self._settings = settings
        self._warn = warn
        self.policy = settings.host_keys or ACCEPT_NEW
        self.name = settings.host_key_alias or lookup_name(settings.hostname, settings.port)
        self.certificates = True
        self.failure: HostKeyError | None = None
        self.question: Question | None = None
        self.tampered = False  # a key that differs was let through by StrictHostKeyChecking no
        self._approved: bytes | None = None
        self._new: asyncssh.SSHKey | None = None
        self.refresh()

    def refresh(self) -> None:
        """Look the host up (again)."""
        self.failure = None
        self.question = None
        self._new = None
        self._exact = True
        found = self._lookup(self.name)
        settings = self._settings
        by_port = settings.host_key_alias is None and settings.port != SSH_PORT
        if by_port and not any(key.marker != REVOKED for key in found):
            # as ssh: a key that stands under the name alone is good for every port, but proves no change
            self._exact = False
            found += self._lookup(settings.hostname.lower())
        self._keys = [key for key in found if not key.marker]
        self._authorities = [key for key in found if key.marker == CERT_AUTHORITY]
        self._revoked = [key for key in found if key.marker == REVOKED]

    def _lookup(self, name: str) -> list[KnownKey]:
        files = [*self._settings.user_known_hosts, *self._settings.global_known_hosts]
        return self._known.lookup(files, name)

    @property
    def known_kinds(self) -> list[str]:
        """The types of the keys that are known."""
        return [key.kind for key in self._keys]

    @property
    def offers_certificates(self) -> bool:
        """Whether a certificate of the host could be judged."""
        return self.certificates and bool(self._authorities)

    def approve(self, blob: bytes) -> None:
        """Accept a key that somebody was asked about."""
        self._approved = blob

    def accepts(self, key: asyncssh.SSHKey, *, loopback: bool = False) -> bool:
        """Return whether a key is good; else ``failure`` or ``question`` says why not."""
        blob = key.public_data
        revoked = next((known for known in self._revoked if known.blob == blob), None)
        if revoked is not None:
            self.failure = self._error(f"the key of {self.name} is revoked ({revoked.place})")
            return False
        if any(known.blob == blob for known in self._keys):
            return True
        if loopback and self._settings.trust_localhost:
            return True
        if self._keys and self._exact:
            return self._changed(key)
        return self._unknown(key)

    def accepts_authority(self, key: asyncssh.SSHKey) -> bool:
        """Return whether an authority may vouch for the host."""
        blob = key.public_data
        if any(known.blob == blob for known in self._revoked):
            self.failure = self._error(f"the authority that signed the certificate of {self.name} is revoked")
            return False
        return any(known.blob == blob for known in self._authorities)

    def revoked_keys(self) -> list[asyncssh.SSHKey]:
        """Return the keys that no certificate makes good."""
        keys = []
        for known in self._revoked:
            try:
                keys.append(asyncssh.import_public_key(_line(known)))
            except asyncssh.KeyImportError:
                continue
        return keys

    def _changed(self, key: asyncssh.SSHKey) -> bool:
        shown = _describe(key)
        same_kind = [known for known in self._keys if known.kind == _kind(key)]
        known = (same_kind or self._keys)[0]
        if self.policy == OFF:
            self.tampered = True
            self._warn(f"the host key of {self.name} is not the known one ({known.place}); it shows {shown}")
            return True
        what = "has changed" if same_kind else f"is of another type than the known one ({known.kind})"
        command = f"ssh-keygen -R {shlex.quote(self.name)} -f {shlex.quote(known.file)}"
        self.failure = self._error(
            f"the host key of {self.name} {what}: it shows {shown}, known is {fingerprint(known.blob)} ({known.place})",
            hint=f"somebody may be listening in. If the key was changed on purpose: {command}",
        )
        return False

    def _unknown(self, key: asyncssh.SSHKey) -> bool:
        shown = _describe(key)
        if self.policy in (ACCEPT_NEW, OFF) or self._approved == key.public_data:
            self._new = key
            return True
        if self.policy == ASK:
            self.question = Question(f"The host key of {self.name} is not known: {shown}. Connect", key.public_data)
        self.failure = self._error(
            f"the host key of {self.name} is not known: it shows {shown}",
            hint="add it to known_hosts, or set StrictHostKeyChecking accept-new",
        )
        return False

    def proved(self) -> None:
        """The host has proved that it owns the key it showed: write down a new one.

        Raises:
            asyncssh.HostKeyNotVerifiable: when another connection of this run was shown another key.
        """
        key, self._new = self._new, None
        if key is None:
            return
        path = next(iter(self._settings.user_known_hosts), None)
        hashed = self._settings.hash_known_hosts
        try:
            if not self._known.accept(path, self.name, _kind(key), key.public_data, hashed=hashed):
                self.failure = self._error(f"{self.name} has shown two different keys: {_describe(key)} is the second")
                raise asyncssh.HostKeyNotVerifiable("two different keys")
        except OSError as error:
            self._warn(f"the host key of {self.name} could not be added to {path}: {error.strerror}")

    def explain(self, reason: str) -> HostKeyError:
        """Return the error for a key that was refused, by us or by what asyncssh found in a certificate."""
        if self.failure is None and "revoked" in reason:
            places = ", ".join(known.place for known in self._revoked)
            self.failure = self._error(f"the key of {self.name} is revoked ({places})")
        return self.failure or self._error(reason)

    @staticmethod
    def _error(reason: str, hint: str | None = None) -> HostKeyError:
        return HostKeyError(f"SSH host key error ({reason})", hint=hint)


def _kind(key: asyncssh.SSHKey) -> str:
    return key.algorithm.decode("ascii")


def _describe(key: asyncssh.SSHKey) -> str:
    return f"{_kind(key)} {fingerprint(key.public_data)}"


def _line(known: KnownKey) -> bytes:
    return f"{known.kind} {base64.b64encode(known.blob).decode()}".encode()
