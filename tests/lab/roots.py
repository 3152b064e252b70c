"""Root file systems, built once and kept in the cache.

A root is built beside its place and renamed into it when finished, so an interrupted build never passes for a root.
Its name ends with a hash of its recipe, so a changed recipe gives a new root.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.lab.places import LabError, cache

_UNFINISHED = ".building-"


def built(kind: str, recipe: str, build: Callable[[Path], None]) -> Path:
    """The root of this kind and recipe; `build` fills an empty folder if there is none yet."""
    place = cache() / f"{kind}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"
    if place.exists():
        return place
    with _locked():
        if place.exists():  # another process built it while this one waited
            return place
        remove_unfinished()
        folder = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=cache()))
        root = folder / "root"
        root.mkdir(mode=0o755)
        build(root)
        root.rename(place)
        folder.rmdir()
    return place


def remove_unfinished() -> None:
    for left in cache().glob(_UNFINISHED + "*"):
        shutil.rmtree(left)


def clean() -> None:
    """Remove all cached roots."""
    if cache().exists():
        with _locked():
            shutil.rmtree(cache())


def in_own_namespaces(script: str, *args: str | Path, given: str = "") -> None:
    """Run a shell script whose mounts and processes end with it; `given` is its standard input."""
    env = {k: v for k, v in os.environ.items() if k.lower().endswith("_proxy")}
    env |= {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    argv = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-ec", script, "sh", *map(str, args)]
    done = subprocess.run(argv, env=env, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"cannot build a root file system:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


@contextlib.contextmanager
def _locked() -> Iterator[None]:
    cache().mkdir(parents=True, exist_ok=True)
    with (cache() / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
