"""The files that a host gets before its first boot: identity, keys, and the configuration of its kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.lab import recipe
from tests.lab.guest import SeedFile

HOST_KEY = "etc/ssh/ssh_host_ed25519_key"
HOST_CERTIFICATE = f"{HOST_KEY}-cert.pub"


@dataclass(frozen=True)
class Identity:
    name: str
    address: str
    private_key: str
    public_key: str
    certificate: str | None
    client_key: str  # public key that opens every user
    user_ca: str  # public key that signs users' keys


def homes(kind: str) -> dict[str, tuple[str, int]]:
    """Of each user of a host of this kind: home folder without the leading slash, and uid."""
    names = recipe.BUSYBOX_USERS if kind == "busybox" else tuple(recipe.USERS)
    return {"root": ("root", 0), **{name: (f"home/{name}", recipe.USERS[name][0]) for name in names}}


def files(kind: str, identity: Identity, sshd: Mapping[str, str]) -> Iterator[SeedFile]:
    yield SeedFile("etc/hostname", f"{identity.name}\n")
    yield SeedFile("etc/hosts", f"127.0.0.1 localhost\n{identity.address} {identity.name}\n")
    yield SeedFile(HOST_KEY, identity.private_key, 0o600)
    yield SeedFile(f"{HOST_KEY}.pub", identity.public_key)
    for home, uid in homes(kind).values():
        yield SeedFile(f"{home}/.ssh/authorized_keys", identity.client_key, 0o600, uid)
    if kind == "busybox":
        yield SeedFile("etc/lab-init", recipe.BUSYBOX_INIT)
        return
    yield SeedFile("etc/ssh/sshd_config", recipe.SSHD_CONFIG)
    yield SeedFile("etc/ssh/lab_user_ca.pub", identity.user_ca)
    if sshd:
        yield SeedFile("etc/ssh/sshd_config.d/10-host.conf", "".join(f"{k} {v}\n" for k, v in sshd.items()))
    if identity.certificate:
        yield SeedFile(HOST_CERTIFICATE, identity.certificate)
        yield SeedFile("etc/ssh/sshd_config.d/20-certificate.conf", f"HostCertificate /{HOST_CERTIFICATE}\n")
    if kind == "plain":
        yield SeedFile("etc/lab-init", recipe.PLAIN_INIT)
        for name, script in recipe.PLAIN_COMMANDS.items():
            yield SeedFile(f"usr/local/sbin/{name}", script, 0o755)
