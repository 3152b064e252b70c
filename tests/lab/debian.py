"""The Debian root that plain and systemd hosts share."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.lab import needs, recipe, roots
from tests.lab.places import LabError

# On a tmpfs, as dpkg syncs each file it writes: a third faster than on a disk. The result is copied in the end.
_BOOTSTRAP = """
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs /mnt
mkdir -m 755 /mnt/root
debootstrap --variant=minbase --include="$2" "$3" /mnt/root "$4" >&2
cat > /mnt/finish
cp /etc/resolv.conf /mnt/root/etc/resolv.conf
mount -t proc proc /mnt/root/proc
chroot /mnt/root sh -ec "$(cat /mnt/finish)"
umount /mnt/root/proc
rm -f /mnt/root/etc/resolv.conf
cp -a /mnt/root/. "$1/"
"""
_FINISH = """
cd /tmp
apt-get -q download {unpacked}
for package in *.deb; do dpkg-deb -x "$package" /; rm "$package"; done
command -v fish >> /etc/shells
{users}
usermod -p '{password}' root
rm -f /etc/ssh/ssh_host_* /etc/machine-id
: > /etc/machine-id
systemctl enable ssh.service
systemctl mask console-getty.service
apt-get clean
"""


def ensure_base() -> Path:
    """The Debian root, built when there is none for the current recipe."""
    # Of the rest of the recipe a host gets its own copy when it starts, so a change of it needs no new root.
    parts = (recipe.SUITE, recipe.PACKAGES, recipe.UNPACKED, recipe.USERS, recipe.PASSWORD_HASH, recipe.SUDOERS)
    version = repr((*parts, recipe.DOAS, recipe.POLICY_RC_D, _BOOTSTRAP, _FINISH))
    return roots.built("debian", version, _build)


def archive() -> str:
    """The Debian archive that this machine itself installs from, or $LAB_MIRROR."""
    if given := os.environ.get("LAB_MIRROR"):
        return given
    command = ["apt-get", "indextargets", "--format", "$(SITE) $(CODENAME) $(COMPONENT)", "Created-By: Packages"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    for line in lines:
        site, *rest = line.split()
        if rest == [recipe.SUITE, "main"]:
            return site.rstrip("/")
    raise LabError(f"no archive of Debian {recipe.SUITE} in the apt settings of this machine: set LAB_MIRROR")


def _build(root: Path) -> None:
    needs.install(needs.missing(needs.TO_BUILD))
    print("building the lab's Debian root, once: this takes one to two minutes", file=sys.stderr, flush=True)
    users = "\n".join(
        f"useradd -m -u {uid} -s {shell} -p '{recipe.PASSWORD_HASH}' {name}"
        for name, (uid, shell) in recipe.USERS.items()
    )
    finish = _FINISH.format(unpacked=" ".join(recipe.UNPACKED), users=users, password=recipe.PASSWORD_HASH)
    roots.in_own_namespaces(_BOOTSTRAP, root, ",".join(recipe.PACKAGES), recipe.SUITE, archive(), given=finish)
    _configure(root)


def _configure(root: Path) -> None:
    def write(path: str, text: str, mode: int = 0o644) -> None:
        (root / path).write_text(text)
        (root / path).chmod(mode)

    write("etc/sudoers.d/lab", recipe.SUDOERS, 0o440)
    write("etc/doas.conf", recipe.DOAS, 0o440)
    write("usr/sbin/policy-rc.d", recipe.POLICY_RC_D, 0o755)
