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

# Answers: "- NUMBER" nothing there; "@ N" not a regular file; "! N" not readable; "> N SIZE" larger than asked for; and
# "= N SIZE". Then ". TOTAL", the bytes of all that were last, one after the other, and a newline. However many files,
# that takes three programs: the sizes, the bytes, and the sizes again. When something changed in between, all is done
# again behind "~ NONCE", and the nonce is told in the last line: nothing in a file can foresee it. Otherwise the last
# line is "ok", or "changed" after some tries. The size of a file in /proc or /sys is 0 or some pages, and not what can
# be read of it: that is counted file by file.
_READ = r"""nl='
'
sizes() {
o=$(stat -L -c %s -- "$@" 2>/dev/null) || o=$(stat -L -f %z -- "$@" 2>/dev/null) ||
o=$(for p do wc -c <"$p" || echo gone; done 2>/dev/null)
}
count=$1; shift
read_all() {
i=0 keys= kept= total=0
while [ $i -lt $count ]; do
i=$((i+1))
if [ ! -e "$1" ]; then echo "- $i"
elif [ ! -f "$1" ]; then echo "@ $i"
elif [ ! -r "$1" ]; then echo "! $i"
else keys="$keys $i:$2"; set -- "$@" "$1"; fi
shift 2
done
if [ $# -eq 0 ]; then echo ". 0$nl"; return; fi
sizes "$@"
rest=$o$nl
for key in $keys; do
size=${rest%%"$nl"*} rest=${rest#*"$nl"} file=$1
shift
case $size in ''|*[!0-9\ ]*) return 1;; esac
size=$(($size)) seen=$size
[ $((size%4096)) -ne 0 ] || { size=$(wc -c <"$file") && size=$(($size)); } || return 1
if [ $size -gt ${key#*:} ]; then echo "> ${key%:*} $size"
else echo "= ${key%:*} $size"; kept=$kept$seen$nl total=$((total+size)); set -- "$@" "$file"; fi
done
echo ". $total"
[ $# -gt 0 ] || { echo; return; }
cat -- "$@"
echo
sizes "$@"
now=
for size in $o; do now=$now$size$nl; done
[ "$now" = "$kept" ]
}
end=ok tries=0
until read_all "$@"; do
tries=$((tries+1))
nonce=$(od -An -N16 -tx1 /dev/urandom 2>/dev/null | tr -cd 0-9a-f)
if [ $tries -gt 4 ] || [ ${#nonce} -ne 32 ]; then end=changed; echo; break; fi
end="~ $nonce"
echo; echo "$end"
done
echo "$end"
"""
_ANSWER = re.compile(rb"([=@!>-]) ([0-9]+)(?: ([0-9]+))?\n")
_BYTES = re.compile(rb"\. ([0-9]+)\n")
_END = re.compile(rb"(?:\A|\n)(ok|~ [0-9a-f]{32})\n\Z")
_WITHOUT_LIMIT = 2**31 - 1  # what every test(1) can compare with
# Output of one command is kept up to 16 MiB: batches stay below, and so do the arguments of a program.
_BATCH_LIMIT = 12 * 1024 * 1024
_MOST_FILES = 500


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
        if len(calls) > 1 and (sum(limit for _, limit in limits) > _BATCH_LIMIT or len(calls) > _MOST_FILES):
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

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> StringCommand | None:
        return _read_command([(call["path"], _WITHOUT_LIMIT) for call in calls]) if len(calls) <= _MOST_FILES else None

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
    paths: list[Any] = []
    for path, limit in files:
        paths += [" ", path_word(path), f" {int(limit)}"]
    return script(f"set -- {len(files)}", paths, "\n", _READ)


_Answer = FileContent | Literal[False] | None | FactProcessError


def _read_answers(calls: Sequence[Mapping[str, Any]], output: list[str]) -> list[_Answer]:
    data = _last_try(encode("\n".join(output) + "\n"))
    answers: dict[int, _Answer] = {}
    sizes: dict[int, int] = {}
    position = 0
    while match := _ANSWER.match(data, position):
        number, size = int(match[2]), int(match[3] or 0)
        if number in answers or (match[3] is not None) != (match[1] in b"=>"):
            break
        position = match.end()
        if match[1] == b"=":
            sizes[number] = size
        answers[number] = _without_content(match[1], size, calls, number)
    total = _BYTES.match(data, position)
    if total is None or int(total[1]) != sum(sizes.values()):
        not_understood("content", decode(data[position:].split(b"\n", 1)[0]))
    position = total.end()
    if len(data) != position + int(total[1]):
        raise FactProcessError(_CHANGED)
    for number, size in sizes.items():
        answers[number] = FileContent(size, data[position : position + size])
        position += size
    return answered("content", answers, len(calls))


_CHANGED = "a file changed while it was read, or is too large"


def _last_try(data: bytes) -> bytes:
    """What was read when nothing changed, without the lines around it."""
    end = _END.search(data)
    if end is None:
        raise FactProcessError(_CHANGED)
    data = data[: end.start()]
    if end[1] == b"ok":
        return data
    _, begun, last = data.partition(b"\n" + end[1] + b"\n")
    if not begun:
        not_understood("content", decode(end[1]))
    return last


def _without_content(mark: bytes, size: int, calls: Sequence[Mapping[str, Any]], number: int) -> _Answer:
    if mark == b"!":
        path = calls[number - 1].get("path", "the file") if number <= len(calls) else "the file"
        return FactProcessError(f"{path} cannot be read")
    if mark in b"=>":
        return FileContent(size, None)
    return None if mark == b"-" else False
