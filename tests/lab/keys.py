"""Keys and certificates, made by ssh-keygen."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.lab.places import LabError


def command(path: Path, comment: str, kind: str = "ed25519", passphrase: str = "") -> list[str]:
    return ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", comment, "-f", str(path)]


def make(path: Path, comment: str, kind: str = "ed25519", passphrase: str = "") -> None:
    _run(command(path, comment, kind, passphrase))


def public(path: Path) -> Path:
    return path.with_name(path.name + ".pub")


def sign_command(
    ca: Path, key: Path, identity: str, principals: Sequence[str], validity: str, options: Sequence[str]
) -> list[str]:
    """`options` are words for ssh-keygen, such as "-h" for a host certificate or "-O", "no-pty"."""
    names = ["-n", ",".join(principals)] if principals else []
    return ["ssh-keygen", "-q", "-s", str(ca), "-I", identity, *names, "-V", validity, *options, str(key)]


def sign(
    ca: Path, key: Path, identity: str, principals: Sequence[str], validity: str, options: Sequence[str] = ()
) -> Path:
    """Sign the public key, and return the certificate, which ssh-keygen puts beside it."""
    _run(sign_command(ca, key, identity, principals, validity, options))
    return key.with_name(key.name.removesuffix(".pub") + "-cert.pub")


def known_hosts_line(names: Sequence[str], public_key: str, marker: str = "") -> str:
    kind, blob = public_key.split()[:2]
    return f"{marker} {','.join(names)} {kind} {blob}\n".lstrip()


def _run(argv: list[str]) -> None:
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"{' '.join(argv)}: {done.stderr.strip()}")
