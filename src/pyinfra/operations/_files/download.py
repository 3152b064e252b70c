"""``files.download``: a file from an address, fetched by the host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pyinfra import host
from pyinfra.api import FactBase, OperationError, OperationTypeError, OperationValueError, StringCommand, operation
from pyinfra.api.planning import Resource, change, prefetch, promise
from pyinfra.facts._shell import path_resources, path_word, script
from pyinfra.facts.files import File, Md5File, Sha1File, Sha256File, Sha384File
from pyinfra.operations._public import public_in

from .attributes import Attributes
from .downloading import Download, digests_checked, directory_of
from .entries import promise_entry
from .paths import host_path
from .uploading import Commands

_FACTS = {"sha384": Sha384File, "sha256": Sha256File, "sha1": Sha1File, "md5": Md5File}
_AGES_AGO = 2**31 - 1  # seconds; what every shell can compare with


class OlderThan(FactBase["bool | None"]):
    """Whether a file was changed longer ago than so many seconds; ``None`` when nobody can tell."""

    in_plans = False

    def command(self, path: str, seconds: int) -> StringCommand:
        return script(
            "p=", path_word(path), '; m=$(stat -L -c %Y -- "$p" 2>/dev/null || stat -L -f %m -- "$p" 2>/dev/null) '
            f'&& if [ $(($(date +%s) - m)) -gt {seconds} ]; then echo old; else echo new; fi || :',
        )  # fmt: skip

    def resources(self, path: str, seconds: int) -> Iterable[Resource] | None:
        return path_resources(path)

    def process(self, output: list[str]) -> bool | None:
        return output[0] == "old" if output else None


@operation()
@public_in("files")
def download(
    src: str,
    dest: str,
    user: str | None = None,
    group: str | None = None,
    mode: int | str | None = None,
    cache_time: int | None = None,
    force: bool = False,
    sha384sum: str | None = None,
    sha256sum: str | None = None,
    sha1sum: str | None = None,
    md5sum: str | None = None,
    headers: dict[str, str] | None = None,
    insecure: bool = False,
    proxy: str | None = None,
    limit_rate: str | None = None,
    temp_dir: str | Path | None = None,
    extra_curl_args: dict[str, str] | None = None,
    extra_wget_args: dict[str, str] | None = None,
) -> Commands:
    """Ensure that a file from an address is on the host, which fetches it by itself with curl or wget.

    The file takes the place of the old one in one step, once all of it has arrived and its digests are right. One that
    is there is not fetched again, unless a digest differs or it is older than ``cache_time``.

    Args:
        src: address: ``https://example.org/app.tar.gz``.
        dest: path of the file on the host.
        user: who shall own it.
        group: which group it shall belong to.
        mode: its permissions as ``chmod`` takes them: ``644``, ``"755"``.
        cache_time: seconds after which it is fetched again.
        force: fetch it every time.
        sha384sum: digest that it shall have.
        sha256sum: digest that it shall have.
        sha1sum: digest that it shall have.
        md5sum: digest that it shall have.
        headers: of the request. Their values do not show in lists of processes, except with BusyBox.
        insecure: do not check certificates.
        proxy: address of a proxy.
        limit_rate: bytes a second: ``"500k"``, ``"2m"``.
        temp_dir: directory on the host to fetch it to first, instead of the one that it goes to.
        extra_curl_args: options for curl, with their values: ``{"--retry": "3"}``.
        extra_wget_args: options for wget, with their values.

    Raises:
        OperationError: something else is at ``dest``.
        OperationValueError: a digest, header or option is none.

    Example:
        files.download(src="https://example.org/app.conf", dest="/etc/app.conf", mode="644", cache_time=3600)
    """
    dest = host_path(dest, "dest")
    way = Download(src, headers or {}, insecure, proxy, limit_rate, extra_curl_args or {}, extra_wget_args or {})
    way.check()
    sums = digests_checked(sha384=sha384sum, sha256=sha256sum, sha1=sha1sum, md5=md5sum)
    wanted = Attributes.checked(user, group, mode)
    directory = host_path(temp_dir, "temp_dir") if temp_dir is not None else directory_of(dest)
    seconds = _seconds(cache_time)
    for algorithm in sums:
        prefetch(_FACTS[algorithm], path=dest)
    if seconds is not None:
        prefetch(OlderThan, path=dest, seconds=seconds)
    found = host.get_fact(File, path=dest)
    if found is False:
        raise OperationError(f"{dest} exists and is not a file", argument="dest")
    if found and not force and not _outdated(dest, sums, seconds):
        yield from _adjust(dest, found, wanted)
        return
    yield way.command(dest, directory, sums, wanted, found)
    change(f"file {dest}", "content", f"{found['size']} bytes" if found else None, f"what {way.shown} has")
    for algorithm, digest in sums.items():
        promise(_FACTS[algorithm], digest, path=dest)
    if seconds is not None:
        promise(OlderThan, False, path=dest, seconds=seconds)
    promise_entry(dest, File, {**wanted.after(found), "size": None, "atime": None, "mtime": None})


def _seconds(cache_time: Any) -> int | None:
    if cache_time is None:
        return None
    if isinstance(cache_time, bool) or not isinstance(cache_time, (int, float)):
        raise OperationTypeError(f"cache_time must be seconds, not {cache_time!r}", argument="cache_time")
    if not cache_time >= 0:
        raise OperationValueError(f"cache_time cannot be {cache_time!r}", argument="cache_time")
    return int(min(cache_time, _AGES_AGO))


def _outdated(path: str, sums: Mapping[str, str], seconds: int | None) -> bool:
    if any(host.get_fact(_FACTS[algorithm], path=path) != digest for algorithm, digest in sums.items()):
        return True
    return seconds is not None and host.get_fact(OlderThan, path=path, seconds=seconds) is not False


def _adjust(path: str, found: Mapping[str, Any], wanted: Attributes) -> Commands:
    """What is there is right: see to the rest."""
    if not wanted.owner_differs(found) and not wanted.mode_differs(found):
        host.noop(f"file {path} has already been downloaded")
        return
    yield from wanted.commands(path, found)
    promise_entry(path, File, wanted.after(found))
