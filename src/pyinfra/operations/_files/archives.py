"""Archives: how the host unpacks each kind, and what one on this machine holds."""

from __future__ import annotations

import hashlib
import lzma
import posixpath
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pyinfra.api import OperationValueError, QuoteString
from pyinfra.facts._shell import Part, script

_MOST_MEMBERS = 2000
_LARGEST = 256 * 1024 * 1024  # bytes that are unpacked to be compared

# $a is the archive, $d the directory.
_CHECK = """[ -d "$d" ] || { printf '%s is not a directory\\n' "$d" >&2; exit 1; }
[ -f "$a" ] || { printf '%s is not a file\\n' "$a" >&2; exit 1; }
"""


@dataclass(frozen=True, slots=True)
class ArchiveKind:
    """A kind of archive.

    Attributes:
        option: for ``tar`` to understand it; empty for one that is not compressed, None for a zip.
        zstd: whether another program has to decompress it first.
    """

    option: str | None
    zstd: bool = False

    @classmethod
    def of(cls, name: str) -> ArchiveKind:
        """Tell it by the name of the file.

        Raises:
            OperationValueError: it is none that is known.
        """
        lowered = posixpath.basename(name).lower()
        for endings, kind in _KINDS.items():
            if lowered.endswith(endings):
                return kind
        known = ", ".join(ending for endings in _KINDS for ending in endings)
        raise OperationValueError(f"{name!r} is no archive of a known kind", argument="src", hint=f"known are {known}")

    def unpack(self, options: Sequence[str]) -> Iterator[Part]:
        """Yield the command that unpacks it.

        Args:
            options: further ones of ``tar`` or ``unzip``.
        """
        yield _CHECK
        if self.option is None:
            position = next((number for number, option in enumerate(options) if option == "-x"), len(options))
            yield from ("unzip -oq", _words(options[:position]), ' "$a"', _words(options[position:]), ' -d "$d"')
        elif self.zstd:
            # A pipe has the status of its last program only.
            yield from ('zstd -tq -- "$a" && zstd -dcq -- "$a" | tar', _words(options), ' -xf - -C "$d"')
        else:
            # From standard input: tar takes a name with a colon for that of another host.
            yield from ("tar", _words(options), f' -x{self.option}f - -C "$d" <"$a"')


_KINDS: Mapping[tuple[str, ...], ArchiveKind] = {
    (".tar",): ArchiveKind(""),
    (".tar.gz", ".tgz"): ArchiveKind("z"),
    (".tar.bz2", ".tbz2", ".tbz"): ArchiveKind("j"),
    (".tar.xz", ".txz"): ArchiveKind("J"),
    (".tar.zst", ".tzst"): ArchiveKind("", zstd=True),
    (".zip",): ArchiveKind(None),
}


@dataclass(frozen=True, slots=True)
class Member:
    """Something in an archive.

    Attributes:
        kind: ``"file"``, ``"directory"`` or ``"link"``.
        size: of a file, in bytes; None where only that there is one can be told.
        sha1: of a file.
        target: of a link.
    """

    kind: str
    size: int | None = None
    sha1: str | None = None
    target: str = ""


class _NotComparableError(Exception):
    """What is in an archive cannot be compared with files."""


def members_of(path: str) -> Mapping[str, Member] | None:
    """Return what an archive on this machine holds, by path; None when that cannot be compared, or takes too long.

    Args:
        path: of the archive.

    Raises:
        OperationValueError: something in it leads out of the directory that it is unpacked to.
    """
    found = Path(path).stat()
    stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
    known = _known.get(path)
    if known is None or known[0] != stamp:
        _known[path] = known = stamp, _read(path)
    return known[1]


_known: dict[str, tuple[tuple[int, ...], Mapping[str, Member] | None]] = {}


def _read(path: str) -> Mapping[str, Member] | None:
    kind = ArchiveKind.of(path)
    if kind.zstd:
        return None
    try:
        if kind.option is None:
            with zipfile.ZipFile(path) as archive:
                return dict(_zip_members(archive))
        with tarfile.open(path) as tar:
            return dict(_tar_members(tar))
    except (
        _NotComparableError, tarfile.TarError, zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError,
        lzma.LZMAError, zlib.error,
    ):  # fmt: skip
        return None  # whatever is wrong with it is for the program on the host to say


def _tar_members(archive: tarfile.TarFile) -> Iterator[tuple[str, Member]]:
    left = _LARGEST
    for number, member in enumerate(archive):
        name = _inside(member.name)
        left -= member.size
        if left < 0 or number >= _MOST_MEMBERS:
            raise _NotComparableError
        if member.isdir():
            yield name, Member("directory")
        elif member.issym():
            yield name, Member("link", target=member.linkname)
        elif member.islnk():
            yield name, Member("file")
        elif member.isreg() and (content := archive.extractfile(member)) is not None:
            yield name, Member("file", member.size, _sha1(content))
        else:
            raise _NotComparableError


def _zip_members(archive: zipfile.ZipFile) -> Iterator[tuple[str, Member]]:
    listed = archive.infolist()
    if len(listed) > _MOST_MEMBERS or sum(info.file_size for info in listed) > _LARGEST:
        raise _NotComparableError
    for info in listed:
        name = _inside(info.filename)
        if info.is_dir():
            yield name, Member("directory")
        elif stat.S_ISLNK(info.external_attr >> 16):
            yield name, Member("link", target=archive.read(info).decode("utf-8", "surrogateescape"))
        else:
            with archive.open(info) as content:
                yield name, Member("file", info.file_size, _sha1(content))


def _inside(name: str) -> str:
    normal = posixpath.normpath(name.lstrip("/"))
    if ".." in name.split("/"):
        raise OperationValueError(f"the archive holds {name!r}, which leads out of the directory", argument="src")
    return normal


def _sha1(content: IO[bytes]) -> str:
    digest = hashlib.sha1(usedforsecurity=False)
    while block := content.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def _words(options: Sequence[str]) -> Part:
    return script([part for option in options for part in (" ", QuoteString(option))])
