"""Contents of files, byte for byte: each is announced with its size, so that nothing in it can be mistaken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._core.errors import FactProcessError
from pyinfra._core.output import decode, encode
from pyinfra._engine.facts.base import FactBase
from pyinfra.facts._frames import answered, not_understood, only
from pyinfra.facts._shell import path_resources, path_word, script

# Answers: "= NUMBER SIZE", the bytes, a newline; "- N" nothing there; "@ N" not a regular file; "! N" not readable;
# "> N SIZE" larger than asked for.
_READ = """show() {
if [ ! -e "$1" ]; then echo "- $2"
elif [ ! -f "$1" ]; then echo "@ $2"
elif [ -r "$1" ] && size=$(wc -c <"$1"); then size=$(($size))
if [ $size -gt "$3" ]; then echo "> $2 $size"; else echo "= $2 $size"; cat -- "$1"; echo; fi
else echo "! $2"; fi
}
"""
_ANSWER = re.compile(rb"([=@!>-]) ([0-9]+)(?: ([0-9]+))?\n")
_WITHOUT_LIMIT = 2**31 - 1  # what every test(1) can compare with
# Output of one command is kept up to 16 MiB: batches stay below.
_BATCH_LIMIT = 12 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileContent:
    """The content of a regular file, exactly.

    Attributes:
        size: in bytes.
        data: the bytes, or None when the file is larger than was asked for. They are not printed: not everybody may
            see what is in a file.
    """

    size: int
    data: bytes | None = field(repr=False)

    @classmethod
    def of(cls, data: bytes) -> FileContent:
        """The content of a file that holds these bytes."""
        return cls(len(data), data)

    @property
    def binary(self) -> bool:
        """Whether it holds a NUL, as no text does; True when the bytes are not known."""
        return self.data is None or b"\0" in self.data

    @property
    def text(self) -> str | None:
        """The content as text; bytes that are not UTF-8 are surrogate escapes. None when the bytes are not known."""
        return None if self.data is None else decode(self.data)


class FileText(FactBase[FileContent | Literal[False] | None]):
    """The exact content of a file: ``False`` when something else is there, ``None`` when nothing is.

    Links are followed. A file that is there and cannot be read is an error.
    """

    in_plans = False

    def command(self, path: str, max_size: int = 1024 * 1024) -> StringCommand:
        return _read_command([(path, max_size)])

    def resources(self, path: str, max_size: int = 0) -> Iterable[Resource] | None:
        return path_resources(path)

    def describe(self, path: str, max_size: int = 0) -> str:
        return f"content of file {path}"

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> StringCommand | None:
        limits = [(call["path"], call.get("max_size", 1024 * 1024)) for call in calls]
        if len(calls) > 1 and sum(limit for _, limit in limits) > _BATCH_LIMIT:
            return None
        return _read_command(limits)

    def process(self, output: list[str]) -> FileContent | Literal[False] | None:
        return only(self.batch_process([{}], output))

    def batch_process(
        self, calls: Sequence[Mapping[str, Any]], output: list[str]
    ) -> list[FileContent | Literal[False] | FactProcessError | None]:
        return _read_answers(calls, output)


class FileContents(FactBase[list[str] | None]):
    """The lines of a file; ``None`` when it is missing or empty."""

    def command(self, path: str) -> StringCommand:
        return _read_command([(path, _WITHOUT_LIMIT)])

    def resources(self, path: str) -> Iterable[Resource] | None:
        return path_resources(path)

    def describe(self, path: str) -> str:
        return f"content of file {path}"

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> StringCommand:
        return _read_command([(call["path"], _WITHOUT_LIMIT) for call in calls])

    def process(self, output: list[str]) -> list[str] | None:
        return only(self.batch_process([{}], output))

    def batch_process(
        self, calls: Sequence[Mapping[str, Any]], output: list[str]
    ) -> list[list[str] | FactProcessError | None]:
        return [_lines(answer) for answer in _read_answers(calls, output)]


def _lines(content: FileContent | Literal[False] | FactProcessError | None) -> list[str] | FactProcessError | None:
    if isinstance(content, FactProcessError):
        return content
    if not content:
        return None
    if content.text is None:
        return FactProcessError(f"a file of {content.size} bytes is too large to be read as lines")
    lines = content.text.split("\n")
    if lines == [""]:
        return None
    return lines[:-1] if lines[-1] == "" else lines


def _read_command(files: Sequence[tuple[Any, int]]) -> StringCommand:
    reads: list[Any] = []
    for number, (path, limit) in enumerate(files, start=1):
        reads += ["show ", path_word(path), f" {number} {int(limit)}\n"]
    return script(_READ, reads)


_Answer = FileContent | Literal[False] | None | FactProcessError


def _read_answers(calls: Sequence[Mapping[str, Any]], output: list[str]) -> list[_Answer]:
    data = encode("\n".join(output) + "\n")
    answers: dict[int, _Answer] = {}
    position = 0
    while position < len(data):
        match = _ANSWER.match(data, position)
        if match is None or int(match[2]) in answers or (match[3] is not None) != (match[1] in b"=>"):
            not_understood("content", decode(data[position:].split(b"\n", 1)[0]))
        position = match.end()
        number, size = int(match[2]), int(match[3] or 0)
        if match[1] == b"=":
            body = data[position : position + size]
            position += size + 1
            if len(body) < size or data[position - 1 : position] != b"\n":
                raise FactProcessError("a file changed while it was read, or is too large")
            answers[number] = FileContent(size, body)
        else:
            answers[number] = _without_content(match[1], size, calls, number)
    return answered("content", answers, len(calls))


def _without_content(mark: bytes, size: int, calls: Sequence[Mapping[str, Any]], number: int) -> _Answer:
    if mark == b"!":
        path = calls[number - 1].get("path", "the file") if number <= len(calls) else "the file"
        return FactProcessError(f"{path} cannot be read")
    if mark == b">":
        return FileContent(size, None)
    return None if mark == b"-" else False
