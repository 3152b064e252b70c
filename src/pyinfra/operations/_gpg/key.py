"""``gpg.key`` and ``gpg.dearmor``: keys in files."""

from __future__ import annotations

import posixpath
from collections.abc import Generator, Iterable, Mapping
from typing import Any

from pyinfra import host
from pyinfra._lib.fetching import is_url
from pyinfra.api import OperationError, OperationTypeError, OperationValueError, StringCommand, operation
from pyinfra.api.planning import affects, change, prefetch
from pyinfra.api.planning import path as path_resource
from pyinfra.facts._files.contents import FileText
from pyinfra.facts._gpg.keys import KeyringsWithoutGpg
from pyinfra.facts._shell import path_word
from pyinfra.facts.files import File
from pyinfra.facts.gpg import GpgKeyrings
from pyinfra.operations._files.attributes import Attributes
from pyinfra.operations._files.entries import make_parents, promise_entry, promise_gone
from pyinfra.operations._files.paths import host_path, missing_parents
from pyinfra.operations._public import public_in

from .commands import ARMOR, key_from, key_from_server, without_keys
from .ids import checked_ids, is_in, matching

Commands = Generator[StringCommand, None, None]


@operation()
@public_in("gpg")
def key(
    src: str | None = None,
    dest: str | None = None,
    keyserver: str | None = None,
    keyid: str | list[str] | None = None,
    dearmor: bool = True,
    mode: str = "0644",
    present: bool = True,
    working_dirs: list[str] | None = None,
) -> Commands:
    """Ensure that a file holds keys, or that keys are in none.

    A file that is there is left as it is, unless ``keyid`` tells of keys that are not in it.

    Args:
        src: where the key comes from: a path on the host, or an address.
        dest: the file.
        keyserver: where it comes from otherwise, with ``keyid``.
        keyid: ids of keys: short, long or whole fingerprints.
        dearmor: have the file hold the key itself, and not the text that it came as.
        mode: permissions of the file.
        present: whether it shall be there. Without ``keyid`` the whole file is removed, otherwise those keys are
            taken out of it.
        working_dirs: directories with keyrings that keys are taken out of when there is no ``dest``.

    Raises:
        OperationError: arguments are missing, or keys are to be taken out of a text that has others, too.
        OperationValueError: ``keyid`` is no id.

    Example:
        gpg.key(src="https://example.org/key.asc", dest="/usr/share/keyrings/example.gpg")
    """
    keyids = checked_ids(keyid)
    for argument, value in (("src", src), ("keyserver", keyserver)):
        if value is not None and (not isinstance(value, str) or not value or value.startswith("-") or "\0" in value):
            raise OperationValueError(f"{argument} cannot be {value!r}", argument=argument)
    path = None if dest is None else host_path(dest, "dest")
    if not present:
        yield from _absent(path, keyids, working_dirs)
        return
    if path is None:
        raise OperationError("dest is missing: the file that shall hold the key", argument="dest")
    if (src is None) == (keyserver is None):
        raise OperationError("either src or keyserver tells where the key comes from", argument="src")
    if keyserver is not None and not keyids:
        raise OperationError("keyid is missing: which keys of the keyserver", argument="keyid")
    wanted = Attributes.checked(None, None, mode)
    missing = _missing_keys(path, keyids)
    if missing is None:
        yield from _adjust(path, wanted)
        return
    yield from make_parents(missing_parents(path))
    if src is not None:
        yield key_from(src, path, str(wanted.mode), dearmor, keyids)
    else:
        yield key_from_server(str(keyserver), keyids, path, str(wanted.mode), armor=not dearmor)
    for one in missing:
        change(f"key {one}", "present", None, True)
    promise_entry(path, File, {**wanted.after(None), "size": None, "atime": None, "mtime": None})


def _missing_keys(path: str, keyids: list[str]) -> list[str] | None:
    """Which keys are not in a file; None when nothing is missing, and it is there."""
    prefetch(File, path=path)
    keys = _keyrings([posixpath.dirname(path)]).get(path, {}).get("keys", {}) if keyids else {}
    found = host.get_fact(File, path=path)
    if found is False:
        raise OperationError(f"{path} exists and is not a file")
    missing = [keyid for keyid in keyids if not is_in(keyid, keys)]
    return missing if missing or found is None else None


def _keyrings(directories: Iterable[str]) -> dict[str, Any]:
    """What is in which file; fingerprints only where there is no gpg."""
    asked = list(directories)
    prefetch(GpgKeyrings, directories=asked)
    prefetch(KeyringsWithoutGpg, directories=asked)
    # Both are waited for: what is read when a run ends is ended, too, and would leave its files behind.
    found, without_gpg = (host.get_fact(fact, directories=asked) for fact in (GpgKeyrings, KeyringsWithoutGpg))
    return dict(found or without_gpg or {})


def _adjust(path: str, wanted: Attributes) -> Commands:
    found = host.get_fact(File, path=path)
    if not wanted.mode_differs(found):
        host.noop(f"the key in {path} is there")
        return
    yield from wanted.commands(path, found)
    promise_entry(path, File, wanted.after(found))


def _absent(path: str | None, keyids: list[str], working_dirs: Any) -> Commands:
    if path is None and not (keyids and working_dirs):
        raise OperationError("dest, or keyid and working_dirs, tell which key shall not be there", argument="dest")
    if path is not None and not keyids:
        yield from _remove_file(path)
        return
    directories = [posixpath.dirname(path)] if path is not None else _checked_directories(working_dirs)
    keyrings = {name: found for name, found in _keyrings(directories).items() if path in (None, name)}
    holders = {name: fingerprints for name, found in keyrings.items()
               if (fingerprints := matching(keyids, found["keys"]))}  # fmt: skip
    if not holders:
        host.noop("those keys are not there")
    # All is read before the first command.
    whole = {name: len(fingerprints) == len(keyrings[name]["keys"]) for name, fingerprints in holders.items()}
    modes = {name: _mode_of_keyring(name) for name in holders if not whole[name]}
    if modes and not host.get_fact(GpgKeyrings, directories=directories):
        raise OperationError(f"there are other keys in {next(iter(modes))}, too: taking one out of it needs gpg")
    for name, fingerprints in holders.items():
        if whole[name]:
            yield StringCommand("rm", "-f", path_word(name))
            promise_gone(name)
        else:
            yield without_keys(name, fingerprints, modes[name])
            affects(path_resource(name))
        for fingerprint in fingerprints:
            change(f"key {fingerprint} in {name}", "present", True, None)


def _remove_file(path: str) -> Commands:
    found = host.get_fact(File, path=path)
    if found is None:
        host.noop(f"there is no {path}")
        return
    if found is False:
        raise OperationError(f"{path} exists and is not a file")
    yield StringCommand("rm", "-f", path_word(path))
    promise_gone(path)


def _mode_of_keyring(path: str) -> str:
    """The permissions of a keyring that keys can be taken out of."""
    prefetch(File, path=path)
    content = host.get_fact(FileText, path=path)
    if content and ARMOR in (content.text or ""):
        raise OperationError(f"{path} is a text with other keys, too: none can be taken out of it")
    found: Mapping[str, Any] = host.get_fact(File, path=path) or {}
    return str(found.get("mode") or "644")


def _checked_directories(directories: Any) -> list[str]:
    if not isinstance(directories, (list, tuple)):
        raise OperationTypeError(f"working_dirs must be a list, not {directories!r}", argument="working_dirs")
    return [host_path(directory, "working_dirs") for directory in directories]


@operation()
@public_in("gpg")
def dearmor(src: str, dest: str, mode: str = "0644") -> Commands:
    """Write the key that a text holds to a file, every time.

    Args:
        src: file of the host with the text, or with the key itself; or an address.
        dest: the file that shall hold the key.
        mode: its permissions.

    Raises:
        OperationValueError: ``src`` or ``dest`` cannot be a path.

    Example:
        gpg.dearmor(src="/tmp/key.asc", dest="/usr/share/keyrings/example.gpg")
    """
    source = src if isinstance(src, str) and is_url(src) else host_path(src, "src")
    path = host_path(dest, "dest")
    wanted = Attributes.checked(None, None, mode)
    yield from make_parents(missing_parents(path))
    yield key_from(source, path, str(wanted.mode), dearmor=True)
    change(f"file {path}", "key", None, "written")
    promise_entry(path, File, {**wanted.after(None), "size": None, "atime": None, "mtime": None})
