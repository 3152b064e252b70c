"""Private keys and certificates: each file is read, and its passphrase asked for, once per run."""

from __future__ import annotations

import asyncio
import base64
import struct
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import asyncssh

from pyinfra._core.records import Record
from pyinfra._core.secrets import HiddenValue, reveal

from .key_paths import UnusableKeyError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from ..options import Prompts

_MAGIC = b"openssh-key-v1\x00"
_BEGIN, _END = b"-----BEGIN OPENSSH PRIVATE KEY-----", b"-----END OPENSSH PRIVATE KEY-----"
KeyPair: TypeAlias = asyncssh.SSHKey | tuple[asyncssh.SSHKey, asyncssh.SSHCertificate]


class KeyFile(Record):
    """What is known of a private key without its passphrase."""

    path: str
    text: bytes
    public: bytes | None  # its public half in wire format
    key: asyncssh.SSHKey | None  # None while it is encrypted
    certificates: tuple[asyncssh.SSHCertificate, ...] = ()

    @property
    def encrypted(self) -> bool:
        """Whether a passphrase is needed."""
        return self.key is None

    def pairs(self, key: asyncssh.SSHKey) -> list[KeyPair]:
        """Return what to offer: the certificates first, then the bare key."""
        return [*((key, certificate) for certificate in self.certificates), key]


class KeyStore:
    """The key files of a run."""

    def __init__(self, prompts: Prompts) -> None:
        self._prompts = prompts
        self._files: dict[tuple[str, tuple[str, ...]], KeyFile] = {}
        self._unlocked: dict[str, asyncio.Future[asyncssh.SSHKey | None]] = {}
        self._asking = asyncio.Lock()

    def file(self, path: str, certificate_files: Sequence[str] = ()) -> KeyFile:
        """Read a key file.

        Args:
            path: the private key.
            certificate_files: certificates that may belong to it; ``<path>-cert.pub`` is always looked at.

        Raises:
            UnusableKeyError: when there is no such file or it is not a private key.
        """
        at = (path, tuple(certificate_files))
        if at not in self._files:
            self._files[at] = _read(path, certificate_files)
        return self._files[at]

    def existing(self, paths: Sequence[str], certificate_files: Sequence[str] = ()) -> list[KeyFile]:
        """Read the key files that exist and can be used; the others are passed over, as ssh does."""
        found = []
        for path in paths:
            try:
                found.append(self.file(path, certificate_files))
            except UnusableKeyError:
                continue
        return found

    async def unlock(self, file: KeyFile, password: HiddenValue | None, *, ask: bool) -> asyncssh.SSHKey | None:
        """Return the key itself; None when its passphrase is needed and nobody can give it.

        Raises:
            UnusableKeyError: when the given passphrase is wrong.
        """
        if file.key is not None:
            return file.key
        if password:
            return await self._once(f"{file.path}\0{reveal(password)}", lambda: self._decrypt(file, reveal(password)))
        return await self._once(file.path, lambda: self._ask(file)) if ask else None

    async def _once(self, name: str, make: Callable[[], Awaitable[asyncssh.SSHKey | None]]) -> asyncssh.SSHKey | None:
        if name not in self._unlocked:
            self._unlocked[name] = asyncio.ensure_future(make())
        return await asyncio.shield(self._unlocked[name])

    async def _decrypt(self, file: KeyFile, password: str) -> asyncssh.SSHKey:
        try:
            # bcrypt takes a tenth of a second and more
            return await asyncio.to_thread(asyncssh.import_private_key, file.text, password)
        except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
            raise UnusableKeyError(f"SSH error (the passphrase for the key {file.path} is wrong)") from error

    async def _ask(self, file: KeyFile) -> asyncssh.SSHKey | None:
        async with self._asking:
            for _ in range(3):
                password = await self._prompts.secret(f"Passphrase for the key {file.path}")
                if not password:
                    return None
                try:
                    return await self._decrypt(file, password)
                except UnusableKeyError:
                    continue
        return None


def _read(path: str, certificate_files: Sequence[str]) -> KeyFile:
    try:
        text = Path(path).read_bytes()
    except FileNotFoundError:
        raise UnusableKeyError(f"SSH error (there is no private key file {path})") from None
    except OSError as error:
        raise UnusableKeyError(f"SSH error (the private key file {path} cannot be read: {error.strerror})") from error
    try:
        key: asyncssh.SSHKey | None = asyncssh.import_private_key(text)
    except asyncssh.KeyEncryptionError:
        key = None
    except asyncssh.KeyImportError as error:
        if "passphrase" not in str(error).lower():
            raise UnusableKeyError(f"SSH error ({path} is not a private key that can be used: {error})") from error
        key = None
    public = key.public_data if key is not None else _public_half(path, text)
    return KeyFile(path, text, public, key, _certificates(path, public, certificate_files))


def _public_half(path: str, text: bytes) -> bytes | None:
    try:
        return asyncssh.read_public_key(f"{path}.pub").public_data
    except (OSError, asyncssh.KeyImportError):
        pass
    start, end = text.find(_BEGIN), text.find(_END)
    if start < 0 or end < 0:
        return None
    try:
        return _first_public(base64.b64decode(text[start + len(_BEGIN) : end]))
    except (ValueError, struct.error):
        return None


def _first_public(data: bytes) -> bytes | None:
    # magic, cipher, key derivation, its options, number of keys, public key, ...
    if not data.startswith(_MAGIC):
        return None
    position = len(_MAGIC)
    for _ in range(3):
        position += 4 + int(struct.unpack_from(">I", data, position)[0])
    position += 4
    size = int(struct.unpack_from(">I", data, position)[0])
    return data[position + 4 : position + 4 + size]


def _certificates(
    path: str, public: bytes | None, certificate_files: Sequence[str]
) -> tuple[asyncssh.SSHCertificate, ...]:
    found = []
    for name in (*certificate_files, f"{path}-cert.pub"):
        try:
            certificate = asyncssh.read_certificate(name)
        except (OSError, asyncssh.KeyImportError):
            continue
        if certificate.key.public_data == public:
            found.append(certificate)
    return tuple(found)
