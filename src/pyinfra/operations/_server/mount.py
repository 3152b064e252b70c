"""``server.mount``: mounted file systems."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pyinfra import host
from pyinfra.api import OperationTypeError, OperationValueError, QuoteString, StringCommand, operation
from pyinfra.api.planning import affects, prefetch, promise, tree
from pyinfra.facts._server.mounts import MountPoint
from pyinfra.facts.server import Mounts, Os
from pyinfra.operations._files.paths import checked_path
from pyinfra.operations._public import public_in

from .mount_options import missing

Commands = Generator[StringCommand, None, None]
_TYPE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.,+-]*\Z", re.ASCII)


@operation()
@public_in("server")
def mount(
    path: str,
    mounted: bool = True,
    options: list[str] | None = None,
    device: str | None = None,
    fs_type: str | None = None,
) -> Commands:
    """Ensure that a file system is mounted, with these options, or that it is not; until the host is started again.

    Without ``device`` it is what ``/etc/fstab`` has for the path. What is mounted there already stays; it is mounted
    anew only for options that it does not have.

    Args:
        path: directory where it is mounted.
        mounted: whether it shall be mounted.
        options: of the mount: ``["noexec", "size=64m"]``.
        device: what is mounted. One that is mounted elsewhere already counts as mounted, and is unmounted there.
        fs_type: kind of the file system.

    Raises:
        OperationValueError: an argument cannot be what it should be.

    Example:
        server.mount(path="/srv/cache", device="tmpfs", fs_type="tmpfs", options=["noexec", "size=64m"])
    """
    wanted = Wanted.checked(path, options, device, fs_type)
    prefetch(Os)
    prefetch(MountPoint, path=wanted.path)
    mounts = host.get_fact(Mounts)
    system = host.get_fact(Os)
    wanted = replace(wanted, path=host.get_fact(MountPoint, path=wanted.path) or wanted.path)
    place = wanted.place(mounts)
    if place is None:
        yield from _mount(wanted, mounts) if mounted else _nothing(f"{wanted.path} is not mounted")
    elif not mounted:
        yield StringCommand("umount", QuoteString(place))
        # There may be something else below.
        promise(Mounts, {point: found for point, found in mounts.items() if point != place}, exact=False)
        affects(tree(place))
    elif wanted.lacks_options(mounts[place]["options"]):
        yield wanted.again(place, system)
        promise(Mounts, {**mounts, place: {**mounts[place], "options": None}}, exact=False)
    else:
        yield from _nothing(f"{place} is mounted")


def _mount(wanted: Wanted, mounts: Mapping[str, Any]) -> Commands:
    yield wanted.command()
    found = {"device": None, "type": wanted.fs_type, "options": None}
    promise(Mounts, {**mounts, wanted.path: found}, exact=False)
    affects(tree(wanted.path))


def _nothing(note: str) -> Commands:
    host.noop(note)
    yield from ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A mount as it shall be."""

    path: str
    options: Sequence[str]
    device: str | None
    fs_type: str | None

    @classmethod
    def checked(cls, path: Any, options: Any, device: Any, fs_type: Any) -> Wanted:
        """Make one of the arguments of the operation."""
        path = checked_path(path)
        if not path.startswith("/"):
            raise OperationValueError(f"path must be an absolute path, not {path!r}", argument="path")
        return cls(path.rstrip("/") or "/", _checked_options(options), _checked_device(device), _checked_type(fs_type))

    def place(self, mounts: Mapping[str, Any]) -> str | None:
        """Return where it is mounted; None when it is not."""
        if self.path in mounts:
            return self.path
        # What is no path is no device, but a word for something that there may be many of.
        devices = {name for name in (self.device, self.path) if name is not None and name.startswith("/")}
        return next((point for point, found in mounts.items() if found["device"] in devices), None)

    def lacks_options(self, present: Sequence[str] | None) -> bool:
        """Whether a mount has not all the options. Nobody knows those of one that is only planned: taken as right."""
        return present is not None and bool(missing(self.options, present))

    def command(self) -> StringCommand:
        """Return a command that mounts it."""
        words: list[str | QuoteString] = []
        if self.fs_type is not None:
            words += ["-t", QuoteString(self.fs_type)]
        if self.options:
            words += ["-o", QuoteString(",".join(self.options))]
        if self.device is not None:
            words.append(QuoteString(self.device))
        return StringCommand("mount", *words, QuoteString(self.path))

    def again(self, place: str, system: str | None) -> StringCommand:
        """Return a command that gives it its options where it is mounted."""
        options = ",".join(self.options)
        if system in ("Linux", None, ""):
            return StringCommand("mount", "-o", QuoteString(f"remount,{options}"), QuoteString(place))
        words: list[str | QuoteString] = []
        if self.fs_type is not None:
            words += ["-t", QuoteString(self.fs_type)]
        if self.device is not None:
            words.append(QuoteString(self.device))
        return StringCommand("mount", "-u", "-o", QuoteString(options), *words, QuoteString(place))


def _checked_options(options: Any) -> tuple[str, ...]:
    if options is None:
        return ()
    given = [options] if isinstance(options, str) else options
    if not isinstance(given, (list, tuple)) or not all(isinstance(option, str) for option in given):
        raise OperationTypeError(f"options must be a list of texts, not {options!r}", argument="options")
    found = tuple(option.strip() for text in given for option in text.split(",") if option.strip())
    for option in found:
        if not option.isprintable() or any(map(str.isspace, option)):
            raise OperationValueError(f"options: {option!r} is no option of a mount", argument="options")
    return found


def _checked_device(device: Any) -> str | None:
    if device is None:
        return None
    device = checked_path(device, "device")
    if device.startswith("-") or not device.isprintable():
        raise OperationValueError(f"device {device!r} is nothing that can be mounted", argument="device")
    return str(device)


def _checked_type(fs_type: Any) -> str | None:
    if fs_type is not None and not isinstance(fs_type, str):
        raise OperationTypeError(f"fs_type must be a text, not {fs_type!r}", argument="fs_type")
    if fs_type is not None and not _TYPE.match(fs_type):
        raise OperationValueError(f"fs_type {fs_type!r} is no kind of file systems", argument="fs_type")
    return fs_type
