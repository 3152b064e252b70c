"""This machine's Python inside a host of the lab, for programs that work on the machine they run on.

The hosts have no Python, and must not see this machine's files either. So the few folders that the interpreter needs
are mounted into the host, read-only, and its programs find everything else where the host has it.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from tests.lab import Host

ROOT = Path(__file__).parents[2]
PLACE = "/borrowed"

# Mounts cannot be bound across mount namespaces, except as a detached copy that is made on one side and attached on the
# other. No program of Debian 12 does that.
_LEND = """
import ctypes, os, sys

OPEN_TREE, MOVE_MOUNT, MOUNT_SETATTR = 428, 429, 442
HERE, EMPTY_PATH, CLONE, RECURSIVE, NEWNS = -100, 0x1000, 1, 0x8000, 0x20000
READ_ONLY = (ctypes.c_uint64 * 4)(1, 0, 0, 0)
libc = ctypes.CDLL(None, use_errno=True)

def check(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result

pid, *pairs = sys.argv[1:]
lent = []
for source, target in zip(pairs[::2], pairs[1::2]):
    tree = check(libc.syscall(OPEN_TREE, HERE, source.encode(), CLONE | RECURSIVE))
    check(libc.syscall(MOUNT_SETATTR, tree, b"", EMPTY_PATH | RECURSIVE, READ_ONLY, ctypes.sizeof(READ_ONLY)))
    lent.append((tree, target))
check(libc.setns(os.open(f"/proc/{pid}/ns/mnt", os.O_RDONLY), NEWNS))
for tree, target in lent:
    os.makedirs(target)
    check(libc.syscall(MOVE_MOUNT, tree, b"", HERE, target.encode(), 4))
"""


def _loader() -> Path:
    """The dynamic loader of this process: its folder has the interpreter's libraries too."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        path = Path(line.partition("/")[1] + line.partition("/")[2])
        if path.name.startswith("ld-"):
            return path.resolve()
    raise RuntimeError("this interpreter is linked statically")


class BorrowedPython:
    """Runs Python programs in a host, as any of its users."""

    def __init__(self, host: Host) -> None:
        self.host = host
        loader, base = _loader(), Path(sys.base_prefix)
        lent = {base: "python", loader.parent: "lib", Path(sysconfig.get_path("purelib")): "packages", ROOT: "checkout"}
        pairs = [word for source, name in lent.items() for word in (str(source), f"{PLACE}/{name}")]
        subprocess.run([sys.executable, "-c", _LEND, str(host.pid), *pairs], check=True)
        executable = Path(sys.executable).resolve().relative_to(base.resolve())
        self._command = [
            f"{PLACE}/lib/{loader.name}",
            "--library-path",
            f"{PLACE}/python/lib:{PLACE}/lib",
            f"{PLACE}/python/{executable}",
        ]

    def run(self, *words: str, user: str = "root", check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run ``python WORDS``; the checkout is at ``/borrowed/checkout``."""
        settings = [
            f"HOME={self._home(user)}",
            f"USER={user}",
            f"PYTHONHOME={PLACE}/python",
            f"PYTHONPATH={PLACE}/checkout/src:{PLACE}/packages",
            "PYTHONDONTWRITEBYTECODE=1",
            "PYTHONWARNINGS=error",
        ]
        become: Sequence[str] = ["runuser", "-u", user, "--"] if user != "root" else []
        return self.host.run([*become, "env", *settings, *self._command, *words], check=check)

    def _home(self, user: str) -> str:
        return self.host.sh(f"getent passwd {user}").split(":")[5]
