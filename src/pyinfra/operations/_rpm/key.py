"""``key``: whose packages are trusted."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Any

from pyinfra import host
from pyinfra.api import StringCommand
from pyinfra.api.planning import change, prefetch, promise
from pyinfra.facts._rpm.installed import InstalledRpms, Rpms
from pyinfra.facts._rpm.keys import Key, RpmKeyFile
from pyinfra.facts._shell import path_word

from .archive import check_source

_KEYS = "gpg-pubkey"  # rpm lists keys like packages of this name


def ensure_key(src: Any) -> Generator[StringCommand, None, None]:
    """Yield what makes rpm trust the keys in a file.

    Args:
        src: path of the file on the host, or an address.
    """
    check_source(src)
    prefetch(RpmKeyFile, src=src)
    rpms: Rpms = host.get_fact(InstalledRpms)
    known = rpms["versions"].get(_KEYS) or set()
    keys: list[Key] = host.get_fact(RpmKeyFile, src=src)
    missing = [key for key in keys if not _is_known(key, known)]
    if keys and not missing:
        host.noop(f"the keys in {src} are known")
        return
    yield StringCommand("rpm --import", path_word(src))
    for fingerprint, _ in missing:
        change(f"key {fingerprint}", "trusted", False, True)
    if not keys:
        change("rpm", "keys", None, f"from {src}")
    # what the new ones will be listed as depends on how old rpm is
    versions: dict[str, Any] = {**rpms["versions"], _KEYS: None}
    promise(InstalledRpms, {**rpms, "versions": versions}, exact=False)


def _is_known(key: Key, known: Iterable[str]) -> bool:
    """Whether a key is listed: by its fingerprint, or by the end of that, as a version, and its time as a release."""
    fingerprint, made = key
    for one in known:
        version, _, release = one.partition("-")
        if len(version) >= 8 and fingerprint.endswith(version.lower()) and release.lstrip("0") == made:
            return True
    return False
