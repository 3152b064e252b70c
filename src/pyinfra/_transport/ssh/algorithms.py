"""Which algorithms are offered, in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncssh import encryption, kex, mac, public_key

from .config.syntax import matches_any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# The hybrid and the plain curve cost the client about a millisecond. OpenSSH's older default, sntrup761, costs 130.
_FIRST_KEX = ("mlkem768x25519-sha256", "curve25519-sha256", "curve25519-sha256@libssh.org")
# One call into OpenSSL for a packet; ChaCha20 takes four, and is slower in bulk wherever AES is in hardware.
_FIRST_CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com")
_CERTIFICATE = "-cert-v01@openssh.com"
HOST_KEYS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "rsa-sha2-512",
    "rsa-sha2-256",
)


def _names(algorithms: Iterable[bytes]) -> list[str]:
    return [algorithm.decode("ascii") for algorithm in algorithms]


def select(
    written: str | None, default: Sequence[str], possible: Sequence[str], without: Iterable[str] = ()
) -> list[str]:
    """Apply a list of algorithms as ssh_config writes it: a list, or ``+``, ``-``, ``^`` and a list.

    Names that are not known here are passed over.
    """
    chosen = list(default)
    if written:
        patterns = written.lstrip("+-^").split(",")
        if written[0] == "-":
            chosen = [name for name in default if not matches_any(name, patterns)]
        else:
            named = [name for pattern in patterns for name in possible if matches_any(name, [pattern])]
            chosen = {"+": [*default, *named], "^": [*named, *default]}.get(written[0], named)
    left_out = set(without)
    return [name for name in dict.fromkeys(chosen) if name not in left_out]


def kex_algorithms(written: str | None, without: Iterable[str] = ()) -> list[str]:
    """Return the key exchange algorithms."""
    possible = [name for name in _names(kex.get_kex_algs()) if not name.startswith("gss-")]
    usual = [name for name in _names(kex.get_default_kex_algs()) if not name.startswith("gss-")]
    default = [*(name for name in _FIRST_KEX if name in possible), *usual]
    return select(written, default, possible, without)


def ciphers(written: str | None, without: Iterable[str] = ()) -> list[str]:
    """Return the encryption algorithms."""
    possible = _names(encryption.get_encryption_algs())
    default = [*_FIRST_CIPHERS, *_names(encryption.get_default_encryption_algs())]
    return select(written, default, possible, without)


def macs(written: str | None, without: Iterable[str] = ()) -> list[str]:
    """Return the integrity algorithms."""
    return select(written, _names(mac.get_default_mac_algs()), _names(mac.get_mac_algs()), without)


def of_key(kind: str) -> tuple[str, ...]:
    """Return the signature algorithms of a type of key."""
    return ("rsa-sha2-512", "rsa-sha2-256") if kind == "ssh-rsa" else (kind,)


def host_key_algorithms(
    written: str | None, known_kinds: Iterable[str], *, certificates: bool, without: Iterable[str] = ()
) -> list[str]:
    """Return the host key algorithms: those of keys that are known first, so that they are the ones that are shown.

    Args:
        written: ``HostKeyAlgorithms``.
        known_kinds: the types of the keys that known_hosts holds for the host.
        certificates: whether known_hosts names an authority for the host.
        without: names to leave out.
    """
    possible = _names([*public_key.get_certificate_algs(), *public_key.get_public_key_algs()])
    default = [
        name + _CERTIFICATE if "@" not in name else name.replace("@openssh.com", _CERTIFICATE) for name in HOST_KEYS
    ]
    chosen = select(written, [*default, *HOST_KEYS], possible, without)
    known = [name for kind in known_kinds for name in of_key(kind)]
    if not written or written[0] in "+-":
        chosen.sort(key=lambda name: (_CERTIFICATE not in name, name not in known))
    if not certificates:
        chosen = [name for name in chosen if _CERTIFICATE not in name]
    return [name for name in chosen if name in possible]
