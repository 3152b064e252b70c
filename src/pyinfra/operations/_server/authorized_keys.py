"""``server.user_authorized_keys``: who may log in as a user by key."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pyinfra import host, state
from pyinfra._core.output import encode
from pyinfra.api import OperationTypeError, OperationValueError, StringCommand, WriteFileCommand, operation
from pyinfra.api.planning import prefetch
from pyinfra.api.util import get_file_path
from pyinfra.facts._files.contents import FileText
from pyinfra.facts.files import Directory, File, Sha1File
from pyinfra.facts.server import Home
from pyinfra.operations._files.attributes import Attributes
from pyinfra.operations._files.directory import directory
from pyinfra.operations._files.entries import promise_entry
from pyinfra.operations._files.sources import Source
from pyinfra.operations._files.uploading import Upload
from pyinfra.operations._public import public_in

from .names import checked_name
from .whole_files import present_text, write

Commands = Generator[StringCommand | WriteFileCommand, None, None]


@operation()
@public_in("server")
def user_authorized_keys(
    user: str,
    public_keys: str | list[str],
    group: str | None = None,
    delete_keys: bool = False,
    authorized_key_directory: str | None = None,
    authorized_key_filename: str | None = None,
) -> Commands:
    """Ensure that these keys may log in as a user.

    Args:
        user: name of the account.
        public_keys: keys, or paths of files of this machine with keys.
        group: which group the file and its directory shall belong to.
        delete_keys: remove all other keys.
        authorized_key_directory: where the file is; ``.ssh`` in the user's home by default.
        authorized_key_filename: its name; ``authorized_keys`` by default.

    Example:
        server.user_authorized_keys(user="app", public_keys=["ssh-ed25519 AAAA app@desk"], delete_keys=True)
    """
    checked_name(user, "user")
    keys = KeyFile.checked(public_keys, delete_keys, authorized_key_directory, authorized_key_filename)
    guess = "/root" if user == "root" else f"/home/{user}"
    keys.prefetch(guess)
    home = guess if authorized_key_directory else host.get_fact(Home, user=user) or guess
    yield from key_commands(keys.of(user, group, home))


NOBODYS = Attributes()


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A file of keys as it shall be."""

    keys: Sequence[str]
    only: bool
    directory: str | None = None
    filename: str = "authorized_keys"
    wanted: Attributes = NOBODYS

    @classmethod
    def checked(
        cls, public_keys: Any, delete_keys: bool, key_directory: str | None = None, filename: str | None = None
    ) -> KeyFile:
        """Make one of the arguments of an operation. Reads the files of this machine that are named."""
        given = [public_keys] if isinstance(public_keys, str) else public_keys
        if not isinstance(given, (list, tuple)) or not all(isinstance(key, str) for key in given):
            raise OperationTypeError(f"public_keys must be texts, not {public_keys!r}", argument="public_keys")
        keys = [key for text in given for key in _keys_of(text)]
        return cls(tuple(dict.fromkeys(keys)), delete_keys, key_directory, filename or "authorized_keys")

    def of(self, user: str, group: str | None, home: str) -> KeyFile:
        """The same for a user whose home is known."""
        return replace(self, directory=self._directory_in(home), wanted=Attributes.checked(user, group))

    def _directory_in(self, home: str) -> str:
        return self.directory or posixpath.join(home, ".ssh")

    def path_in(self, home: str) -> str:
        """Where the file is."""
        return posixpath.join(self._directory_in(home), self.filename)

    def prefetch(self, home: str) -> None:
        """Start reading what there is, in a home that may be the right one."""
        path = self.path_in(home)
        prefetch(Directory, path=self._directory_in(home))
        for fact in (File, FileText, Sha1File):
            prefetch(fact, path=path)

    def text(self, present: str) -> str:
        """What the file shall hold, given what it holds."""
        lines = present.split("\n")
        found = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
        if self.only:
            return present if found == list(self.keys) else "".join(f"{key}\n" for key in self.keys)
        missing = [key for key in self.keys if key not in found]
        if not missing:
            return present
        start = present if not present or present.endswith("\n") else f"{present}\n"
        return start + "".join(f"{key}\n" for key in missing)


def key_commands(keys: KeyFile) -> list[StringCommand | WriteFileCommand]:
    """Read what there is; return what is needed."""
    place = keys.directory or ""
    path = posixpath.join(place, keys.filename)
    wanted = replace(keys.wanted, mode=600)
    there = present_text(path)
    text = keys.text(there.text)
    around = list(directory._inner(path=place, user=keys.wanted.user, group=keys.wanted.group, mode=700))
    if not there.found or text == there.text:
        upload = Upload(Source.of_text(text, None), path, wanted, create_remote_dir=False)
        return [*around, *upload.commands()]
    commands = [*around, *write(there, text), *wanted.commands(path, there.found)]
    promise_entry(path, File, {**wanted.after(there.found), "size": len(encode(text)), "atime": None, "mtime": None})
    return commands


def _keys_of(text: str) -> list[str]:
    """The keys that a text holds: it is one, or the path of a file of this machine."""
    path = get_file_path(state, text.strip()) if "\n" not in text.strip() else ""
    if path and os.path.isfile(path):  # noqa: PTH113 - also false for what no path can be
        text = Path(path).read_text()
    keys = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not keys or not all(" " in key for key in keys):
        raise OperationValueError(
            f"public_keys: {text.strip()[:80]!r} is neither a key nor a file of this machine", argument="public_keys"
        )
    return keys
