"""What the words of an inventory stand for: files, objects of modules, ``@connector/...``, or hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pyinfra._core.errors import InventoryError
from pyinfra._core.suggestions import did_you_mean
from pyinfra_cli.words.lookup import try_import_module_attribute
from pyinfra_cli.words.module_names import defined_names, is_standard, top_level_names

from .definition import Definition, definition_of_hosts, joined
from .files import definition_of_file
from .objects import definition_of_object

_NAME = r"[^\W\d]\w*"
_OBJECT = re.compile(rf"(?P<module>{_NAME}(?:\.{_NAME})*):(?P<attribute>{_NAME})")
_DOTTED = re.compile(rf"(?P<module>{_NAME}(?:\.{_NAME})*)\.(?P<attribute>{_NAME})")
_FORMS = "an inventory is a file, host names with commas between them, @connector/name, or module:name"


@dataclass(slots=True)
class Sources:
    """What an inventory is read from."""

    base: Path
    directories: list[Path] = field(default_factory=list)  # of inventory files: they may have group_data
    _modules: frozenset[str] | None = None

    def read(self, text: str) -> Definition:
        """Read an inventory as it is written on the command line.

        Args:
            text: a file, or words with commas between them.

        Raises:
            InventoryError: a word cannot be what it looks like.
            UserCodeError: code of the user's raised.
        """
        if self._is_file(text):
            return self._file(text)
        words = [word for part in text.split(",") if (word := part.strip())]
        if not words:
            raise InventoryError("the inventory is empty", hint=_FORMS)
        return joined(list(self._definitions(words)))

    def _definitions(self, words: list[str]) -> Iterator[Definition]:
        """Hosts that follow each other are one definition: there may be thousands."""
        hosts: list[str] = []
        for word in dict.fromkeys(words):
            other = self._other_than_host(word)
            if other is None:
                hosts.append(word)
                continue
            if hosts:
                yield definition_of_hosts(hosts, "the inventory")
                hosts = []
            yield other
        if hosts:
            yield definition_of_hosts(hosts, "the inventory")

    def _other_than_host(self, word: str) -> Definition | None:
        if word.startswith("@"):
            return None
        if self._is_file(word):
            return self._file(word)
        if _OBJECT.fullmatch(word):
            return definition_of_object(try_import_module_attribute(word), word)
        if self._names_object(word):
            return definition_of_object(try_import_module_attribute(word), word)
        self._refuse_impossible(word)
        return None

    def _names_object(self, word: str) -> bool:
        """Whether ``module.name`` is one, and not a host such as ``email.example.com``. No module is run for it."""
        match = _DOTTED.fullmatch(word)
        if match is None or is_standard(word):
            return False
        if self._modules is None:
            self._modules = top_level_names()
        module, _, _ = word.partition(".")
        return module in self._modules and match["attribute"] in defined_names(match["module"])

    def _refuse_impossible(self, word: str) -> None:
        path = self.base / word
        if "/" in word or word.endswith(".py"):
            if path.is_dir():
                raise InventoryError(f"{word} is a directory, not an inventory file", hint=_files_of(path))
            raise InventoryError(f"there is no inventory file {word}{self._similar(word)}", hint=_FORMS)
        if word.startswith("-"):
            raise InventoryError(f"{word!r} is no host: a name cannot begin with a hyphen", hint=_FORMS)
        if any(character.isspace() for character in word):
            raise InventoryError(f"{word!r} is no host: a name has no blanks", hint=_FORMS)

    # -- files -----------------------------------------------------------------------------

    def _is_file(self, text: str) -> bool:
        try:
            path = self.base / text
            return path.exists() and not path.is_dir()  # also a pipe, as shells make them
        except (OSError, ValueError):  # too long, or no name of a file
            return False

    def _file(self, text: str) -> Definition:
        path = self.base / text
        if path.parent not in self.directories:
            self.directories.append(path.parent)
        return definition_of_file(path)

    def _similar(self, word: str) -> str:
        folder = (self.base / word).parent
        try:
            known = [str(file.relative_to(self.base)) for file in folder.glob("*.py")]
        except (OSError, ValueError):
            return ""
        return did_you_mean(word, known)


def _files_of(folder: Path) -> str | None:
    names = sorted(str(file) for file in folder.glob("*.py"))
    return f"there are {', '.join(names[:8])}" if names else None
