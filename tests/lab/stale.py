"""The folders of running labs, and the removal of those whose processes died without cleaning up."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from tests.lab import guest, network, places
from tests.lab.places import LabError


def claim(name: str) -> tuple[int, network.Network]:
    """Make the folder of a new lab and choose its network.

    The descriptor returned holds a lock on the folder, which all processes of the lab inherit: as long as one of them
    lives, no other lab takes the folder for a stale one.
    """
    with _all_locked():
        _sweep()
        place = places.state(name)
        try:
            place.mkdir(mode=0o700)
        except FileExistsError:
            raise LabError(f"a lab named {name!r} is running") from None
        lock = _try_lock(place)
        assert lock is not None
        chosen = network.Network(network.free_slot(_taken_slots()))
        (place / "slot").write_text(str(chosen.slot))
        return lock, chosen


def _taken_slots() -> set[int]:
    taken = set()
    for slot in places.RUN.glob("*/slot"):
        with contextlib.suppress(FileNotFoundError):  # that lab ends at this moment
            taken.add(int(slot.read_text()))
    return taken


def sweep() -> None:
    """Remove what labs left behind whose processes were killed."""
    if places.RUN.exists():
        with _all_locked():
            _sweep()


def _sweep() -> None:
    for place in places.RUN.iterdir():
        lock = _try_lock(place)
        if lock is not None:
            remove_traces(place.name)
            os.close(lock)


def remove_traces(name: str) -> None:
    """The folder and the control groups of a lab whose processes are gone."""
    cgroups = guest.cgroup_of(name)
    deadline = time.monotonic() + 3
    while cgroups and cgroups.exists() and time.monotonic() < deadline:
        _remove_cgroups(cgroups)  # the kernel may need a moment after the last process of a group
    shutil.rmtree(places.state(name), ignore_errors=True)


def _remove_cgroups(top: Path) -> None:
    for folder, _, _ in os.walk(top, topdown=False):
        with contextlib.suppress(OSError):
            Path(folder).rmdir()
    if top.exists():
        time.sleep(0.02)


@contextlib.contextmanager
def _all_locked() -> Iterator[None]:
    places.RUN.mkdir(mode=0o755, exist_ok=True)
    folder = os.open(places.RUN, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _try_lock(place: Path) -> int | None:
    try:
        descriptor = os.open(place, os.O_RDONLY)
    except FileNotFoundError:  # a lab that ends removes its folder itself
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
