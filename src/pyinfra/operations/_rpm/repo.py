"""``repo``: files that tell dnf, yum and zypper where to get packages from."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

from pyinfra import host
from pyinfra._lib.fetching import fetch, is_url
from pyinfra._lib.packages import AVAILABLE
from pyinfra.api import OperationError, OperationTypeError, OperationValueError, StringCommand, WriteFileCommand
from pyinfra.api.planning import affects, change
from pyinfra.facts._shell import path_word
from pyinfra.facts.files import File
from pyinfra.operations._files.attributes import Attributes
from pyinfra.operations._files.entries import promise_entry
from pyinfra.operations._files.file import file
from pyinfra.operations._files.sources import Source
from pyinfra.operations._files.uploading import Upload

Commands = Generator[StringCommand | WriteFileCommand, None, None]

YUM_DIRECTORY = "/etc/yum.repos.d"
ZYPPER_DIRECTORY = "/etc/zypp/repos.d"

_NAME = re.compile(r"[A-Za-z0-9._:][A-Za-z0-9._:+-]*\Z")
_PLACE = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:\S|/)\S*\Z")  # zypper has some without slashes: "dir:/srv"


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository as it shall be.

    Attributes:
        name: what it is called, in its file as well.
        url: where to get that file from; None to write it.
        settings: what is written into it; None for what is left out.
        directory: where its file is.
    """

    name: str
    url: str | None
    settings: Mapping[str, Any]
    directory: str

    @classmethod
    def checked(cls, src: Any, settings: Mapping[str, Any], directory: str = YUM_DIRECTORY) -> Repository:
        """Make one of the arguments of an operation.

        Args:
            src: its name, or the address of its file.
            settings: by the names of the arguments, which are those in the file; ``description`` is its name there.
            directory: where its file is to be.

        Raises:
            OperationTypeError: something is no text.
            OperationValueError: the name cannot be one, a setting is more than a line, or a place is none.
        """
        for argument, value in {"src": src, **settings}.items():
            _check_text(argument, value, optional=argument != "src")
        url = src if is_url(src) else None
        name = posixpath.basename(re.split("[?#]", src)[0]).removesuffix(".repo") if url else src
        if not _NAME.match(name):
            raise OperationValueError(f"{src!r} cannot name a repository", argument="src",
                                      hint="letters, digits, and . _ : + - for all but the first")  # fmt: skip
        for argument in ("baseurl", "gpgkey"):
            for place in re.split(r"[\s,]+", settings[argument].strip()) if settings.get(argument) else ():
                if not _PLACE.match(place):
                    raise OperationValueError(f"{argument} {place!r} is neither an address nor a path",
                                              argument=argument)  # fmt: skip
        return cls(name, url, settings, directory)

    @property
    def path(self) -> str:
        """Path of its file."""
        return posixpath.join(self.directory, f"{self.name}.repo")

    def commands(self, present: bool) -> Commands:
        """Yield what makes it be there, or not."""
        something = False
        for command in self._commands(present):
            something = True
            yield command
        if something:
            affects(AVAILABLE)

    def _commands(self, present: bool) -> Commands:
        if not present:
            yield from file._inner(path=self.path, present=False)
        elif self.url is None:
            source = Source(StringIO(self.text()), None)
            yield from Upload(source, self.path, Attributes.checked(None, None, "644")).commands()
        elif (found := host.get_fact(File, path=self.path)) is None:
            yield from self._fetch(self.url)
        elif found is False:
            raise OperationError(f"{self.path} exists and is not a file")
        else:
            host.noop(f"repository {self.name} is there")

    def text(self) -> str:
        """What its file holds."""
        if not self.settings.get("baseurl"):
            raise OperationValueError("baseurl is missing: where the repository is", argument="baseurl")
        told = dict(self.settings)
        lines = {"name": told.pop("description", None) or self.name, **told}
        shown = {key: int(value) if isinstance(value, bool) else value for key, value in lines.items()}
        return "\n".join([f"[{self.name}]", *(f"{key}={one}" for key, one in shown.items() if one is not None)]) + "\n"

    def _fetch(self, url: str) -> Commands:
        """All of the file or none: nobody reads half of it, and a page that is no such file is refused."""
        path = path_word(self.path)
        yield StringCommand(
            "umask 022; mkdir -p ", path_word(self.directory), " && t=$(mktemp) || exit 1\n",
            "trap 'rm -f \"$t\"' EXIT HUP INT TERM\n", "{ ", fetch(url, "$t"),
            "\n} && if grep -q '^\\[' \"$t\"; then cat \"$t\" >", path, ".new && mv -f ", path, ".new ", path,
            "; else echo 'there is no repository in what was fetched' >&2; exit 1; fi",
            _separator="",
        )  # fmt: skip
        change(f"file {self.path}", "content", None, f"from {url}")
        promise_entry(self.path, File, {**Attributes().after(None), "mode": 644, "size": None})


def _check_text(argument: str, value: Any, *, optional: bool) -> None:
    if optional and (value is None or isinstance(value, bool)):
        return
    if not isinstance(value, str):
        raise OperationTypeError(f"{argument} must be a text, not {value!r}", argument=argument)
    if any(ord(character) < 32 or character in "\x7f\x85\u2028\u2029" for character in value):
        raise OperationValueError(f"{argument} {value!r} must be one line", argument=argument)


def ensure_repository(
    src: Any,
    present: bool,
    *,
    baseurl: Any,
    description: Any,
    enabled: bool,
    gpgcheck: bool,
    gpgkey: Any,
    directory: str = YUM_DIRECTORY,
    type_: Any = None,
) -> Commands:
    """Yield what makes a repository be there, or not.

    Args:
        src: its name, or the address of a ``.repo`` file.
        present: whether it shall be there.
        baseurl: where it is.
        description: what people call it.
        enabled: whether packages come from it.
        gpgcheck: whether they have to be signed.
        gpgkey: addresses or paths of the keys.
        directory: where its file is.
        type_: for zypper.
    """
    settings = {
        "description": description, "baseurl": baseurl, "enabled": bool(enabled), "gpgcheck": bool(gpgcheck),
        "type": type_, "gpgkey": gpgkey or None,
    }  # fmt: skip
    yield from Repository.checked(src, settings, directory).commands(present)
