"""``server.sysctl``: settings of the kernel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyinfra import host
from pyinfra.api import OperationTypeError, OperationValueError, QuoteString, StringCommand, operation
from pyinfra.api.planning import prefetch, promise
from pyinfra.facts._server.kernel import proc_path
from pyinfra.facts._shell import script, word
from pyinfra.facts.server import Sysctl, Which
from pyinfra.operations._files.paths import host_path
from pyinfra.operations._files.uploading import Commands
from pyinfra.operations._public import public_in

from .whole_files import present_text, with_line, write

_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./:@+-]*\Z", re.ASCII)
_INTEGER = re.compile(r"-?[0-9]+\Z", re.ASCII)
_LINE = re.compile(r"\s*-?\s*([^\s=#;]+)\s*=(.*)\Z", re.DOTALL)


@operation()
@public_in("server")
def sysctl(
    key: str, value: str | int | list[str | int], persist: bool = False, persist_file: str = "/etc/sysctl.conf"
) -> Commands:
    """Ensure that a setting of the kernel has a value, now, and if wanted after the host is started again.

    Args:
        key: its name.
        value: the value; of several a list, or a text with blanks between them.
        persist: write it into a file, too, that is read when the host is started.
        persist_file: path of that file.

    Raises:
        OperationValueError: ``key`` is no name of a setting, or ``value`` is not one line.

    Example:
        server.sysctl(key="net.ipv4.ip_forward", value=1, persist=True, persist_file="/etc/sysctl.d/60-router.conf")
    """
    setting = Setting.checked(key, value)
    prefetch(Which, command="sysctl")
    prefetch(Sysctl, keys=key)
    there = present_text(host_path(persist_file, "persist_file")) if persist else None
    found = host.get_fact(Sysctl, keys=key)
    name, current = next(iter(found.items()), (key, None))  # with dots, whatever it was asked with
    text = setting.set_in(there.text) if there else ""
    has_program = host.get_fact(Which, command="sysctl") is not None
    writes = list(write(there, text)) if there and text != there.text else []
    if current is None or not setting.is_value(current):
        # First, since the kernel may refuse it: then it shall not be kept either.
        yield setting.command(has_program)
        promise(Sysctl, Sysctl().process([f"{name} = {setting.text}"]), keys=key)
    elif not writes:
        host.noop(f"{key} is {setting.text}")
    yield from writes


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as it shall be: its name, and its value as it is written."""

    key: str
    text: str

    @classmethod
    def checked(cls, key: Any, value: Any) -> Setting:
        """Make one of the arguments of the operation."""
        if not isinstance(key, str):
            raise OperationTypeError(f"key must be the name of a setting, not {key!r}", argument="key")
        if not _KEY.match(key) or ".." in key.replace("/", "."):
            raise OperationValueError(f"key {key!r} is not the name of a kernel setting", argument="key")
        items = value if isinstance(value, (list, tuple)) else [value]
        if not all(isinstance(item, (str, int)) for item in items):
            raise OperationTypeError(f"value must be a number, a text or a list of those, not {value!r}",
                                     argument="value")  # fmt: skip
        texts = [str(int(item)) if isinstance(item, bool) else str(item) for item in items]
        if any(character in text for text in texts for character in "\n\r\0"):
            raise OperationValueError(f"value {value!r} is not one line", argument="value")
        return cls(key, " ".join(texts).strip())

    @property
    def words(self) -> tuple[str, ...]:
        """What the value is made of."""
        return _words(self.text)

    @property
    def path(self) -> str:
        """Where Linux has it."""
        return f"/proc/sys/{proc_path(self.key)}"

    def is_value(self, present: Any) -> bool:
        """Whether a value, as the fact has it, is this one."""
        items = present if isinstance(present, list) else [present]
        return _words(" ".join(map(str, items))) == self.words

    def command(self, has_program: bool) -> StringCommand:
        """Return a command that sets it."""
        if has_program:
            return StringCommand("sysctl", QuoteString(f"{self.key}={self.text}"))
        return script("printf '%s\\n' ", word(self.text), " >", word(self.path))

    def set_in(self, text: str) -> str:
        """Return a text with this setting. Of several lines about it the last counts."""
        lines = text.split("\n")
        line = f"{self.key} = {self.text}"
        last = None
        for last in self._own(lines):  # noqa: B007 - the last one is meant
            pass
        if last is None:
            return with_line(text, line)
        match = _LINE.match(lines[last])
        if match is not None and _words(match[2]) == self.words:
            return text
        lines[last] = line
        return "\n".join(lines)

    def _own(self, lines: list[str]) -> Iterator[int]:
        for number, line in enumerate(lines):
            match = _LINE.match(line)
            if match is not None and proc_path(match[1]) == proc_path(self.key):
                yield number


def _words(text: str) -> tuple[str, ...]:
    """The words of a value; numbers in one form."""
    return tuple(str(int(piece)) if _INTEGER.match(piece) else piece for piece in text.split())
